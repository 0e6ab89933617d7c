"""Turns what the Hub's client raises into one message for people, and says which faults pass."""

from __future__ import annotations

from typing import Any, Final

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.hub_target import Target
from sysgen_distilabel.secrets import hide_secrets, secrets_at_hand

LOG_IN: Final = "Log in with `hf auth login`, or set HF_TOKEN to a token with write access."

_PASSING: Final = frozenset({408, 409, 412, 425, 429, 500, 502, 503, 504})
_CONFLICTS: Final = frozenset({409, 412})
_REFUSED_BY_XET: Final = "HTTP status client error"


def status_of(error: BaseException) -> int | None:
    """The HTTP status an error of the client stands for."""
    response: Any = getattr(error, "response", None)
    return getattr(response, "status_code", None)


def is_conflict(error: BaseException) -> bool:
    """Whether somebody else has committed in the meantime."""
    return status_of(error) in _CONFLICTS


def is_of_xet(error: BaseException) -> bool:
    """Whether it is of hf_xet, which brings files to the Hub's Xet storage by ways of its own."""
    return type(error) is ConnectionError  # the HTTP clients raise classes of their own


def is_unreachable(error: BaseException) -> bool:
    """Whether the Hub, or the way to it, failed without an answer."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled) or status_of(error) is not None:
        return False
    if is_of_xet(error):
        return _REFUSED_BY_XET not in str(error)
    # Which HTTP client it is differs between releases of huggingface_hub, its base class' name does not.
    names = {kind.__name__ for kind in type(error).__mro__}
    return isinstance(error, ConnectionError) or bool(names & {"TransportError", "RequestError"})


def is_out_of_reach(error: BaseException | None) -> bool:
    """Whether there is no network to the Hub, or none is wanted."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    return error is not None and (isinstance(error, OfflineModeIsEnabled) or is_unreachable(error))


def passes(error: BaseException) -> bool:
    """Whether the same request may succeed later."""
    return status_of(error) in _PASSING or is_unreachable(error)


def asked_to_wait(error: BaseException) -> float | None:
    """The seconds the Hub asks to wait."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def explain(error: BaseException, target: Target, aftermath: str = "") -> HubError:
    """What went wrong, as an error for people.

    Args:
        error: what the client raised.
        target: where the dataset was to go.
        aftermath: what has been published so far, as a sentence.
    """
    problem, hint = _describe(error, target)
    return HubError(f"{problem} {aftermath}".strip(), hint)


def _describe(error: BaseException, target: Target) -> tuple[str, str]:
    from huggingface_hub import constants, errors, get_token

    status = status_of(error)
    if isinstance(error, errors.LocalTokenNotFoundError):
        return "There is no token for the Hub.", LOG_IN
    if isinstance(error, errors.OfflineModeIsEnabled):
        return "The Hub is switched off.", "Unset HF_HUB_OFFLINE."
    if is_of_xet(error):
        return (
            f"The Hub's Xet storage does not take the files: {_quote(error)}.",
            "Set HF_HUB_DISABLE_XET=1 to upload them without it, or check the network and push again.",
        )
    if is_unreachable(error):
        return f"{constants.ENDPOINT} cannot be reached.", "Check the network and push again."
    if isinstance(error, errors.GatedRepoError):
        return f"Access to {target.repo_id} is gated.", f"Ask for access on {target.url}."
    if status == 401 or (status == 404 and get_token() is None):
        problem = "does not accept the token" if get_token() else "wants a token"
        return f"The Hub {problem}.", LOG_IN
    if status == 403:
        return (
            f"This token has no right to write to {target.repo_id}.",
            "Use a token with write access to it, another name, or --create-pr.",
        )
    if isinstance(error, errors.RevisionNotFoundError):
        return f"{target.repo_id} has no revision {target.revision or 'main'}.", "Check --revision."
    if isinstance(error, errors.RepositoryNotFoundError):
        return f"There is no dataset {target.repo_id} that this token may see.", "Check the name."
    said = _quote(error)
    if "etadata" in said or "YAML" in said:
        return f"The Hub refuses the card: {said}.", "Mend --license, --language or the card on the Hub."
    if is_conflict(error):
        return f"Others keep committing to {target.repo_id}.", "Push again in a moment."
    if status == 429:
        return "The Hub lets no more requests through for now.", "Push again in a few minutes."
    if status and status >= 500:
        return f"The Hub has a fault of its own (status {status}).", "Push again later."
    return f"The Hub refuses the upload: {said}.", ""


def _quote(error: BaseException) -> str:
    """What the server said, in one line."""
    said = getattr(error, "server_message", None) or str(error)
    return hide_secrets(" ".join(said.split()), secrets_at_hand()).rstrip(".")[:500]
