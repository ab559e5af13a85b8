"""Check one card: its rating, the gaps that cost it most, and what an edit changed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cardiogram.cards import Card, parse_card
from cardiogram.cards.features import CardFeatures
from cardiogram.cards.lint import SEVERITIES, Finding, choose_findings, find_faults, lint
from cardiogram.check.contradicted import find_contradicted
from cardiogram.check.earlier import Earlier, read_committed, read_deleted, read_earlier
from cardiogram.check.missing import MissingCard
from cardiogram.check.targets import Target, as_target, name_by_folder, only_card, read_targets
from cardiogram.errors import CardiogramError
from cardiogram.in_notebook import Shown
from cardiogram.judge import Rating
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge, no_evidence
from cardiogram.judge.expectations import Gap, find_gaps, is_english
from cardiogram.names import CardType
from cardiogram.progress import Progress, silent
from cardiogram.records import dataclass, replace
from cardiogram.text import MAX_CARD_BYTES

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

Detail = Literal["short", "all"]
_MOST_RESULTS = 100


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
        others: Sequence[str] = ()
        if self.select or self.ignore:
            from cardiogram.repository.contradictions import CONTRADICTION_RULES

            others = [rule.id for rule in CONTRADICTION_RULES]
        return choose_findings(findings, self.select, self.ignore, others)

    def compares(self) -> bool:
        """Whether a rule on contradictions (CG5) may be among them."""
        ignored = any("CG5".startswith(prefix) for prefix in self.ignore)
        parts = (prefix[:3] for prefix in self.select)
        return not ignored and (not self.select or any("CG5".startswith(part) for part in parts))


@dataclass(frozen=True, slots=True)
class Checked(Shown):
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
    earlier
        Its ratings before an edit, where they are known.
    of
        Whose card it is.
    in_english
        Whether its own words are in English, as far as can be told.
    """

    target: str
    card: Card
    rating: Rating
    gaps: tuple[Gap, ...]
    path: str = ""
    findings: tuple[Finding, ...] = ()
    earlier: Earlier | None = None
    of: CardType = "model"
    in_english: bool = True

    def __repr__(self) -> str:
        return f"<Checked {self.target!r}: {self.rating.scores['overall'].expected:.1f} of 5>"


@dataclass(frozen=True, slots=True)
class DeletedCard:
    """A card that a target had before an edit, and has no more.

    Attributes
    ----------
    name
        What it would be called, were it checked.
    rating
        Its expected overall rating when it was there.
    at
        The revision at which it was there.
    """

    name: str
    path: str
    rating: float
    at: str


