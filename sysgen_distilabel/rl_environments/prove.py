"""Constraints with a whole proof: checked by a program, and found by a judge to mean what the phrase says."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from sysgen_distilabel.constraints.compile import compile_constraints
from sysgen_distilabel.constraints.proof import NoProof, find_flaw
from sysgen_distilabel.constraints.verifiers import Constraint
from sysgen_distilabel.functionalities import Functionality, kept_phrases
from sysgen_distilabel.rl_environments.engine import CheckEngine


@dataclass(slots=True)
class Proofs:
    """What became of the constraints that were found.

    Attributes:
        proven: by verifier, the number with a proof.
        failed: by reason, the number without one.
        proposed: how many of those found were proposed by an engine.
        judged: whether a judge looked at their meaning.
    """

    proven: Counter[str] = field(default_factory=Counter)
    failed: Counter[NoProof] = field(default_factory=Counter)
    proposed: int = 0
    judged: bool = False


class Prover:
    """Finds and proves the constraints of phrases.

    Args:
        judge: judges what constraints mean; without one that part of the proof is left out.
        front: proposes constraints for phrases that the rules read nothing in; their meaning is judged, so it
            needs a judge.
    """

    def __init__(self, judge: CheckEngine | None = None, front: CheckEngine | None = None) -> None:
        self.proofs: Final = Proofs(judged=judge is not None)
        self._judge = judge
        self._front = front if judge is not None else None

    async def prove(
        self, phrases: Sequence[Mapping[str, str]], responses: Sequence[str] = ()
    ) -> list[dict[str, str]]:
        """The entries of the column `constraints` for the kept phrases of a message: those with a proof.

        Args:
            phrases: the phrases with their verdicts.
            responses: answers that may follow, see `find_flaw`.
        """
        texts = [
            phrase["text"]
            for phrase in kept_phrases(phrases)
            if Functionality(phrase["functionality"]).is_checkable
        ]
        found = [(text, constraint) for text in texts for constraint in await self._find(text)]
        flaws = await asyncio.gather(*(self._find_flaw(*each, responses) for each in found))
        entries = []
        for (text, constraint), flaw in zip(found, flaws, strict=True):
            if flaw is not None:
                self.proofs.failed[flaw] += 1
                continue
            self.proofs.proven[constraint.verifier] += 1
            entries.append({**constraint.to_row(), "phrase": text})
        return entries

    async def _find(self, text: str) -> list[Constraint]:
        if found := compile_constraints(text):
            return found
        proposed = await self._front.propose(text) if self._front is not None else []
        self.proofs.proposed += len(proposed)
        return proposed

    async def _find_flaw(
        self, phrase: str, constraint: Constraint, responses: Sequence[str]
    ) -> NoProof | None:
        flaw = find_flaw(constraint, responses)
        if flaw is not None or self._judge is None:
            return flaw
        verdict = await self._judge.has_meaning(phrase, constraint)
        if verdict is None:
            return NoProof.NOT_JUDGED
        return None if verdict else NoProof.OTHER_MEANING
