"""Errors meant for people: what happened, and how to fix it."""

from __future__ import annotations

from sysgen_distilabel.outcome import Outcome


class SysGenError(Exception):
    """An error the user can mend; the command line prints it as one message, without a traceback.

    Attributes:
        message: what happened and where.
        hint: one short imperative saying how to fix it; empty if there is none.
        exit_code: the exit code of the process, see `sysgen run --help`.
    """

    exit_code: int = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputError(SysGenError):
    """The input as a whole cannot be read; nothing has been asked of the engine."""

    exit_code = 3


class ConfigError(SysGenError):
    """A setting is missing, unknown or contradicts another."""

    exit_code = 2


class RunError(SysGenError):
    """The run directory cannot be used as asked: locked, unwritable, or of another run."""

    exit_code = 4


class GuardFailed(SysGenError):
    """A trainer would lose something of what is to be exported; nothing was exported."""

    exit_code = 6


class ReviewError(SysGenError):
    """Argilla cannot be used as asked: not there, not the right one, or it refuses."""

    exit_code = 8


class FatalError(SysGenError):
    """Going on is pointless for every row: it stops the run, and what was stored is kept.

    Attributes:
        kept: what is not lost, as the beginning of a sentence.
    """

    exit_code = 5
    kept = "What was answered is kept"


class EngineGone(FatalError):
    """The engine stopped answering, or refuses every request."""


class StoreError(FatalError):
    """The store cannot keep a reply: disk full, read-only or broken."""

    kept = "What was stored is kept, and what was in flight is asked again"


class MachineLimit(FatalError):
    """The machine has no more memory, disk or files to give, whatever row is at hand."""

    kept = StoreError.kept


class Interrupted(FatalError):
    """The run was asked to stop; no new request is sent, and those in flight are kept."""

    exit_code = 130


class HubError(SysGenError):
    """The Hub could not be reached, refused, or must not be given what was asked."""

    exit_code = 7


class StepFailed(SysGenError):
    """A Step raised, or its process ended, in a way that leaves the run without its rows."""


class BadInput(ValueError):
    """One row holds no conversation that can be read; the row is rejected, the run goes on.

    Attributes:
        outcome: the reason it is rejected for.
        hint: what may help if many rows are like it; empty if nothing does.
    """

    outcome = Outcome.BAD_INPUT
    hint = "Say which column holds what with --column, such as --column user=q --column assistant=a."


class BlankTurn(BadInput):
    """A turn of the user or the assistant says nothing."""

    hint = "Fill it in or take such rows out; where only answers are blank, --prompts-only does without them."


class UnknownTurn(BadInput):
    """A turn has a speaker or keys that are not known."""

    hint = (
        "Say what a speaker stands for with --role, such as --role narrator=assistant, and which keys hold "
        "speaker and text with --turn-key, such as --turn-key role=speaker --turn-key content=words."
    )


class MediaInput(BadInput):
    """The row holds images, audio or video, which no phase looks at."""

    outcome = Outcome.MEDIA_INPUT
    hint = "Take such rows out, or name the text alone with --column."


class UnansweredInput(BadInput):
    """The conversation ends with a turn that nobody answers."""

    outcome = Outcome.UNANSWERED_INPUT
    hint = "Have the last turn answered or left out with --trailing-user, or use --prompts-only."


class RowRejected(Exception):
    """Raised inside a Task or Step to reject the row at hand.

    Attributes:
        outcome: the reason, one of `sysgen_distilabel.outcome.REASONS`.
        detail: what exactly was wrong, for people; empty if the reason says it all.
    """

    def __init__(self, outcome: Outcome, detail: str = "") -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail


class ReplyUnusable(RowRejected):
    """A reply that came, and cannot be used as it is: cut off, or without an end.

    Attributes:
        text: the reply.
        end: where what can be used of it ends.
    """

    def __init__(self, outcome: Outcome, detail: str, text: str, end: int) -> None:
        super().__init__(outcome, detail)
        self.args = (outcome, detail, text, end)
        self.text = text
        self.end = end
