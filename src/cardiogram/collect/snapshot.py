"""Ask the Hub what the models of a study count today, and keep it beside the study.

A page of the list costs as much as one model by name, so the list is walked for as long as its
pages hold models of the study; the rest are asked for by name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from itertools import islice
from pathlib import Path

from cardiogram.cards import TRANSIENT, is_studied, problem_code
from cardiogram.collect.collect import Source, is_transient
from cardiogram.collect.daily_counts import COUNTED
from cardiogram.errors import CardNotFound, DataError, HubError
from cardiogram.hub import COUNTS, HubSession, Page, Query, list_pages, read_model
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study, Table

_AT_ONCE = 64  # models asked for by name between two writes
_PATIENCE = 20  # models that may be missing for each further page that brings none of them
_AGAIN = "Run the same command again later; it goes on where it stopped."


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Counts of a study's models on one day.

    Attributes
    ----------
    day
        In UTC.
    path
        The file that holds them.
    models
        Models whose counts the Hub gave.
    problems
        Models without counts, by problem code.
    """

    day: date
    path: Path
    models: int
    problems: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether no model is left that another run may reach."""
        return not self.problems.keys() & TRANSIENT


def take_snapshot(
    study: Study,
    *,
    session: HubSession | None = None,
    workers: int = 8,
    now: datetime | None = None,
    on_progress: Progress = silent,
) -> Snapshot:
    """Write `snapshots/DAY.parquet`: downloads and likes of the study's models as of today.

    A run on the day of a snapshot asks only for the models that it lacks. So does a run on the day
    after for one that was stopped before it was complete.

    Parameters
    ----------
    session
        The Hub to ask; by default the one that HF_ENDPOINT names.
    workers
        Models asked for by name at the same time.
    now
        The moment that decides the day; by default the clock's.

    Raises
    ------
    DataError
        The study has no models, or its models are of another Hub.
    HubError
        The Hub stopped answering; run the same again to continue.
    """
    ids = _ids(study)
    session = session or HubSession()
    _check_hub(study, session)
    table, today = study.snapshots, (now or datetime.now(timezone.utc)).date()
    day, kept = _begun(table, ids, today)
    lacking = [name for name in ids if name not in kept]
    size = max(_AT_ONCE, len(ids) // 100)  # a large study is not written anew for every few models
    on_progress("list", len(kept), len(ids))
    for rows in _answers(study, session, lacking, workers, size):
        kept.update((row["id"], row) for row in rows)
        table.write(day.isoformat(), [kept[name] for name in ids if name in kept])
        on_progress("list", len(kept), len(ids))
    return _summary(table, day, kept)


def _ids(study: Study) -> list[str]:
    """The study's models; a renamed one is in it under its new name, too."""
    if study.type != "model":
        raise DataError(f"{str(study.root)!r} is a study of dataset cards: snapshots are of models")
    ids = [row["id"] for row in study.models.rows(["id", "problems"]) if is_studied(row)]
    if not ids:
        raise DataError(
            f"no models in {str(study.root)!r}", hint=f"cardiogram collect {study.root}"
        )
    return list(dict.fromkeys(ids))


def _check_hub(study: Study, session: HubSession) -> None:
    """Refuse to mix the counts of two Hubs."""
    endpoint = study.manifest().get("source", {}).get("endpoint")
    if endpoint is not None and endpoint != session.endpoint:
        raise DataError(
            f"{str(study.root)!r} is a study of {endpoint}, not of {session.endpoint}",
            hint=f"HF_ENDPOINT={endpoint} cardiogram track snapshot {study.root}",
        )


def _begun(table: Table, ids: Sequence[str], today: date) -> tuple[date, dict[str, Row]]:
    """Day and rows of today's snapshot, or of yesterday's where that is not complete, or new."""
    wanted = set(ids)
    for day in (today, today - timedelta(days=1)):
        rows = table.read_shard(day.isoformat())
        kept = {row["id"]: row for row in rows if row["id"] in wanted and not is_transient(row)}
        if rows and (day == today or len(kept) < len(wanted)):
            return day, kept
    return today, {}


def _answers(
    study: Study, session: HubSession, lacking: Sequence[str], workers: int, size: int
) -> Iterator[list[Row]]:
    """Rows of the models that are lacking, from the list and then by name."""
    left = dict.fromkeys(lacking)
    for rows in _listed(study, session, left):
        for row in rows:
            del left[row["id"]]
        yield rows
    yield from _named(session, list(left), workers, size)


def _listed(study: Study, session: HubSession, left: Mapping[str, None]) -> Iterator[list[Row]]:
    """Walk the study's own list (or the whole Hub's) while its pages hold models that are left.

    It is walked without the study's limit: models move down the list.
    """
    if not left:
        return
    source, in_vain = Source.of(study.manifest()), 0
    query = Query() if source.path else replace(source.query, limit=None, since=None)
    for page in _pages(session, query):
        rows = {row["id"]: _row(row) for row in page.rows if row["id"] in left}
        in_vain = 0 if len(rows) > 1 else in_vain + 1
        if rows:
            yield list(rows.values())
        if not left or in_vain > len(left) // _PATIENCE:
            return


def _pages(session: HubSession, query: Query) -> Iterator[Page]:
    """Pages of the list; none where a Hub has no list, as some mirrors do not."""
    with suppress(CardNotFound):
        yield from list_pages(session, query, fields=COUNTS)


def _named(session: HubSession, ids: Sequence[str], workers: int, size: int) -> Iterator[list[Row]]:
    """Ask for models by name; a whole lot without an answer means that the Hub is down."""
    remaining = iter(ids)
    with ThreadPoolExecutor(workers) as pool:
        while lot := list(islice(remaining, size)):
            rows = list(pool.map(lambda name: _row(read_model(session, name, COUNTS)), lot))
            yield rows
            if len(rows) > workers and all(map(is_transient, rows)):
                raise HubError(
                    f"the Hub stopped answering: the last {len(rows)} models were unreachable "
                    f"({rows[-1]['problems'][-1]})",
                    hint=_AGAIN,
                )


def _row(listed: Row) -> Row:
    return {
        "id": listed["id"],
        **{name: listed[name] for name in COUNTED},
        "taken_at": datetime.now(timezone.utc),
        "problems": listed["problems"],
    }


def _summary(table: Table, day: date, rows: Mapping[str, Row]) -> Snapshot:
    without = [row for row in rows.values() if all(row[name] is None for name in COUNTED)]
    problems = Counter(
        problem_code(row["problems"][0]) if row["problems"] else "no_counts" for row in without
    )
    path = table.folder / f"{day.isoformat()}.parquet"
    return Snapshot(day, path, len(rows) - len(without), dict(problems))
