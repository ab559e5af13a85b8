"""The work list: an owner's cards, what is missing in them, and what has changed."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Literal

from cardiogram.analysis import MissedNumber, Readers, Since
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.errors import CardiogramError, ConfigError, RateLimited
from cardiogram.hub import read_address
from cardiogram.improve import OwnerCard, OwnerWork, keep_work, kept_work, list_work, read_work

WorkState = Literal["none", "reading", "read"]

FOLDER = "work"
"""Of the workspace: one file a list."""

_BELOW = "./"
"""What a folder of the workspace begins with, and no owner's name does."""

_LONGEST = 200
_AT_ONCE, _MOST = 2, 8
"""Lists that are read at a time, and that may be asked for."""


@dataclass(frozen=True, slots=True)
class OwnerQuestion:
    """Whose cards.

    Attributes
    ----------
    owner
        A name on the Hub, or a folder of the workspace with its cards below it: ``./models``.
    """

    owner: str


@dataclass(frozen=True, slots=True)
class WorkAnswer:
    """A list of work, as it was read the last time.

    Attributes
    ----------
    state
        Whether it is being read now, was, or never was.
    done, total
        Cards that were read by now; `total` is null where nobody knows yet.
    error
        Why it could not be read; "" where it could.
    day
        On which it was read.
    models
        How many there are; the cards may be fewer.
    readers
        What stands for them in the order of the cards.
    mean
        Mean rating.
    cards
        The first are worth most: readers times gain. Their files are within the workspace.
    missing
        In how many cards each thing is, the commonest first.
    problems
        Of cards that could not be read, a sentence each.
    since
        What changed since other texts of these cards were read.
    """

    owner: str
    state: WorkState
    done: int = 0
    total: int | None = None
    error: str = ""
    day: date | None = None
    models: int = 0
    readers: Readers = "cards"
    mean: float | None = None
    cards: tuple[OwnerCard, ...] = ()
    missing: tuple[MissedNumber, ...] = ()
    problems: tuple[str, ...] = ()
    since: Since | None = None


@dataclass(frozen=True, slots=True)
class KeptListAnswer:
    """A list that is kept."""

    owner: str
    day: date
    models: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class KeptListsAnswer:
    """The lists that are kept, the latest first."""

    lists: Sequence[KeptListAnswer]


@dataclass(slots=True)
class _Progress:
    """A list that is being read, or could not be."""

    done: int = 0
    total: int | None = None
    error: str = ""
    is_over: bool = False

    def note_progress(self, step: str, done: int, total: int | None) -> None:
        self.done, self.total = done, total


@dataclass(slots=True)
class _Readers:
    """The lists that are being read in this process, by workspace and owner."""

    running: dict[tuple[Path, str], _Progress] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    turns: threading.BoundedSemaphore = field(
        default_factory=partial(threading.BoundedSemaphore, _AT_ONCE)
    )


_READERS = _Readers()


def list_kept(app: App) -> KeptListsAnswer:
    """List what was read before."""
    works = list_work(app.workspace.root / FOLDER)
    return KeptListsAnswer(
        [
            KeptListAnswer(
                work.target, date.fromisoformat(work.known.day), work.models, _round(work.mean)
            )
            for work in works
        ]
    )


def show_list(app: App, question: OwnerQuestion) -> WorkAnswer:
    """Show a list as it is kept, and how far its reading is."""
    owner, _ = _place(app, question.owner)
    with _READERS.lock:
        progress = _READERS.running.get((app.workspace.root, owner))
    is_reading = progress is not None and not progress.is_over
    # A list is kept before its reading is over: what is looked at later is never the older of them.
    work = kept_work(app.workspace.root / FOLDER, owner)
    return _answer(app, owner, work, progress, is_reading=is_reading)


def begin_list(app: App, question: OwnerQuestion) -> WorkAnswer:
    """Read an owner's cards anew; the answer is what is known before."""
    owner, folder = _place(app, question.owner)
    key = (app.workspace.root, owner)
    with _READERS.lock:
        running = _READERS.running.get(key)
        if running is None or running.is_over:
            waiting = sum(not each.is_over for each in _READERS.running.values())
            if waiting >= _MOST:
                raise RateLimited(
                    f"{waiting} lists are being read", hint="Wait until one of them is."
                )
            _READERS.running = {k: v for k, v in _READERS.running.items() if not v.is_over}
            _READERS.running[key] = progress = _Progress()
            run = partial(_read, app, owner, folder, progress)
            threading.Thread(target=run, name="cardiogram-work-list", daemon=True).start()
    return show_list(app, question)


def _read(app: App, owner: str, folder: Path | None, progress: _Progress) -> None:
    kept = app.workspace.root / FOLDER
    with _READERS.turns:
        try:
            work = read_work(
                owner,
                folder=folder,
                before=kept_work(kept, owner),
                session=app.session(),
                judge=app.judge,
                on_progress=progress.note_progress,
            )
            keep_work(kept, work)
        except CardiogramError as error:
            here = folder is None and (app.workspace.root / owner).is_dir()
            hint = f"For the folder of this name here: {_BELOW}{owner}" if here else error.hint
            words = " ".join(filter(None, [f"{error.message}.", hint]))
            progress.error = app.workspace.shorten(words)
        except Exception as error:  # the page must not wait for ever
            progress.error = f"The cards could not be read ({type(error).__name__})."
            raise
        finally:
            progress.is_over = True


def _place(app: App, owner: str) -> tuple[str, Path | None]:
    """What a list is called, and the folder that it is of, if it is of one."""
    owner = owner.strip()
    if owner.startswith("."):
        folder = app.workspace.inside(owner)
        if not folder.is_dir():
            raise ConfigError(f"{owner!r} is no folder of the workspace")
        below = folder.relative_to(app.workspace.root).as_posix()
        return _BELOW + below.removeprefix("."), folder
    address = read_address(owner) if len(owner) <= _LONGEST else None
    if address is None or "/" in address.id or address.of != "model":
        raise ConfigError(
            f"{owner[:100]!r} is no owner's name",
            hint="Give a user or an organisation of the Hub, or a folder: ./models",
        )
    return address.id, None


def _answer(
    app: App, owner: str, work: OwnerWork | None, progress: _Progress | None, *, is_reading: bool
) -> WorkAnswer:
    state: WorkState = "reading" if is_reading else "none" if work is None else "read"
    done, total = (progress.done, progress.total) if progress else (0, None)
    error = progress.error if progress else ""
    if work is None:
        return WorkAnswer(owner, state, done, total, error)
    return WorkAnswer(
        owner,
        state,
        done,
        total,
        error,
        day=date.fromisoformat(work.known.day),
        models=work.models,
        readers=work.readers,
        mean=_round(work.mean),
        cards=tuple(
            replace(card, path=_within(app.workspace.root, card.path)) for card in work.cards
        ),
        missing=work.missing,
        problems=work.problems,
        since=work.since,
    )


def _within(root: Path, path: str) -> str:
    """A path within the workspace; "" where it is not, or there is none."""
    is_inside = path and Path(path).is_relative_to(root)
    return Path(path).relative_to(root).as_posix() if is_inside else ""


def _round(mean: float | None) -> float | None:
    return None if mean is None else round(mean, 3)


ENDPOINTS = (
    Endpoint("GET", "/api/work", list_kept, "The lists of work that are kept."),
    Endpoint("GET", "/api/work/list", show_list, "An owner's cards, and what to mend first."),
    Endpoint("POST", "/api/work/read", begin_list, "Read an owner's cards anew.", act=True),
)
