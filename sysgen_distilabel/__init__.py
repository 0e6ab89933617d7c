"""SysGen for distilabel: write, check and apply system messages for fine-tuning data that has none."""

__version__ = "0.1.0"
