"""A study of Parquet dumps: what was asked, one after another, and what is done of it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from cardiogram.collect.bulk.dump_files import DumpFile, json_hash, list_files
from cardiogram.collect.bulk.dump_plan import (
    DumpSource,
    compare_columns,
    find_texts_and_needed,
    make_shards,
    open_source,
    survey,
)
from cardiogram.collect.bulk.gather import (
    DOUBLED,
    MADE_FROM,
    BucketFiles,
    Unchanged,
    bucket_name,
    group_buckets,
    read_note,
)
from cardiogram.collect.bulk.joined_models import Join, first_places, join_bucket
from cardiogram.collect.bulk.scatter import Aside, Incoming, Scatter, write_chosen
from cardiogram.collect.sample import Sample, draw
from cardiogram.engine import Workers, join_batches, run_shards
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubFiles, HubSession, Query
from cardiogram.progress import Progress
from cardiogram.store import Study

_ROWS = 1024
"""Of a bucket: whoever works on one needs the same memory, however many there are."""
_LIGHT = ("id", "author", "pipeline_tag", "library_name", "last_modified", "downloads")
_LAYOUT = 1
"""Version of how buckets are made: another makes them anew."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Dumps that a study is made from, or goes on with.

    Attributes
    ----------
    paths
        In the order in which what they say counts.
    at
        When it was asked.
    done
        What the study has kept of it: commits, fingerprint, columns.
    """

    paths: tuple[str, ...]
    query: Query
    sample: Sample
    at: datetime
    done: Mapping[str, Any]

    def question(self) -> dict[str, object]:
        """What makes it the same as another, as JSON has it."""
        query = {
            name: value.isoformat() if isinstance(value, date) else value
            for name in ("limit", "author", "task", "library", "search", "since")
            if (value := getattr(self.query, name)) is not None
        }
        return {"paths": list(self.paths), **query, **self.sample.manifest()}


def count_buckets(rows: int) -> int:
    """Into how many buckets a study of so many rows is cut.

    Examples
    --------
    >>> [count_buckets(rows) for rows in (3, 1_025, 1_000_000)]
    [1, 2, 977]
    """
    return max(1, -(-rows // _ROWS))


def collect_dumps(
    study: Study,
    links: Sequence[Asked],
    session: HubSession | None,
    workers: Workers | None,
    on_progress: Progress,
) -> int:
    """Bring a study up to what was asked, one after another; what is done stays.

    Returns
    -------
    int
        Number of models in the study.

    Raises
    ------
    DataError
        A dump cannot be read, or lacks what is asked for.
    """
    steps: list[_Step] = []
    for link in links:
        before = steps[-1].made_from if steps else ""
        steps.append(_Step.of(link, len(steps), before, session))
        _keep(study, len(steps) - 1, steps[-1].link.done)
    buckets: int = study.manifest().get("buckets", 0)
    plan = None if buckets else _plan(steps[0], study.root / "incoming")
    if plan is not None:
        buckets = count_buckets(plan.rows)
        study.write_manifest({**study.manifest(), "buckets": buckets})
    states = {step.made_from: step.number for step in steps}
    for step in steps:
        notes = [read_note(study, bucket_name(k)).get(MADE_FROM, "") for k in range(buckets)]
        stale = [k for k, note in enumerate(notes) if states.get(note, -1) < step.number]
        lost = any(states.get(note, -1) < 0 for note in notes)
        if lost or not step.is_done:
            for later in steps[step.number + 1 :]:
                _reopen(study, later)
            plan = plan or _plan(step, study.root / "incoming")
            _bring_up(study, step, plan, stale, buckets, workers, on_progress)
        plan = None
    _clean_up(study, buckets)
    return sum(study.models.count_rows(bucket_name(number)) for number in range(buckets))


@dataclass(slots=True)
class _Step:
    """One of what was asked, its files, and what a bucket says that was made up to it."""

    link: Asked
    number: int
    made_from: str
    before: str
    session: HubSession | None

    @classmethod
    def of(cls, link: Asked, number: int, before: str, session: HubSession | None) -> _Step:
        """Find out which files it is about, or was where they are gone, and at which commits."""
        places = [HubFiles.of(path) for path in link.paths]
        if any(places):
            session = session or HubSession()
        done = dict(link.done)
        try:
            if "files" not in done or not all(places):
                files = _find_files(link, done, session)
                done["files"] = json_hash([[f.fingerprint() for f in some] for some in files])
                done["commits"] = [some[0].commit for some in files]
        except (ConfigError, DataError):
            if "files" not in done or "rows" not in done:
                raise
        made_from = json_hash([before, link.question(), done["files"], _LAYOUT])
        if done.get("made_from") != made_from:
            done = {name: done[name] for name in ("files", "commits")}
        return cls(replace(link, done=done), number, made_from, before, session)

    @property
    def is_done(self) -> bool:
        """Whether all buckets were brought up to it."""
        return "rows" in self.link.done

    def find_files(self) -> list[list[DumpFile]]:
        """The files of each path."""
        return _find_files(self.link, self.link.done, self.session)


def _find_files(
    link: Asked, done: Mapping[str, Any], session: HubSession | None
) -> list[list[DumpFile]]:
    commits = done.get("commits") or [""] * len(link.paths)
    return [
        list_files(path, session, commit) for path, commit in zip(link.paths, commits, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is read for a step, and how it is joined."""

    sources: tuple[DumpSource, ...]
    scatter: Scatter
    texts: tuple[int, ...]
    needed: tuple[int, ...]
    rows: int


