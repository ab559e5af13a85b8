"""Two places that cannot both be true."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cardiogram.repository.fact import FactSource, Value
from cardiogram.repository.statements import Statement


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What a card says, and what contradicts it.

    Attributes
    ----------
    rule
        The rule's id, such as ``CG501``.
    kind
        As of the statement: ``parameters``, ``licence``, ``file`` ...
    severity
        ``error`` where one of both must be false; ``warning`` for a question to the author.
    statement
        The card's side.
    others
        The other side, the strongest place first: files, another card, or other lines of this one.
    why
        One plain sentence that a stranger understands: both values, and what follows.
    value
        The other side's value as `why` says it; None where it is that of the first place.
    """

    rule: str
    kind: str
    severity: Literal["error", "warning"]
    statement: Statement
    others: tuple[FactSource, ...]
    why: str
    value: Value = None
