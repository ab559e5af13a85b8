"""Check one card: its rating and the gaps that cost it most."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import CardFeatures
from cardiogram.cards.lint import Finding, apply_fixes, choose_findings, lint
from cardiogram.errors import ConfigError
from cardiogram.judge import Rating
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge
from cardiogram.judge.expectations import Gap, find_gaps, measure_contributions
from cardiogram.names import CardType

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

_MODEL_ID = re.compile(r"(?:datasets/)?[A-Za-z0-9][\w.-]*/[\w.-]+|[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Lint:
    """Rules of the linter to look at, by what their ids start with; see :func:`choose_findings`."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    @classmethod
    def of(cls, select: str = "", ignore: str = "") -> Lint:
        """Read lists with commas.

        Raises
        ------
        ConfigError
            No rule starts so.

        Examples
        --------
        >>> Lint.of("CG1, CG203").select
        ('CG1', 'CG203')
        """
        parts = [tuple(re.split(r"[,\s]+", text.strip(", \t"))) for text in (select, ignore)]
        rules = cls(*(part if part != ("",) else () for part in parts))
        rules.choose(())
        return rules

    def choose(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Keep the findings of these rules."""
        return choose_findings(findings, self.select, self.ignore)


@dataclass(frozen=True, slots=True)
class Checked:
    """A card with its rating.

    Attributes
    ----------
    target
        What was asked: a model id, a path, or "-".
    path
        The file, where there is one.
    gaps
        Everything that is missing, the costliest first.
    findings
        Every rule that the text breaks, the worst first.
    """

    target: str
    card: Card
    rating: Rating
    gaps: tuple[Gap, ...]
    path: str = ""
    findings: tuple[Finding, ...] = ()


def check(
    target: str,
    *,
    data: bytes | None = None,
    id: str = "",
    judge: EmbeddedJudge | None = None,
    session: HubSession | None = None,
    rules: Lint | None = None,
    of: CardType = "model",
) -> Checked:
    """Rate one card, find its gaps and what the linter says of it.

    Parameters
    ----------
    target
        A path of a README or of a folder with one, or the id of a model on the Hub.
    data
        The card itself, where it is neither on the disk nor on the Hub.
    id
        The model's id, where `target` is not it.
    rules
        Rules of the linter to show; all of them unless given.
    of
        Whose card it is. A dataset's is rated by its own rubric, with a checklist.

    Raises
    ------
    ConfigError
        The target is neither a file nor a model's id.
    HubError
        The Hub has no such card, or does not give it.
    """
    path = Path(target)
    place, raw = "", data
    if data is not None:
        card = parse_card(data, id=id)
    elif target and os.path.exists(path):  # Path.exists raises for a name too long
        path = readme_path(path)
        raw, place = _read_file(path), str(path)
        card = parse_card(raw, id=id)
    elif _MODEL_ID.fullmatch(target) and not target.endswith(".md"):
        from cardiogram.collect import read_card

        card = read_card(target, session, of)
    else:
        raise ConfigError(
            f"no file {target!r}, and it is not a model's id",
            hint="Give a README.md, a folder with one, OWNER/NAME on the Hub, or - for stdin.",
        )
    exists = (lambda name: os.path.exists(path.parent / name)) if place else None
    findings = (rules or Lint()).choose(lint(card, raw, exists=exists, of=of))
    if of == "dataset":
        from cardiogram.judge.dataset_cards import DatasetJudge

        checklist = DatasetJudge()
        (rating,), gaps = checklist.rate([card]), checklist.find_gaps(card)
    else:
        judge = judge or embedded_judge()
        read = CardFeatures.of(card)
        (rating,), gaps = judge.rate_read([read]), find_gaps(read, judge.expect)
        evidence = measure_contributions(read, judge.expect, gaps)
        rating = replace(rating, evidence=evidence)
    return Checked(target, card, rating, gaps, place, findings)


def is_refused(checked: Sequence[Checked], minimum: float | None, rules: Lint) -> bool:
    """Whether a gate refuses the cards.

    It does where one is expected below `minimum`, or breaks a selected rule that is an error.
    """
    below = minimum is not None and any(
        card.rating.scores["overall"].expected < minimum for card in checked
    )
    return below or (
        bool(rules.select)
        and any(finding.severity == "error" for card in checked for finding in card.findings)
    )


def fix(
    target: str, *, id: str = "", rules: Lint | None = None, of: CardType = "model"
) -> tuple[Finding, ...]:
    """Mend a card on the disk where that is safe, and keep every other byte.

    Parameters
    ----------
    target
        A path of a README or of a folder with one.
    rules
        Whose findings to mend; all of them unless given.

    Returns
    -------
    tuple of Finding
        What was mended.

    Raises
    ------
    ConfigError
        The target is no file, or cannot be read or written.
    """
    path = Path(target)
    if target == "-" or not os.path.exists(path):
        raise ConfigError(
            f"--fix edits files, and {target!r} is none",
            hint="Give a README.md, or a folder with one.",
        )
    path = readme_path(path)
    data = before = _read_file(path)
    mended: list[Finding] = []
    for _ in range(_ROUNDS):  # a fix may clear the way for another
        findings = (rules or Lint()).choose(lint(parse_card(data, id=id), data, of=of))
        fixable = [finding for finding in findings if finding.edits]
        if not fixable:
            break
        data = apply_fixes(data, fixable)
        mended += fixable
    if data != before:
        _write_file(path, data)
    return tuple(dict.fromkeys(mended))


_ROUNDS = 4


def readme_path(path: Path) -> Path:
    """The card itself, where a folder was named."""
    return path / "README.md" if path.is_dir() else path


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"cannot read {str(path)!r}: {error.strerror}",
            hint="Give a README.md, a folder with one, OWNER/NAME on the Hub, or - for stdin.",
        ) from error


def _write_file(path: Path, data: bytes) -> None:
    """Replace a file at once, so that a kill leaves the old or the new one; its mode is kept."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        shutil.copymode(path, temporary)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ConfigError(
            f"cannot write {str(path)!r}: {error.strerror}", hint="Check the file's rights."
        ) from error