def check(
    target: str | os.PathLike[str],
    *,
    data: bytes | str | None = None,
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
        A path of a README or of a folder with one, or the id of a model on the Hub or its address.
    data
        The card itself, as a text or as bytes, where it is neither on the disk nor on the Hub.
    id
        The model's id, where `target` is not it; ``OWNER/*`` is the name of the card's folder.
    rules
        Rules of the linter to show; all of them unless given.
    of
        Whose card it is. A dataset's is rated by its own rubric, with a checklist.

    Raises
    ------
    ConfigError
        The target is neither a file nor a model's id, or is many cards.
    NoCard
        The file is no card: a picture, a project's README.
    HubError
        The Hub has no such card, or does not give it.
    """
    target = as_target(target, of)
    if judge is not None and not hasattr(judge, "rate_read"):
        raise TypeError(f"a judge is what cardiogram.embedded_judge() gives, not {judge!r}")
    if data is not None:
        id = name_by_folder(id, Path(target))
        data = data.encode() if isinstance(data, str) else data
        return _check(Target(target, parse_card(data, id=id), of, data), judge, rules)
    read = only_card(read_targets(target, id=id, session=session, of=of), target)
    return _check(read, judge, rules, session=session)


def check_all(
    target: str,
    *,
    id: str = "",
    judge: EmbeddedJudge | None = None,
    session: HubSession | None = None,
    rules: Lint | None = None,
    of: CardType = "model",
    detail: Detail = "all",
    on_progress: Progress = silent,
) -> Iterator[Checked | CardiogramError]:
    """Check every card that a target names; see :func:`check`.

    Parameters
    ----------
    target
        Also a folder below which there are cards, and an owner's name on the Hub.
    detail
        With `short`, evidence has no effects: to measure them takes most of a card's time.
    on_progress
        Told of the cards of an owner that were read.

    Yields
    ------
    Checked or CardiogramError
        The error in the place of a card that is one of several and cannot be read.
    """
    for read in read_targets(target, id=id, session=session, of=of, on_progress=on_progress):
        yield (
            read
            if isinstance(read, CardiogramError)
            else _check(read, judge, rules, detail, session)
        )


def check_card(card: Card, judge: EmbeddedJudge | None = None) -> Checked:
    """Check a card of the Hub that was read already, one of many: see :func:`check_all`."""
    return _check(Target(card.id, card), judge, None, "short")


def compare(
    checked: Checked, against: str | None = None, judge: EmbeddedJudge | None = None
) -> Checked:
    """Rate what a card was before, too.

    Parameters
    ----------
    against
        A file or a revision; the last commit unless given, and then nothing where the file is not
        in git or has not changed since.

    Raises
    ------
    ConfigError
        It is neither a file nor a revision.
    """
    if not checked.path:
        return checked
    path = Path(checked.path)
    data = read_committed(path) if against is None else read_earlier(path, against)
    card = None if data is None else parse_card(data, id=checked.card.id)
    if card is None or (against is None and card.sha256 == checked.card.sha256):
        return checked
    edited = card.sha256 != checked.card.sha256
    rating = rate_alone(card, checked.of, judge) if edited else checked.rating
    return replace(checked, earlier=Earlier(against or "the last commit", rating.scores, edited))


def find_deleted(
    target: str, against: str, of: CardType = "model", judge: EmbeddedJudge | None = None
) -> list[DeletedCard]:
    """The cards of a path that were there at a revision of git; none where it is not in git."""
    return [
        DeletedCard(name, path, rate_alone(card, of, judge).scores["overall"].expected, against)
        for name, path, card in read_deleted(target, against, of)
    ]


def rate_alone(card: Card, of: CardType = "model", judge: EmbeddedJudge | None = None) -> Rating:
    """Rate one card, and look for nothing else: a part of the time of :func:`check`."""
    if of == "dataset":
        from cardiogram.judge.dataset_cards import DatasetJudge

        (rating,) = DatasetJudge().rate([card])
    else:
        (rating,) = (judge or embedded_judge()).rate_read([CardFeatures.of(card)])
    return rating


def is_edited(checked: Checked) -> bool:
    """Whether a card is another one than before, as far as that is known."""
    return checked.earlier is None or checked.earlier.edited


def falls_short(checked: Checked, minimum: float | None) -> float:
    """How far a card's expected overall rating is below a bar; 0 where it is as it was."""
    short = (minimum or 0.0) - checked.rating.scores["overall"].expected
    return max(0.0, short) if is_edited(checked) else 0.0


def is_refused(
    checked: Sequence[Checked],
    minimum: float | None,
    rules: Lint,
    absent: Sequence[DeletedCard | MissingCard] = (),
) -> bool:
    """Whether a gate refuses the cards.

    It does where one is expected below `minimum`, a model has none, or one breaks a selected rule
    that is an error; of compared cards, those count that were edited.
    """
    findings = (finding for card in checked if is_edited(card) for finding in card.findings)
    return (
        any(falls_short(card, minimum) for card in checked)
        or (minimum is not None and any(isinstance(a, MissingCard) and a.counts for a in absent))
        or (bool(rules.select) and any(finding.severity == "error" for finding in findings))
    )


def _check(
    target: Target,
    judge: EmbeddedJudge | None,
    rules: Lint | None,
    detail: Detail = "all",
    session: HubSession | None = None,
) -> Checked:
    rules = rules or Lint()
    card, folder = target.card, Path(target.path).parent
    exists = (lambda name: os.path.exists(folder / name)) if target.path else None
    results = _read_results(folder) if target.path else {}
    findings = lint(card, target.data, exists=exists, results=results, of=target.of)
    if rules.compares():
        findings = (*findings, *find_contradicted(target, session))
        findings = tuple(sorted(findings, key=lambda each: SEVERITIES.index(each.severity)))
    findings = rules.choose(findings)
    in_english = True
    if target.of == "dataset":
        from cardiogram.judge.dataset_cards import DatasetJudge

        checklist = DatasetJudge()
        (rating,), gaps = checklist.rate([card]), checklist.find_gaps(card)
    else:
        judge = judge or embedded_judge()
        read = CardFeatures.of(card)
        gaps, in_english = find_gaps(read, judge.expect, judge.respond), is_english(read)
        if detail == "short":
            (rating,) = judge.rate_read([read])
        else:
            from cardiogram.judge.expectations import measure_contributions

            (rating,) = judge.rate_read([read], no_evidence)
            rating = replace(rating, evidence=measure_contributions(read, judge.expect, gaps))
        if any(not find_faults(text) for text in results.values()):  # they stand there instead
            gaps = tuple(gap for gap in gaps if gap.key != "results")
    return Checked(
        target.name,
        card,
        rating,
        gaps,
        target.path,
        findings,
        of=target.of,
        in_english=in_english,
    )


def _read_results(folder: Path) -> dict[str, str]:
    """Files of `.eval_results` beside a card, where they can be read."""
    texts = {}
    for path in sorted((folder / ".eval_results").glob("*.yaml"))[:_MOST_RESULTS]:
        with suppress(OSError):
            texts[path.name] = path.read_bytes()[:MAX_CARD_BYTES].decode("utf-8", "replace")
    return texts
