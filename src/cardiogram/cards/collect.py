"""Collect models and their cards into a study folder, one finished shard after another.

The list comes first, page by page, each kept with the place where the next one starts. It fixes
what every shard holds, so a run that was killed continues with the first shard that is missing,
and ends with the same shards as a run that was not.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timezone
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any

from cardiogram.cards.card import parse_card
from cardiogram.cards.problems import TRANSIENT, code
from cardiogram.cards.sample import Sample, choose
from cardiogram.cards.sources import kind_of, read_ids, read_source
from cardiogram.errors import DataError
from cardiogram.hub import HubSession, Query, list_pages, read_model, read_readmes
from cardiogram.progress import Progress, silent
from cardiogram.store import Study
from cardiogram.text import sha256

_FETCH_SHARD = 64
_FILE_SHARD = 512
_MANY = 8192


@dataclass(frozen=True, slots=True)
class Source:
    """Where a study's models come from.

    Attributes
    ----------
    path
        A .jsonl, .jsonl.gz or .parquet file of cards, a folder of README.md files, or a .txt
        file of ids to look up on the Hub; None lists the Hub.
    query
        What to list, where the Hub is listed; elsewhere only its limit counts.
    sample
        Which of the listed models are studied.
    """

    path: Path | None = None
    query: Query = field(default_factory=Query)
    sample: Sample = field(default_factory=Sample)

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> Source:
        """The source that a study was begun with.

        Raises
        ------
        DataError
            There is no study yet, so there is nothing to continue.
        """
        if not manifest:
            raise DataError(
                "nothing was asked of this study yet",
                hint="Say what to study: --limit 100, --author NAME or --from FILE.",
            )
        asked = dict(manifest.get("query", {}))
        if "since" in asked:
            asked["since"] = date.fromisoformat(asked["since"])
        path = manifest["source"].get("path")
        return cls(
            None if path is None else Path(path),
            Query(**asked),
            Sample(**manifest.get("sample", {})),
        )

    def manifest(self, endpoint: str) -> dict[str, Any]:
        """What study.toml says was asked."""
        kind = "hub" if self.path is None else kind_of(self.path)
        source: dict[str, Any] = {"kind": kind}
        if kind in ("hub", "ids"):
            source["endpoint"] = endpoint
        if self.path is not None:
            source["path"] = str(self.path)
        names = ("limit", "author", "task", "library", "search", "sort", "since")
        values = {name: getattr(self.query, name) for name in names}
        asked = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in values.items()
            if value is not None and (kind == "hub" or name == "limit")
        }
        return {"source": source, "query": asked, "sample": self.sample.manifest()}


def collect(
    study: Study,
    source: Source,
    *,
    session: HubSession | None = None,
    workers: int = 16,
    on_progress: Progress = silent,
) -> int:
    """Fill `models/` and `cards/` of a study; what is there already is not asked again.

    Parameters
    ----------
    study
        A new folder, or one that an earlier run of the same question left.
    session
        The Hub to ask; by default the one that HF_ENDPOINT names.
    workers
        Cards read at the same time.

    Returns
    -------
    int
        Number of models in the study.

    Raises
    ------
    DataError
        The folder holds the answer to another question.
    HubError
        The Hub stopped answering; run the same again to continue.
    """
    kind = "hub" if source.path is None else kind_of(source.path)
    if kind in ("hub", "ids"):
        session = session or HubSession()
        _begin(study, source.manifest(session.endpoint))
        rows = _selection(study, source, session, on_progress)
        return _fetch(study, rows, session, workers, on_progress)
    _begin(study, source.manifest(""))
    assert source.path is not None
    return _ingest(study, source, on_progress)


def _begin(study: Study, asked: Mapping[str, Any]) -> None:
    """Write the question into a new folder, or make sure that it is the same one."""
    known = study.manifest()
    before = {name: known.get(name) for name in asked}
    if known and before != dict(asked):
        changed = [name for name in asked if before[name] != asked[name]]
        raise DataError(
            f"{str(study.root)!r} holds another study (its {', '.join(changed)} differ: "
            f"{[before[name] for name in changed]})",
            hint="Choose a new folder, or repeat the options that this study was begun with.",
        )
    if not known:
        now = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
        packages = ("cardiogram", "huggingface_hub", "pyarrow", "pyromark", "numpy")
        versions = {name: version(name) for name in packages}
        versions["python"] = platform.python_version()
        study.write_manifest({"created_at": now, **asked, "versions": versions})


def _selection(
    study: Study, source: Source, session: HubSession, on_progress: Progress
) -> list[dict[str, Any]]:
    """The chosen rows, in an order that is the same in every run."""
    listing = study.listing
    if source.path is None:
        _list(study, source, session, on_progress)
    elif not listing.has("00000"):
        ids = read_ids(source.path)[: source.query.limit]
        listing.write("00000", list(_look_up(ids, session, on_progress)))
    listed = listing.read().to_pylist()
    if not listed:
        raise DataError(
            "the Hub lists no model for this question",
            hint="Loosen --author, --task, --library, --search or --since.",
        )
    return choose(listed, source.sample, source.query.limit if source.path is None else None)


def _list(study: Study, source: Source, session: HubSession, on_progress: Progress) -> None:
    """List the Hub from where an earlier run stopped."""
    listing = study.listing
    wanted = source.query
    if source.sample.method == "stratified":
        wanted = replace(wanted, limit=max(source.sample.frame, wanted.limit or 0))
    done = len(listing.shards())
    cursor = listing.note(f"{done - 1:05}").get("next_cursor") if done else None
    count = listing.read(["id"]).num_rows
    if (done and not cursor) or (wanted.limit is not None and count >= wanted.limit):
        return
    for page in list_pages(session, wanted, cursor):
        note = {"next_cursor": page.next_cursor} if page.next_cursor else {"end": "true"}
        listing.write(f"{done:05}", page.rows, note)
        done += 1
        count += len(page.rows)
        on_progress("list", count, wanted.limit)


def _look_up(
    ids: Sequence[str], session: HubSession, on_progress: Progress
) -> Iterator[dict[str, Any]]:
    """Rows of named models; a renamed one brings the model that it became with it."""
    asked = list(dict.fromkeys(ids))
    for done, name in enumerate(asked):
        row = read_model(session, name)
        on_progress("list", done + 1, len(asked))
        yield row
        renamed = [p.partition(":")[2].strip() for p in row["problems"] if code(p) == "renamed"]
        asked += [new for new in renamed if new and new not in asked]


def _fetch(
    study: Study,
    rows: Sequence[dict[str, Any]],
    session: HubSession,
    workers: int,
    on_progress: Progress,
) -> int:
    """Read the cards of the chosen models, shard by shard."""
    size = _FETCH_SHARD if len(rows) <= _MANY else _FETCH_SHARD * 16
    known = _Known(study)
    shards = [rows[first : first + size] for first in range(0, len(rows), size)]
    todo = [number for number in range(len(shards)) if not _finished(study, f"{number:05}")]
    done = len(rows) - sum(len(shards[number]) for number in todo)
    for number in todo:
        shard = shards[number]
        wanted = [row["id"] for row in shard if not _settled(row)]
        answers = {}
        for readme in read_readmes(session, wanted, workers=workers):
            answers[readme.id] = readme
            on_progress("read", done + len(answers), len(rows))
        fetched = []
        for row in shard:
            row = dict(row)
            answer = answers.get(row["id"])
            if answer is not None:
                row["data"], row["size"] = answer.data, answer.size
                row["sha"] = answer.sha or row["sha"]
                if answer.problem:
                    row["problems"] = [*(row["problems"] or []), answer.problem]
            fetched.append(row)
        _write_shard(study, f"{number:05}", fetched, known)
        done += len(shard)
        on_progress("read", done, len(rows))
    return len(rows)


def _settled(row: Mapping[str, Any]) -> bool:
    """Whether the list has said already that there is no card to read."""
    return any(code(p) in ("not_found", "disabled", "renamed") for p in row["problems"] or [])


def _finished(study: Study, name: str) -> bool:
    """Whether a shard is there and holds nothing that another try may mend."""
    rows = study.models.read_shard(name, ["problems"])
    return study.models.has(name) and not any(
        code(problem) in TRANSIENT for row in rows for problem in row["problems"] or []
    )


def _ingest(study: Study, source: Source, on_progress: Progress) -> int:
    """Take the cards of a file or folder into the study, shard by shard."""
    assert source.path is not None
    rows: Iterable[dict[str, Any]] = read_source(source.path)
    if source.sample.method == "stratified":
        chosen = {
            row["id"]: row
            for row in choose([_light(row) for row in rows], source.sample, source.query.limit)
        }
        rows = (row | chosen[row["id"]] for row in read_source(source.path) if row["id"] in chosen)
    elif source.query.limit is not None:
        rows = islice(rows, source.query.limit)
    known = _Known(study)
    rows, done, number = iter(rows), 0, 0
    while shard := list(islice(rows, _FILE_SHARD)):
        name = f"{number:05}"
        if not study.models.has(name):
            _write_shard(study, name, shard, known)
        done, number = done + len(shard), number + 1
        on_progress("read", done, source.query.limit)
    if not done:
        raise DataError(f"no card in {str(source.path)!r}")
    return done


def _light(row: dict[str, Any]) -> dict[str, Any]:
    """What sampling needs of a row, without its text."""
    return {key: row.get(key) for key in ("id", "downloads", "pipeline_tag")}


class _Known:
    """Which card texts the study has already, and in which shard."""

    def __init__(self, study: Study) -> None:
        self.shards: dict[str, str] = {}
        for path in study.cards.shards():
            for row in study.cards.read_shard(path.stem, ["card_sha256"]):
                self.shards.setdefault(row["card_sha256"], path.stem)

    def is_elsewhere(self, sha: str, name: str) -> bool:
        return self.shards.setdefault(sha, name) != name


def _write_shard(study: Study, name: str, rows: Sequence[dict[str, Any]], known: _Known) -> None:
    """Write the cards of a shard, then its models: the models are what makes it finished."""
    now = datetime.now(timezone.utc)
    models, cards = [], {}
    for row in rows:
        data, size = row.pop("data", None), row.pop("size", None)
        problems = list(row.get("problems") or [])
        sha = None
        if data is not None:
            sha = sha256(data)
            if not known.is_elsewhere(sha, name):
                cards[sha] = _card_row(data, sha, size)
        elif not problems:
            problems = ["no_readme"]
        models.append({**row, "problems": problems, "card_sha256": sha, "fetched_at": now})
    if cards:
        study.cards.write(name, list(cards.values()))
    study.models.write(name, models)


def _card_row(data: bytes | str, sha: str, size: int | None) -> dict[str, Any]:
    card = parse_card(data)
    raw = len(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return {
        "card_sha256": sha,
        "front_matter": card.front_matter,
        "body": card.body,
        "body_line": card.body_line,
        "bytes": max(raw, size or 0),
        "problems": list(card.problems),
    }
