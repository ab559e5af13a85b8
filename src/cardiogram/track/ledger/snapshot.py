"""Write down what the Hub counts of the watched models today; a day that is missed is a hole."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from pathlib import Path

from cardiogram.cards import TRANSIENT, is_transient, problem_code
from cardiogram.errors import DataError
from cardiogram.hub import HubSession, Query, list_counters
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study, set_aside
from cardiogram.track.ledger.counting import Counting, has_counters
from cardiogram.track.ledger.model_ledger import ModelLedger, Watched
from cardiogram.track.ledger.shard_log import DamagedShard

PAUSE = 20.0  # seconds between two writes of a day that is not finished


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Counters of the watched models on one day.

    Attributes
    ----------
    day
        In UTC.
    path
        The file that holds them.
    models
        Models whose counters the Hub gave.
    problems
        Models without counters, by problem code.
    renamed
        Former names and present ones.
    added
        Models of watched authors that were not there before.
    first_day, days
        Since when there are snapshots, and how many.
    holes
        Days since the last snapshot that have none.
    damaged
        Snapshots that cannot be used: set aside, or gone.
    """

    day: date
    path: Path
    models: int
    problems: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    first_day: date | None = None
    days: int = 0
    holes: int = 0
    damaged: tuple[DamagedShard, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether no model is left that another run may reach."""
        return not self.problems.keys() & TRANSIENT


def take_snapshot(
    ledger: ModelLedger,
    *,
    session: HubSession | None = None,
    workers: int = 8,
    now: datetime | None = None,
    pause: float = PAUSE,
    on_progress: Progress = silent,
) -> Snapshot:
    """Write `snapshots/DAY.parquet`: what the Hub counts of the watched models today.

    A second run on the same day asks only for the models that the first one lacks. A run that is
    stopped leaves what it has.

    Parameters
    ----------
    session
        The Hub to ask; by default the one that HF_ENDPOINT names.
    workers
        Models asked for by name at the same time.
    now
        The moment of the snapshot, which decides its day; by default the clock's.
    pause
        Seconds between two writes of what there is so far.

    Raises
    ------
    DataError
        Nobody is watched, the ledger is of another Hub, the clock went back, or the folder cannot
        be written.
    StudyBusy
        Another process works on the folder.
    HubError
        The Hub stopped answering; run the same again to continue.
    """
    with ledger.lock():
        session = session or HubSession()
        _check_hub(ledger, session)
        damaged = _clear(ledger)
        run = _Run(ledger, session, now, workers, pause)
        return replace(run.finish(on_progress), damaged=damaged)


class _Run:
    """One run: what is there of the day, what is asked for, what came."""

    def __init__(
        self,
        ledger: ModelLedger,
        session: HubSession,
        now: datetime | None,
        workers: int,
        pause: float,
    ) -> None:
        self.ledger, self.session, self.now, self.pause = ledger, session, now, pause
        self.workers = workers
        self.today = today = (now or datetime.now(timezone.utc)).date()
        self.earlier_days = [day for day in ledger.days() if day != today]
        _check_clock(today, self.earlier_days)
        self.begun = ledger.read_day(today)
        self.rows: dict[str, Row] = {}
        self.renamed: dict[str, str] = {}

    def finish(self, on_progress: Progress) -> Snapshot:
        """Ask for what is lacking, write it, and sum up."""
        added = () if self.begun else self._add_new()
        watched = _known(self.ledger, self.begun)
        if not watched:
            raise _nobody(self.ledger)
        have = {key: row for row in self.begun for key in (row["hub_id"], row["id"]) if key}
        lacking = []
        for model in watched:
            row = have.get(model.hub_id or model.id) or have.get(model.id)
            if row is None or is_transient(row) or not _is_of(row, model):
                lacking.append(model)
            else:
                self.rows[model.id] = row
        if lacking:
            self._ask(lacking, [model.id for model in watched], on_progress)
        return self._summary(added)

    def _ask(self, lacking: list[Watched], order: list[str], on_progress: Progress) -> None:
        """Ask for models; what came is written from time to time, and whatever happens."""
        on_progress("list", len(self.rows), len(order))
        written = time.monotonic()
        try:
            for lot in self._counting().rows(lacking):
                self.rows.update((model.id, self._take(model, row)) for model, row in lot)
                on_progress("list", len(self.rows), len(order))
                if time.monotonic() - written >= self.pause:
                    self._write(order)
                    written = time.monotonic()
        finally:
            if self.rows:
                self._write(order)

    def _add_new(self) -> tuple[str, ...]:
        """Watch models of the authors that were not there before."""
        known = {model.hub_id or model.id for model in self.ledger.watched()}
        new = [
            Watched(row["id"], row["hub_id"])
            for author in self.ledger.authors
            for page in list_counters(self.session, Query(author=author))
            for row in page.rows
            if row["id"] and (row["hub_id"] or row["id"]) not in known
        ]
        if new:
            self.ledger.watch(new)
        return tuple(model.id for model in new)

    def _counting(self) -> Counting:
        earlier = self.ledger.read_day(self.earlier_days[-1]) if self.earlier_days else []
        by_hub_id = {row["hub_id"]: row for row in earlier if row["hub_id"]}
        study = self.ledger.study
        query = _query_of(study) if study else Query()
        return Counting(self.session, query, by_hub_id, study is not None, self.workers, self.now)

    def _take(self, model: Watched, row: Row) -> Row:
        if row["id"] != model.id:
            self.renamed[model.id] = row["id"]
        return {**row, "day": self.today}

    def _write(self, order: list[str]) -> None:
        """The day so far; then the names and the Hub's ids by which models are known from now."""
        ledger = self.ledger
        rows = (self.rows[id] for id in order if id in self.rows)
        ledger.write_day(self.today, [*{row["hub_id"] or row["id"]: row for row in rows}.values()])
        listed = {model.id: model for model in ledger.watched()}
        studied = set(ledger.study_ids())
        learnt = [
            model
            for id, row in self.rows.items()
            if id in listed and id not in studied and row["hub_id"]
            if (model := replace(listed[id], id=row["id"], hub_id=row["hub_id"])) != listed[id]
        ]
        if learnt:
            ledger.watch(learnt, endpoint=self.session.endpoint)

    def _summary(self, added: tuple[str, ...]) -> Snapshot:
        problems = defaultdict(list)
        for row in self.rows.values():
            if not has_counters(row):
                code = problem_code(row["problems"][0]) if row["problems"] else "no_counts"
                problems[code].append(row["id"])
        days = self.ledger.days()
        before = [day for day in days if day < self.today]
        return Snapshot(
            day=self.today,
            path=self.ledger.snapshots.folder / f"{self.today.isoformat()}.parquet",
            models=len(self.rows) - sum(map(len, problems.values())),
            problems={code: tuple(ids) for code, ids in problems.items()},
            renamed=self.renamed,
            added=added,
            first_day=days[0] if days else None,
            days=len(days),
            holes=(self.today - before[-1]).days - 1 if before else 0,
        )


def _query_of(study: Study) -> Query:
    """The list that a study is of, without its limit: models move down the list."""
    from cardiogram.collect import Source

    source = Source.of(study.manifest())
    return Query() if source.path else replace(source.query, limit=None, since=None)


def _known(ledger: ModelLedger, begun: list[Row]) -> tuple[Watched, ...]:
    """Who is watched; a study has no list of the Hub's ids, but its snapshots have them."""
    studied = set(ledger.study_ids())
    if not studied:
        return ledger.watched()
    days = ledger.days()
    rows = begun or (ledger.read_day(days[-1]) if days else [])
    ids = {row["id"]: row["hub_id"] for row in rows}
    return tuple(
        replace(model, hub_id=model.hub_id or ids.get(model.id)) if model.id in studied else model
        for model in ledger.watched()
    )


def _is_of(row: Row, model: Watched) -> bool:
    return not (row["hub_id"] and model.hub_id) or row["hub_id"] == model.hub_id


def _check_clock(today: date, earlier: list[date]) -> None:
    """Refuse to write today's counters under a day of the past."""
    if earlier and earlier[-1] > today:
        raise DataError(
            f"the clock says {today}, and there is a snapshot of {earlier[-1]} already",
            hint="Set the clock; if that snapshot is wrong, delete its file.",
        )


def _check_hub(ledger: ModelLedger, session: HubSession) -> None:
    """Refuse to mix the counters of two Hubs."""
    endpoint = ledger.endpoint
    if endpoint is not None and endpoint != session.endpoint:
        raise DataError(
            f"{str(ledger.root)!r} is of {endpoint}, not of {session.endpoint}",
            hint=f"Set HF_ENDPOINT={endpoint} and run the same command again.",
        )


def _clear(ledger: ModelLedger) -> tuple[DamagedShard, ...]:
    """Set damaged snapshots aside, so that each is named once."""
    damaged = ledger.damaged()
    for shard in damaged:
        if shard.path.exists():
            set_aside(shard.path)
        ledger.log.give_up(shard.path.stem)
    return damaged


def _nobody(ledger: ModelLedger) -> DataError:
    if ledger.study is not None:
        hint = f"cardiogram collect {ledger.root}"
        return DataError(f"no models in {str(ledger.root)!r}", hint=hint)
    return DataError(
        f"nobody is watched in {str(ledger.root)!r}",
        hint=f"cardiogram track add OWNER/NAME --ledger {ledger.root}",
    )
