"""What a ledger holds of the models that it watches for themselves, a line each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from cardiogram.track.history import CardEvent, kept_history
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import ModelSeries, read_series

MOST_SHOWN = 200
"""Models of a ledger that are listed, as far as no other number is asked for."""


@dataclass(frozen=True, slots=True)
class WatchedCard:
    """A watched model.

    Attributes
    ----------
    first_day
        Day on which the first count happened; None where no day is known.
    new
        New downloads a day from then on; None where a day is not known.
    likes
        The last count that is known.
    rating, first_rating
        Of its card now and at first; None where there is none, or no history is kept.
    changes
        How often the card was changed; None where no history is kept.
    last_change
        Day of the last of them.
    """

    id: str
    first_day: date | None = None
    new: tuple[float | None, ...] = ()
    likes: int | None = None
    rating: float | None = None
    first_rating: float | None = None
    changes: int | None = None
    last_change: date | None = None


@dataclass(frozen=True, slots=True)
class LedgerView:
    """A ledger at a glance.

    Attributes
    ----------
    models, donors
        How many it watches for themselves, and to compare with.
    first_day, last_day
        Of activity that is counted; None where nothing is yet.
    cards
        Of the first models by name.
    """

    models: int
    donors: int
    first_day: date | None
    last_day: date | None
    cards: tuple[WatchedCard, ...]


def view_ledger(folder: Path, limit: int = MOST_SHOWN) -> LedgerView:
    """See what a ledger holds of the models that it watches for themselves.

    Raises
    ------
    DataError
        There is no ledger, or a file of it is damaged.
    """
    watched = ModelLedger.open(folder).watched()
    own = sorted((model for model in watched if model.role == "own"), key=lambda model: model.id)
    chosen = own[:limit]
    series = _series(folder, {model.hub_id or model.id for model in chosen})
    by_key = {key: each for each in series for key in (each.key, *each.every_name)}
    cards = [
        _view_card(folder, model.id, by_key.get(model.hub_id or model.id) or by_key.get(model.id))
        for model in chosen
    ]
    first = [card.first_day for card in cards if card.first_day]
    last = [card.first_day + timedelta(len(card.new) - 1) for card in cards if card.first_day]
    return LedgerView(
        models=len(own),
        donors=len(watched) - len(own),
        first_day=min(first, default=None),
        last_day=max(last, default=None),
        cards=tuple(cards),
    )


def _series(folder: Path, ids: Collection[str]) -> tuple[ModelSeries, ...]:
    """The series of some models; none where nothing was counted yet."""
    ledger = ModelLedger(folder)
    if not ids or not (ledger.days() or (folder / "backfill").is_dir()):
        return ()
    return read_series(folder, ids)


def _view_card(folder: Path, id: str, series: ModelSeries | None) -> WatchedCard:
    """See what is known of one model."""
    every = [id] if series is None else [series.name, *sorted(series.every_name - {series.name})]
    events = read_own_events(folder, every)
    rated = [event.scores_after["overall"] for event in events if event.scores_after is not None]
    changes = [event for event in events if event.is_change]
    first_day, new = series.known_days() if series else (None, ())
    likes = series.likes[np.isfinite(series.likes)] if series else np.empty(0)
    gone = bool(events) and events[-1].scores_after is None
    return WatchedCard(
        id=id if series is None else series.name,
        first_day=first_day if new else None,
        new=new,
        likes=int(likes[-1]) if likes.size else None,
        rating=rated[-1] if rated and not gone else None,
        first_rating=rated[0] if rated else None,
        changes=len(changes) if events else None,
        last_change=max((event.at.date() for event in changes), default=None),
    )


def read_own_events(folder: Path, ids: Collection[str]) -> tuple[CardEvent, ...]:
    """The changes of a card that a ledger keeps, under any name of its model, the oldest first.

    Raises
    ------
    DataError
        A file is damaged.
    """
    histories = (kept_history(folder, name) for name in ids)
    events = (event for past in histories if past is not None for event in past.events)
    return tuple(sorted(events, key=lambda event: event.at))


def find_series(folder: Path, id: str) -> ModelSeries | None:
    """The series of one model, by any name that it bore; None where a ledger has none.

    Raises
    ------
    DataError
        There is no ledger, or a file of it is damaged.
    """
    ModelLedger.open(folder)
    series = _series(folder, {id})
    return next((each for each in series if each.name == id), series[0] if series else None)
