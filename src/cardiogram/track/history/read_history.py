"""The history of a card, from the Hub, a git clone on the disk, or a bundle."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from cardiogram.errors import CardiogramError, ConfigError
from cardiogram.hub import MARK, HubSession, ask_pull_request, read_address
from cardiogram.judge import Judge
from cardiogram.names import CardType
from cardiogram.progress import Progress, silent
from cardiogram.repository.access import cloned, name_folder, open_clone, withhold_logins
from cardiogram.track.history.card_event import CardEvent, CardHistory
from cardiogram.track.history.card_past import CardPast, past_of_clone
from cardiogram.track.history.card_steps import CardStep, lost_of, steps_of
from cardiogram.track.history.past_on_hub import past_on_hub
from cardiogram.track.history.past_text import PastText, Written, judge_of, read_texts
from cardiogram.track.history.reasons import Surroundings

MAX_TEXTS = 2_000
"""Texts that are read and rated, the newest first."""
_MAX_ASKED = 20
_MERGED = re.compile(r"\(#(\d{1,9})\)\s*\Z")
_HINT = "Give OWNER/NAME on the Hub, a folder with a git clone, or a .bundle of git."


def read_history(
    target: str,
    session: HubSession | None = None,
    *,
    of: CardType = "model",
    written: Written | None = None,
    judge: Judge | None = None,
    on_progress: Progress = silent,
) -> CardHistory:
    """What became of a card: each change with its ratings, and whether it can be studied.

    Nothing of a clone is run, and the network is asked for an id alone.

    Parameters
    ----------
    target
        An id on the Hub or its address, a folder in a git repository, or a bundle of git.
    written
        Says whether a person wrote a card; without it no card is called lost.
    judge
        Who rates the texts, each once; the one that is built in by default.

    Raises
    ------
    ConfigError
        The target names nothing, or there is no git to read it with.
    HubError
        The Hub has no such repository, or does not give its history.
    DataError
        The repository cannot be read.
    """
    session = session or HubSession()
    with _past(target, session, of) as past:
        history = history_of(past, judge or judge_of(past.of), written, on_progress)
    if os.path.isdir(target):
        return replace(history, place=target)
    if os.path.exists(target):
        return history
    return replace(history, events=tuple(_with_merges(history, session)))


def history_of(
    past: CardPast, judge: Judge, written: Written | None = None, on_progress: Progress = silent
) -> CardHistory:
    """What a past tells, as far as its texts can be read."""
    wanted = list(dict.fromkeys(_blobs(past)))
    texts: dict[str | None, PastText] = {}
    here = past.texts(wanted[:MAX_TEXTS])
    for blob, text in read_texts(here, past.repo, judge, written):
        texts[blob] = text
        on_progress("history", len(texts), min(len(wanted), MAX_TEXTS))
    steps = steps_of(past, texts)
    around = Surroundings(past, steps, texts)
    events = tuple(_event(around, number) for number in range(len(steps)))
    missing = len(wanted) - len(texts)
    lacking = (f"{missing} of {len(wanted)} texts were not read",) if missing else ()
    return CardHistory(
        past.repo,
        past.of,
        events,
        tuple(lost_of(steps, texts)),
        (*past.problems, *lacking),
        f"{judge.id} {judge.version}",
        past.repo,
    )


@contextmanager
def _past(target: str, session: HubSession, of: CardType) -> Iterator[CardPast]:
    """The past that a target names, for one `with` block."""
    if os.path.exists(target):
        path = Path(target)
        if path.suffix == ".bundle":
            with cloned(target) as clone:
                yield past_of_clone(clone, path.stem.replace("--", "/", 1), of)
            return
        folder = path if path.is_dir() else path.parent
        yield past_of_clone(open_clone(folder), _name(folder), of)
        return
    address = read_address(target, of)
    if address is None:
        raise ConfigError(f"no folder {target!r}, and it is not a repository's id", hint=_HINT)
    with past_on_hub(session, address.id, address.of) as past:
        yield past


def _name(folder: Path) -> str:
    return name_folder(folder).id or folder.resolve().name.removesuffix(".git")


def _blobs(past: CardPast) -> Iterator[str]:
    """Git's ids of the card's texts, newest first."""
    for commit in reversed(past.commits):
        for change in commit.changes:
            if change.path == past.path:
                yield from (blob for blob in (change.after, change.before) if blob)


def _event(around: Surroundings, number: int) -> CardEvent:
    step: CardStep = around.steps[number]
    before, after, settled = (
        around.texts[blob].scores if blob in around.texts else None
        for blob in (step.before, step.after, step.settled)
    )
    return CardEvent(
        repo=around.past.repo,
        commit=step.commit.id,
        at=step.commit.at,
        title=_line(step.commit.title),
        kind=step.kind,
        files=step.files,
        before=step.before,
        after=step.after,
        settled=step.settled,
        reasons=tuple(around.reasons(number)),
        scores_before=before,
        scores_after=after,
        scores_settled=settled,
        others=around.others(step),
    )


def _line(title: str) -> str:
    """A commit's title, which anybody wrote, as one line to print."""
    shown = "".join(c if c.isprintable() else " " for c in title[:2000])
    return withhold_logins(shown)[:200]


def _with_merges(history: CardHistory, session: HubSession) -> Iterator[CardEvent]:
    """Link events to the pull requests of ours that they merged, the newest of them."""
    merges = [(each, m) for each in reversed(history.events) if (m := _MERGED.search(each.title))]
    numbers = {each.commit: int(m[1]) for each, m in islice(merges, _MAX_ASKED)}
    for event in history.events:
        number = numbers.get(event.commit)
        if number is not None:
            with suppress(CardiogramError):
                if MARK in ask_pull_request(session, history.repo, number, history.of).text:
                    yield replace(event, pull_request=number)
                    continue
        yield event