def _plan(step: _Step, folder: Path) -> _Plan:
    """Read what the files say of themselves, and which of their rows are asked for."""
    files = step.find_files()
    paths = step.link.paths
    sources = [
        open_source(path, n, some) for n, (path, some) in enumerate(zip(paths, files, strict=True))
    ]
    query = step.link.query
    texts, needed, asked = find_texts_and_needed(sources, query)
    scatter = Scatter(query, asked if any(asked) else ())
    limit = query.limit
    if step.link.sample.method == "stratified" or (needed and limit is not None):
        chosen, rows = _choose(step, sources, scatter, texts, needed, folder)
        return _Plan(tuple(sources), replace(scatter, chosen=chosen), texts, needed, rows)
    rows = 0
    if limit is not None or scatter.asked:
        for source in sources:
            if source.place in texts:
                left = None if limit is None else limit - rows
                sources[source.place], count = survey(source, scatter, left)
                rows += count
    else:
        rows = sum(sources[place].rows for place in texts)
    return _Plan(tuple(sources), scatter, texts, needed, rows)


def _choose(
    step: _Step,
    sources: Sequence[DumpSource],
    scatter: Scatter,
    texts: tuple[int, ...],
    needed: tuple[int, ...],
    folder: Path,
) -> tuple[Path, int]:
    """Choose models by their columns alone, and keep which; their number."""
    shards = (shard for source in sources for shard in make_shards(source, _LIGHT))
    pieces = (scatter(shard.read()).replace_schema_metadata(None) for shard in shards)
    columns = ["id", "downloads", "pipeline_tag"]
    if len(sources) == 1:
        every = join_batches([piece.select(columns) for piece in pieces])
        listed = every.take(first_places(every["id"]))
    else:
        listed = join_bucket(Join(texts, needed, step.link.at), join_batches(list(pieces))).models
    ids, downloads, tasks = (listed[name] for name in columns)
    drawn = list(draw(ids, downloads, tasks, step.link.sample, step.link.query.limit))
    chosen = {"id": ids.take(pa.array([place for place, _, _ in drawn], pa.int64()))}
    chosen["stratum"] = pa.array([stratum for _, stratum, _ in drawn], pa.string())
    chosen["weight"] = pa.array([weight for _, _, weight in drawn], pa.float64())
    path = folder / f"{step.made_from}-chosen"
    write_chosen(path, pa.RecordBatch.from_pydict(chosen))
    return path, len(drawn)


