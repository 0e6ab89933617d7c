"""Reading an input row by row: files, Hub datasets and datasets in memory."""

from sysgen_distilabel.inputs.source import Input, InputSummary, Source, SourceRow, open_input

__all__ = ["Input", "InputSummary", "Source", "SourceRow", "open_input"]
