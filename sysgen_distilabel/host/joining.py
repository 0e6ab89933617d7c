"""What a Step of ours does when it joins a pipeline.

The host's write buffer is chosen by the pipeline, but a plain `Pipeline` that holds one of our Steps
needs ours (see `write_buffer`). Can go with it.
"""

from typing import Any

from pydantic import BaseModel

from sysgen_distilabel.host import write_buffer


class JoinsAnyPipeline(BaseModel):
    """Gives the pipeline a Step joins the write buffer that knows our columns and their types."""

    def model_post_init(self, context: Any, /) -> None:
        """Register with the pipeline as the host does, then look after its write buffer."""
        super().model_post_init(context)
        write_buffer.install(getattr(self, "pipeline", None))