def _bring_up(
    study: Study,
    step: _Step,
    plan: _Plan,
    stale: Sequence[int],
    buckets: int,
    workers: Workers | None,
    on_progress: Progress,
) -> None:
    """Scatter the rows of a step, gather the buckets that lack them, and keep what came of it."""
    incoming = Incoming(study.root / "incoming", f"{step.made_from}-", buckets)
    shards = [shard for source in plan.sources for shard in make_shards(source)]
    total, done, rows = sum(shard.rows for shard in shards), 0, 0
    sizes = {shard.name: shard.rows for shard in shards}
    aside: list[Aside] = []
    for name, (count, some) in run_shards(shards, plan.scatter, incoming, workers):
        done, rows = done + sizes[name], rows + count
        aside += some
        on_progress("read", done, total)
    if not rows and not step.number:
        raise _nothing_read(step.link, aside)
    how = Join(plan.texts, plan.needed, step.link.at)
    files = BucketFiles(study.root, how, step.made_from, step.before)
    todo = list(group_buckets(incoming, stale, rows))
    for finished, _ in enumerate(run_shards(todo, Unchanged(), files, workers), 1):
        on_progress("join", finished, len(todo))
    notes = (read_note(study, bucket_name(k)) for k in range(buckets))
    doubled = sum(int(n[DOUBLED]) for n in notes if n.get(MADE_FROM) == step.made_from)
    columns = {
        name: kind for source in plan.sources for name, kind in source.parts[0].types.items()
    }
    record = {
        **step.link.done,
        "made_from": step.made_from,
        "rows": rows,
        "doubled": doubled,
        "set_aside": [f"{place}: {size} rows: {why}" for place, size, why in sorted(aside)],
        "columns": columns,
    }
    _tell(study, step, record)
    _keep(study, step.number, record)


def _nothing_read(link: Asked, aside: Sequence[Aside]) -> DataError:
    paths = ", ".join(map(repr, link.paths))
    if aside:
        return DataError(f"cannot read {aside[0][0]}: {aside[0][2]}")
    return DataError(
        f"no card in {paths}", hint="Loosen the filters, or give a file with one card a row."
    )


def _tell(study: Study, step: _Step, record: Mapping[str, Any]) -> None:
    """Warn of what was left out, and of columns that came or went since the dump before."""
    logger = logging.getLogger("cardiogram")
    for words in record["set_aside"]:
        logger.warning("set aside, it cannot be read: %s", words)
    if record["doubled"]:
        logger.warning("%d rows left out: another with their id came first", record["doubled"])
    if step.number:
        earlier = study.manifest()["collected"][step.number - 1].get("columns", {})
        for words in compare_columns(earlier, record["columns"]):
            logger.warning("%s differs from the dump before: %s", step.link.paths[0], words)


def _keep(study: Study, number: int, record: Mapping[str, Any]) -> None:
    """Keep in `study.toml` what is known of a step, if that is new."""
    manifest = study.manifest()
    records = list(manifest.get("collected", []))
    now = [*records[:number], dict(record), *records[number + 1 :]]
    if now != records:
        study.write_manifest({**manifest, "collected": now})


def _reopen(study: Study, step: _Step) -> None:
    """Make a step one that is not done: buckets before it are made anew."""
    done = {name: step.link.done[name] for name in ("files", "commits")}
    step.link = replace(step.link, done=done)
    _keep(study, step.number, done)


def _clean_up(study: Study, buckets: int) -> None:
    """Remove what was on the way, halves that dead workers left, and shards of another division."""
    kept = {bucket_name(number) for number in range(buckets)}
    for path in (*study.models.shards(), *study.cards.shards()):
        if path.stem not in kept:
            path.unlink()
    for folder in (study.models.folder, study.cards.folder):
        for half in folder.glob(".*.tmp"):
            half.unlink()
    folder = study.root / "incoming"
    if folder.is_dir():
        shutil.rmtree(folder)
