"""`sysgen` for a model with random weights, which finds no end by itself: its grammar is a shorter one."""

import sys

from sysgen_distilabel.replies.grammars import tagged_message_grammar
from sysgen_distilabel.tasks import GenerateSystemMessage

SHORT = {"format": "grammar", "schema": tagged_message_grammar(max_phrases=3, max_text=12)}


def shorten(patch=setattr):
    """Let every system message be a short one; `patch` may be that of a fixture."""
    patch(GenerateSystemMessage, "structured_format", lambda *_: SHORT)


if __name__ == "__main__":
    from sysgen_distilabel.cli import main

    shorten()
    sys.exit(main())
