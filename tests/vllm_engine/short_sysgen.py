"""`sysgen` with a grammar for short system messages, so that a row takes a real model few tokens."""

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
