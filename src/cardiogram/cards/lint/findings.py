"""What the linter says of a card, and edits that keep every byte they do not name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Literal, TypeAlias

from cardiogram.cards.card import Card
from cardiogram.cards.problems import problem_code
from cardiogram.lazy import regex
from cardiogram.names import DATA, CardType
from cardiogram.records import NamedTuple, dataclass, field

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
MODELS: tuple[CardType, ...] = ("model",)
DATASETS: tuple[CardType, ...] = ("dataset",)

_LINE_END = regex(rb"\r\n|\r|\n")


class Edit(NamedTuple):
    """Bytes of a file to replace: those from `start` up to `end`."""

    start: int
    end: int
    new: bytes


class Finding(NamedTuple):
    """One breach of a rule.

    Attributes
    ----------
    rule
        The rule's id, such as ``CG111``.
    line
        Line of the file, from 1.
    edits
        What mends it safely; empty where only the author can.
    """

    rule: str
    name: str
    severity: Severity
    line: int
    message: str
    edits: tuple[Edit, ...] = ()


class Breach(NamedTuple):
    """What a rule reports: where, what, and the edits that mend it."""

    line: int
    message: str
    edits: tuple[Edit, ...] = ()


FindBreaches: TypeAlias = "Callable[[LintedCard], Iterator[Breach]]"


class Rule(NamedTuple):
    """One thing that the linter looks for; its words are data (data/lint.json).

    Attributes
    ----------
    find
        Reports each breach.
    of
        Whose cards the rule is for.
    """

    id: str
    name: str
    severity: Severity
    find: FindBreaches
    of: tuple[CardType, ...] = ("model", "dataset")

    @property
    def words(self) -> RuleWords:
        """What the documentation says of it."""
        return load_rule_words()[self.id]


class RuleWords(NamedTuple):
    """What the documentation says of a rule.

    Attributes
    ----------
    what, why
        A sentence each.
    bad, good
        A card that breaks the rule and one that keeps it, as short as they come.
    fix
        What `--fix` does; "" where nothing is safe.
    """

    what: str
    why: str
    bad: str
    good: str
    fix: str = ""


@cache
def load_rule_words() -> dict[str, RuleWords]:
    """The words of all rules by id."""
    rules: dict[str, dict[str, str]] = json.loads((DATA / "lint.json").read_text("utf-8"))
    return {id: RuleWords(**words) for id, words in rules.items()}


@dataclass(frozen=True, slots=True)
class LintedCard:
    """A card with the bytes it came as.

    Attributes
    ----------
    raw
        The file; b"" where it is not known, and nothing can be fixed.
    lines
        Start and end of every line of `raw`, without its line end.
    exists
        Whether a path beside the card exists; None where its folder is not known.
    results
        Files of `.eval_results` beside the card by name.
    """

    card: Card
    raw: bytes
    lines: tuple[tuple[int, int], ...] = ()
    exists: Callable[[str], bool] | None = None
    problems: frozenset[str] = field(default_factory=frozenset)
    results: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        card: Card,
        raw: bytes | None,
        exists: Callable[[str], bool] | None = None,
        results: Mapping[str, str] | None = None,
    ) -> LintedCard:
        """Find the lines of a file; without its bytes, or where it is not UTF-8, no fix is safe."""
        problems = frozenset(map(problem_code, card.problems))
        if raw is None or problems & {"not_utf8", "oversized", "lfs_pointer"}:
            return cls(card, b"", (), exists, problems, results or {})
        ends = [match.span() for match in _LINE_END.finditer(raw)]
        starts = [0, *(end for _, end in ends)]
        lines = tuple(zip(starts, [*(start for start, _ in ends), len(raw)], strict=True))
        return cls(card, raw, lines, exists, problems, results or {})

    def line(self, number: int) -> bytes:
        """A line of the file, from 1, without its end; b"" where the file is not known."""
        if not 1 <= number <= len(self.lines):
            return b""
        start, end = self.lines[number - 1]
        return self.raw[start:end]

    def drop(self, first: int, last: int) -> tuple[Edit, ...]:
        """Edit that removes whole lines, and blank ones behind them where one is above."""
        if not 1 <= first <= last <= len(self.lines):
            return ()
        if first == 1 or not self.line(first - 1).strip():
            while last < len(self.lines) and not self.line(last + 1).strip():
                last += 1
        end = self.lines[last][0] if last < len(self.lines) else len(self.raw)
        return (Edit(self.lines[first - 1][0], end, b""),)

    def replace(self, line: int, column: int, old: bytes, new: bytes) -> tuple[Edit, ...]:
        """Edit of a part of one line; none where the part is not there."""
        if self.line(line)[column : column + len(old)] != old or not self.lines:
            return ()
        start = self.lines[line - 1][0] + column
        return (Edit(start, start + len(old), new),)

    def line_end(self) -> bytes:
        """The line end that the file uses."""
        end = _LINE_END.search(self.raw)
        return end[0] if end else b"\n"

    def line_of(self, offset: int) -> int:
        """Line of the card's text at a character of it."""
        return self.card.text.count("\n", 0, max(0, offset)) + 1


def apply_fixes(raw: bytes, findings: Iterable[Finding]) -> bytes:
    """Mend a file in place: every byte that no edit names stays as it is.

    Parameters
    ----------
    raw
        The very bytes that the findings were made from.

    Raises
    ------
    ValueError
        An edit lies outside of the file.

    Examples
    --------
    >>> apply_fixes(b"abc", [Finding("CG1", "x", "note", 1, "", (Edit(1, 2, b"X"),))])
    b'aXc'
    """
    groups = sorted(
        {finding.edits for finding in findings if finding.edits}, key=lambda edits: edits[0].start
    )
    taken: list[Edit] = []
    for edits in groups:
        if any(edit.start < 0 or edit.end > len(raw) or edit.start > edit.end for edit in edits):
            raise ValueError("the findings are of another file")
        if not any(_overlap(edit, other) for edit in edits for other in taken):
            taken += edits  # of two that overlap, the next run takes the second
    taken.sort(key=lambda edit: (edit.start, edit.end))
    parts, place = [], 0
    for edit in taken:
        parts += [raw[place : edit.start], edit.new]
        place = edit.end
    return b"".join([*parts, raw[place:]])


def _overlap(edit: Edit, other: Edit) -> bool:
    if edit.start == other.start:
        return True
    return edit.start < other.end and other.start < edit.end
