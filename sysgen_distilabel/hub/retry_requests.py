"""Tries a step against the Hub again where the fault may pass, a bounded number of times."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from sysgen_distilabel.errors import HubError
from sysgen_distilabel.hub.explain import asked_to_wait, explain, is_of_xet, is_unreachable, passes, status_of
from sysgen_distilabel.hub.hub_target import Target

NOTHING_YET: Final = "Nothing was published."

_WAITS: Final = (1.0, 2.0, 4.0, 8.0, 16.0)
_LONGEST_WAIT: Final = 300.0

T = TypeVar("T")


def attempt(
    step: Callable[[], T],
    target: Target,
    say: Callable[[str], None],
    aftermath: Callable[[], str] = lambda: NOTHING_YET,
    patient: bool = False,
) -> T:
    """Do a step, again after each fault that may pass.

    Args:
        step: what to do.
        target: the repository it is about.
        say: told that it is tried again.
        aftermath: what is on the Hub if it fails for good.
        patient: try again also if the Hub cannot be reached; at first contact that is a mistake mostly.

    Raises:
        HubError: the fault does not pass.
    """
    for wait in (*_WAITS, None):
        try:
            return step()
        except HubError:
            raise
        except Exception as error:
            if wait is None or not passes(error) or (is_unreachable(error) and not patient):
                raise explain(error, target, aftermath()) from error
            _wait(error, wait, say)
    raise AssertionError("unreachable")


def _wait(error: Exception, seconds: float, say: Callable[[str], None]) -> None:
    asked = asked_to_wait(error)
    seconds = min(seconds if asked is None else asked, _LONGEST_WAIT)
    said = f"answered {status}" if (status := status_of(error)) else "was not reached"
    who = "The Hub's Xet storage" if is_of_xet(error) else "The Hub"
    say(f"{who} {said}; trying again in {seconds:.0f} s.")
    time.sleep(seconds)
