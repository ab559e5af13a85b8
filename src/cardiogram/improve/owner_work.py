"""An owner's cards as a list of work: which to mend first, what is missing, what has changed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cardiogram.analysis import (
    KnownCard,
    MissedNumber,
    Readers,
    Since,
    WorkList,
    find_changes,
)
from cardiogram.cards import parse_card
from cardiogram.cards.features import CardFeatures
from cardiogram.check import Checked, check_all, check_card
from cardiogram.collect import list_owner, read_listed
from cardiogram.errors import CardiogramError, CardNotFound, DataError
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge
from cardiogram.judge.expectations import EXPECTATIONS, name_lacks, name_missed
from cardiogram.lazy import regex
from cardiogram.progress import Progress, silent
from cardiogram.store import from_json, read_error, to_json, write_atomically
from cardiogram.text import sha256

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

MOST_CARDS = 500
"""Cards of one owner that are read, the most downloaded; a study has no such end."""

_GAPS = 3
"""Gaps of a card whose gains are its own: as many as a screen names."""

_LEAST_GAIN = 0.05
_MOST_KEPT = 100
_KEPT_BYTES = 4_000_000
_PROBLEMS = 50
_NAME = regex(r"[A-Za-z0-9][\w.-]{0,95}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerCard:
    """A card with what makes it worth mending.

    Attributes
    ----------
    id
        The model's id; where it has none, its folder below that of the list.
    path
        The file, where there is one.
    downloads, likes
        None where nobody counts them.
    rating
        Expected overall rating; None where the model has no card.
    scores
        Expected value of each criterion.
    gain
        What mending the first three gaps would add to the overall rating, each measured alone.
    gaps
        Keys of all of which nothing is there, in the order of the expectations.
    lacks
        One or two things in words that are missing, or of which there is little, the most telling
        first.
    refused
        For what the Hub refuses it; "" where it does not.
    before
        Its rating before its text changed; None where it has not since the last time.
    """

    id: str
    path: str = ""
    downloads: int | None = None
    likes: int | None = None
    rating: float | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    gain: float = 0.0
    gaps: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    refused: str = ""
    before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerWork:
    """A list of work.

    Attributes
    ----------
    target
        An owner's name on the Hub, or what to call a folder below which there are cards: it has a
        sign that no name has, such as ``./models``.
    models
        How many there are; the cards may be fewer.
    readers
        What stands for them in the order of the cards.
    cards
        The first are worth most: readers times gain.
    missing
        What the gaps of the cards are, and of how many each, the commonest first.
    problems
        Of cards that could not be read, a sentence each.
    known
        What the next reading starts from, and what changed since the last one.
    """

    target: str
    models: int
    readers: Readers
    cards: tuple[OwnerCard, ...]
    missing: tuple[MissedNumber, ...]
    problems: tuple[str, ...]
    known: WorkList

    @property
    def since(self) -> Since | None:
        """What changed since the last other texts."""
        return self.known.since

    @property
    def mean(self) -> float | None:
        """Mean rating of the cards that there are."""
        ratings = [card.rating for card in self.cards if card.rating is not None]
        return sum(ratings) / len(ratings) if ratings else None


class _Card(NamedTuple):
    """A card that was read, or why it was not; `checked` is of an empty one where there is none."""

    name: str
    checked: Checked | CardiogramError
    exists: bool = True
    downloads: int | None = None
    likes: int | None = None


def read_work(
    target: str,
    folder: Path | None = None,
    before: OwnerWork | None = None,
    session: HubSession | None = None,
    judge: EmbeddedJudge | None = None,
    on_progress: Progress = silent,
) -> OwnerWork:
    """Read the cards of an owner on the Hub, or those below a folder, and order them as work.

    Parameters
    ----------
    folder
        Where the cards are; the Hub is asked for `target` unless given.
    before
        The list of the last time, for what has changed since.
    on_progress
        Told of the cards that were read.

    Raises
    ------
    CardiogramError
        There is no such owner and no such folder, or nothing can be read.
    """
    judge = judge or embedded_judge()
    if folder is not None:
        read = list(islice(_in_folder(folder, judge, on_progress), MOST_CARDS))
        models = len(read)
    else:
        rows = list_owner(target, session)
        if not rows:
            raise CardNotFound(f"{target}: no owner with models", hint="Check the name.")
        models = len(rows)
        read = list(_on_hub(dict(islice(rows.items(), MOST_CARDS)), session, judge, on_progress))
    checked = [(card, card.checked) for card in read if isinstance(card.checked, Checked)]
    errors = [card.checked for card in read if isinstance(card.checked, CardiogramError)]
    if errors and not checked:
        raise errors[0]
    known = _know(checked, before, judge.version)
    kept = known.since is not None and before is not None and known.since is before.since
    earlier = _earlier(before, judge.version, kept)
    cards = [_weigh(card, result, earlier) for card, result in checked]
    readers = _readers(cards)
    return OwnerWork(
        target=target,
        models=models,
        readers=readers,
        cards=tuple(sorted(cards, key=lambda card: _order(card, readers))),
        missing=count_missed([card.gaps for card in cards if card.rating is not None]),
        problems=tuple(error.message for error in errors[:_PROBLEMS]),
        known=known,
    )


def _on_hub(
    rows: Mapping[str, Mapping[str, object]],
    session: HubSession | None,
    judge: EmbeddedJudge,
    on_progress: Progress,
) -> Iterator[_Card]:
    for row, card in read_listed(rows, session, on_progress):  # type: ignore[arg-type]
        id, exists = str(row["id"]), not isinstance(card, CardNotFound)
        checked: Checked | CardiogramError
        if isinstance(card, CardiogramError) and exists:
            checked = card
        else:
            empty = parse_card(b"", id=id)
            checked = check_card(empty if isinstance(card, CardiogramError) else card, judge)
        yield _Card(id, checked, exists, _count(row["downloads"]), _count(row["likes"]))


def _in_folder(folder: Path, judge: EmbeddedJudge, on_progress: Progress) -> Iterator[_Card]:
    every = check_all(str(folder), judge=judge, detail="short")
    for count, checked in enumerate(every, 1):
        on_progress("read", count, None)
        if isinstance(checked, CardiogramError):
            yield _Card("", checked)
            continue
        below = Path(checked.path).parent.relative_to(folder).as_posix()
        yield _Card(checked.card.id or (folder.name if below == "." else below), checked)


def _count(value: object) -> int | None:
    return max(value, 0) if isinstance(value, int) else None


def _weigh(card: _Card, checked: Checked, earlier: Mapping[str, KnownCard]) -> OwnerCard:
    scores = checked.rating.scores
    rating = round(scores["overall"].expected, 3) if card.exists else None
    refusals = [f for f in checked.findings if f.severity == "error" and f.rule.startswith("CG1")]
    past = earlier.get(card.name)
    changed = past is not None and past.sha != checked.card.sha256[:12]
    return OwnerCard(
        id=card.name,
        path=checked.path,
        downloads=card.downloads,
        likes=card.likes,
        rating=rating,
        scores={n: round(s.expected, 3) for n, s in scores.items() if n != "overall"}
        if card.exists
        else {},
        gain=round(sum(max(gap.gain, 0.0) for gap in checked.gaps[:_GAPS]), 3),
        gaps=tuple(name_missed(CardFeatures.of(checked.card))) if card.exists else (),
        lacks=name_lacks(checked.gaps) if card.exists else ("no card",),
        refused=f"{refusals[0].rule}: {refusals[0].message}" if refusals and card.exists else "",
        before=past.rating if past is not None and changed else None,
    )


def count_missed(cards: Sequence[Sequence[str]]) -> tuple[MissedNumber, ...]:
    """In how many cards each thing is missing, as a study counts it, the commonest first.

    No part of another is counted in the text, of which one thing is said.
    """
    counts = Counter(key for keys in cards for key in keys)
    numbers = [
        MissedNumber(
            key=wanted.key,
            criterion=wanted.criterion,
            name=wanted.name,
            lacks=wanted.lacks,
            part_of=wanted.part_of,
            n=len(cards),
            missed=counts[wanted.key],
        )
        for wanted in EXPECTATIONS
        if counts[wanted.key]
    ]
    told = [number for number in numbers if number.is_tag or not number.part_of]
    return tuple(sorted(told, key=lambda number: -number.missed))


def _readers(cards: Iterable[OwnerCard]) -> Readers:
    cards = list(cards)
    if any(card.downloads is not None for card in cards):
        return "downloads"
    return "likes" if any(card.likes is not None for card in cards) else "cards"


def _order(card: OwnerCard, readers: Readers) -> tuple[float, float, str]:
    """A card that nobody reads yet counts as read once; a gain that no screen shows is none."""
    count = {"downloads": card.downloads, "likes": card.likes, "cards": 0}[readers] or 0
    gain = card.gain if card.gain >= _LEAST_GAIN else 0.0
    return -(1 + count) * gain, card.rating or 0.0, card.id


# What is kept --------------------------------------------------------------------------------


def _know(
    checked: Iterable[tuple[_Card, Checked]], before: OwnerWork | None, version: str
) -> WorkList:
    cards = {
        card.name: KnownCard(
            sha=result.card.sha256[:12], rating=round(result.rating.scores["overall"].expected, 3)
        )
        for card, result in checked
        if card.exists
    }
    return WorkList(
        authors=(),
        day=datetime.now(timezone.utc).date().isoformat(),
        judge_version=version,
        cards=cards,
        since=find_changes(before.known if before else None, cards, version),
    )


def _earlier(before: OwnerWork | None, version: str, is_kept: bool) -> Mapping[str, KnownCard]:
    """The cards before their last change.

    Parameters
    ----------
    is_kept
        Whether no text has changed since `before`: then what that said of earlier ones holds.
    """
    if before is None or before.known.judge_version != version:
        return {}
    if not is_kept:
        return before.known.cards
    changed = {card.id: card.before for card in before.cards if card.before is not None}
    return {id: KnownCard(sha="", rating=rating) for id, rating in changed.items()}


def keep_work(folder: Path, work: OwnerWork) -> None:
    """Keep a list of work, in the place of the last one.

    Parameters
    ----------
    folder
        Of such lists: one small file each.
    """
    text = json.dumps(to_json(work), ensure_ascii=False)
    write_atomically(_path(folder, work.target), text.encode("utf-8", "replace"))


def kept_work(folder: Path, target: str) -> OwnerWork | None:
    """The list of the last time, if there was one.

    Raises
    ------
    DataError
        The file cannot be read.
    """
    path = _path(folder, target)
    try:
        return _read(path)
    except FileNotFoundError:
        return None


def list_work(folder: Path) -> list[OwnerWork]:
    """Every list that is kept, the latest first; a damaged one is left out."""
    works = []
    paths = [*islice(folder.glob("*.json"), _MOST_KEPT)] if folder.is_dir() else []
    for path in paths:
        try:
            works.append(_read(path))
        except (DataError, FileNotFoundError):
            continue
    return sorted(works, key=lambda work: (work.known.day, work.target), reverse=True)


def _path(folder: Path, target: str) -> Path:
    name = target if _NAME.fullmatch(target) else f"folder-{sha256(target)[:16]}"
    return folder / f"{name}.json"


def _read(path: Path) -> OwnerWork:
    try:
        with path.open("rb") as file:
            data = file.read(_KEPT_BYTES + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise read_error(path, error) from error
    try:
        value = json.loads(data) if len(data) <= _KEPT_BYTES else None
    except (ValueError, RecursionError):
        value = None
    try:
        return from_json(OwnerWork, value, str(path))
    except DataError as error:
        raise DataError(
            f"{str(path)!r} holds no list of work", hint="Move it away, and read the cards again."
        ) from error
