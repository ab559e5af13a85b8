"""Collect models and their cards into a study folder, one finished shard after another.

The list comes first, page by page, each kept with the place where the next one starts. It fixes
what every shard holds, so a run that was killed continues with the first shard that is missing,
and ends with the same shards as a run that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from itertools import count, islice

import pyarrow.compute as pc

from cardiogram.cards import is_transient, problem_codes
from cardiogram.collect.bulk import collect_dumps
from cardiogram.collect.sample import choose
from cardiogram.collect.sources import (
    Kind,
    files_of,
    kind_of,
    name_source,
    no_card,
    read_ids,
    read_source,
)
from cardiogram.collect.study_source import Source, ask_dumps, begin_study
from cardiogram.engine import Workers
from cardiogram.errors import ConfigError, DataError, HubError
from cardiogram.hub import HubSession, Readme, list_pages, read_model, read_readmes
from cardiogram.progress import Progress, silent
from cardiogram.store import Row, Study, Table, run_step
from cardiogram.text import decode, sha256, split_front_matter

_FETCH_SHARD = 64
_FILE_SHARD = 512
_MANY = 8192
_SILENCE = 40  # unreachable models in a row after which the Hub is taken to be down
_SILENCE_AT_FIRST = 3  # the same, while it has not answered at all


def collect(
    study: Study,
    source: Source,
    *,
    session: HubSession | None = None,
    workers: int = 16,
    executor: Workers | None = None,
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
        Cards read from the Hub at the same time.
    executor
        What reads Parquet files; by default a process for each core.

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
    kind = _kind(study, source)
    if kind == "parquet":
        asked = ask_dumps(study, source)
        return collect_dumps(study, asked, session, executor, on_progress)
    if kind in ("hub", "ids"):
        if source.type == "dataset":
            raise ConfigError(
                "cards of datasets are read from files, not from the Hub's list",
                hint="Give a .jsonl, .jsonl.gz or .parquet file or a folder of README.md files.",
            )
        session = session or HubSession()
        begin_study(study, source.manifest(session.endpoint))
        rows = _selection(study, source, session, on_progress)
        return _fetch(study, rows, session, workers, on_progress)
    begin_study(study, source.manifest(""))
    assert source.path is not None
    return _ingest(study, source, on_progress)


def list_models(
    study: Study, source: Source, session: HubSession, on_progress: Progress = silent
) -> tuple[list[str], int]:
    """List the Hub as :func:`collect` does first: ids of the chosen models, and how many there are.

    Raises
    ------
    DataError
        The folder holds the answer to another question, or the Hub lists no model.
    """
    begin_study(study, source.manifest(session.endpoint))
    chosen = _selection(study, source, session, on_progress)
    return [row["id"] for row in chosen], study.listing.read(["id"]).num_rows


def _kind(study: Study, source: Source) -> Kind:
    """What a source is; the study knows it of Parquet files that are no more."""
    if source.path is None:
        return "hub"
    try:
        return kind_of(source.path)
    except ConfigError:
        known = study.manifest().get("source", {})
        if known.get("kind") == "parquet" and known.get("path") == name_source(source.path):
            return "parquet"
        raise


def _selection(
    study: Study, source: Source, session: HubSession, on_progress: Progress
) -> list[Row]:
    """The chosen rows, in an order that is the same in every run."""
    if source.path is None:
        _list(study, source, session, on_progress)
    else:
        _look_up_all(study, read_ids(source.path)[: source.query.limit], session, on_progress)
    listed = study.listing.read().to_pylist()
    if not listed and source.path is not None:
        raise DataError(f"no model id in {str(source.path)!r}", hint="Write one id a line.")
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
    done = next(number for number in count() if not listing.has(f"{number:05}"))
    _drop_from(listing, done)  # pages behind one that was set aside: it says where they start
    cursor = listing.note(f"{done - 1:05}").get("next_cursor") if done else None
    listed = listing.read(["id"]).num_rows
    if (done and not cursor) or (wanted.limit is not None and listed >= wanted.limit):
        return
    for page in list_pages(session, wanted, cursor):
        note = {"next_cursor": page.next_cursor} if page.next_cursor else {"end": "true"}
        listing.write(f"{done:05}", page.rows, note)
        done += 1
        listed += len(page.rows)
        on_progress("list", listed, wanted.limit)
    on_progress("list", listed, listed)


def _look_up_all(
    study: Study, ids: Sequence[str], session: HubSession, on_progress: Progress
) -> None:
    """List named models, shard by shard; those that were unreachable are asked again."""
    listing = study.listing
    chunks = [ids[first : first + _FETCH_SHARD] for first in range(0, len(ids), _FETCH_SHARD)]
    for number, chunk in enumerate(chunks):
        name = f"{number:05}"
        before = listing.read_shard(name)
        known = {row["id"]: row for row in before if not is_transient(row)}
        rows = list(_look_up(chunk, known, session))
        if rows != before:
            listing.write(name, rows)
        on_progress("list", number * _FETCH_SHARD + len(chunk), len(ids))
    _drop_from(listing, len(chunks))


def _look_up(ids: Sequence[str], known: Mapping[str, Row], session: HubSession) -> Iterator[Row]:
    """Rows of named models; a renamed one brings the model that it became with it."""
    asked = list(ids)
    answered = silent = 0
    for name in asked:
        row = known.get(name) or read_model(session, name)
        yield row
        renamed = [p.partition(":")[2].strip() for p in row["problems"] if p.startswith("renamed")]
        asked += [new for new in renamed if new and new not in asked]
        silent = silent + 1 if is_transient(row) else 0
        answered += not silent
        if silent >= (_SILENCE if answered else _SILENCE_AT_FIRST):
            raise HubError(
                f"the Hub stopped answering: the last {silent} models were unreachable "
                f"({row['problems'][-1]})",
                hint="Run the same command again later; it goes on where it stopped.",
            )


def _drop_from(table: Table, number: int) -> None:
    """Remove the shards of a source that has become shorter since."""
    for path in table.shards():
        if path.stem >= f"{number:05}":
            path.unlink()


def _fetch(
    study: Study, rows: Sequence[Row], session: HubSession, workers: int, on_progress: Progress
) -> int:
    """Read the cards of the chosen models, shard by shard; a card whose text is there stays."""
    size = _FETCH_SHARD if len(rows) <= _MANY else _FETCH_SHARD * 16
    known = _known_texts(study)
    shards = [rows[first : first + size] for first in range(0, len(rows), size)]
    done = 0
    for number, shard in enumerate(shards):
        name = f"{number:05}"
        before = study.models.read_shard(name)
        kept = {row["id"]: row for row in before if _stays(row, known)}
        fresh = [row for row in shard if row["id"] not in kept]
        answers: dict[str, Readme] = {}
        wanted = [row["id"] for row in fresh if not _settled(row)]
        for readme in read_readmes(session, wanted, workers=workers):
            answers[readme.id] = readme
            on_progress("read", done + len(answers), len(rows))
        if fresh or len(before) != len(shard):
            rows_now = [
                kept.get(row["id"]) or _answered(row, answers.get(row["id"])) for row in shard
            ]
            _write_shard(study, name, rows_now, known)
        done += len(shard)
        on_progress("read", done, len(rows))
    _drop_from(study.models, len(shards))
    return len(rows)


def _stays(row: Row, known: Mapping[str, str]) -> bool:
    """Whether a model need not be read again: it was read, and its text is there."""
    return not is_transient(row) and (row["card_sha256"] is None or row["card_sha256"] in known)


def _answered(row: Row, answer: Readme | None) -> Row:
    """A listed row with the card that was read for it, or with the reason why there is none."""
    if answer is None:
        return dict(row)
    problems = [*(row["problems"] or []), *([answer.problem] if answer.problem else [])]
    problems += ["in_lfs"] if answer.in_lfs else []
    return {
        **row,
        "sha": answer.sha or row["sha"],
        "problems": problems,
        "data": answer.data,
        "size": answer.size,
    }


def _settled(row: Row) -> bool:
    """Whether the list has said already that there is no card to read."""
    settled = ("not_found", "disabled", "renamed", "no_id")
    return not problem_codes(row["problems"]).isdisjoint(settled)


def count_unread(study: Study) -> int:
    """Models whose cards another run may read."""
    count = 0
    for path in study.models.shards():
        problems = study.models.read(["problems"], prefix=path.name)
        some = problems.filter(pc.greater(pc.list_value_length(problems["problems"]), 0))
        count += sum(map(is_transient, some.to_pylist()))
    return count


def _ingest(study: Study, source: Source, on_progress: Progress) -> int:
    """Take the cards of a file or folder into the study, where these have changed."""
    assert source.path is not None
    run_step(
        study,
        "collect",
        lambda: _ingest_rows(study, source, on_progress),
        inputs=files_of(source.path),
        outputs=[study.models.folder, study.cards.folder],
        options=source.manifest(""),
    )
    return int(study.models.read(["id"]).num_rows)


def _ingest_rows(study: Study, source: Source, on_progress: Progress) -> None:
    """Write the rows of a source shard by shard; a card that was changed there is changed here."""
    assert source.path is not None
    rows: Iterable[Row] = read_source(source.path)
    if source.sample.method == "stratified":
        needed = ("id", "downloads", "pipeline_tag")  # without the texts
        light = [{name: row.get(name) for name in needed} for row in rows]
        chosen = {row["id"]: row for row in choose(light, source.sample, source.query.limit)}
        rows = (row | chosen[row["id"]] for row in read_source(source.path) if row["id"] in chosen)
    elif source.query.limit is not None:
        rows = islice(rows, source.query.limit)
    known = _known_texts(study)
    rows, done, number = iter(rows), 0, 0
    while shard := list(islice(rows, _FILE_SHARD)):
        _write_shard(study, f"{number:05}", shard, known)
        done, number = done + len(shard), number + 1
        on_progress("read", done, source.query.limit)
    if not done:
        raise no_card(source.path)
    _drop_from(study.models, number)
    on_progress("read", done, done)


def _known_texts(study: Study) -> dict[str, str]:
    """Which card texts the study has already, and in which shard."""
    shards: dict[str, str] = {}
    study.cards.check()  # what a study has is not read again: now a damaged text has to show
    for path in study.cards.shards():
        for row in study.cards.read_shard(path.stem, ["card_sha256"]):
            shards.setdefault(row["card_sha256"], path.stem)
    return shards


def _write_shard(study: Study, name: str, rows: Sequence[Row], known: dict[str, str]) -> None:
    """Write the cards of a shard, then its models: the models are what makes it finished.

    Cards that are in the shard already stay: models of other shards may share them.
    """
    now = datetime.now(timezone.utc)
    cards = {row["card_sha256"]: row for row in study.cards.read_shard(name)}
    before = len(cards)
    models = []
    for row in rows:
        if "fetched_at" in row:
            models.append(row)
            continue
        given = {"stratum": "all", "weight": 1.0, **row}
        data, size = given.pop("data", None), given.pop("size", None)
        sha = None if data is None else sha256(data)
        if sha is not None and sha not in cards and known.setdefault(sha, name) == name:
            cards[sha] = _card_row(data, sha, size)
        problems = list(given.get("problems") or []) or ([] if sha else ["no_readme"])
        models.append({**given, "problems": problems, "card_sha256": sha, "fetched_at": now})
    if len(cards) > before:
        study.cards.write(name, list(cards.values()))
    if not _are_there(study, name, models):
        study.models.write(name, models)


def _are_there(study: Study, name: str, models: Sequence[Row]) -> bool:
    """Whether a shard holds these models already, whenever they were fetched."""
    if not study.models.has(name):
        return False
    new = study.models.as_table(models).drop_columns(["fetched_at"])
    old = study.models.as_table(study.models.read_shard(name)).drop_columns(["fetched_at"])
    return bool(new.equals(old))


def _card_row(data: bytes | str, sha: str, size: int | None) -> Row:
    decoded = decode(data)
    parts = split_front_matter(decoded.text)
    raw = len(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return {
        "card_sha256": sha,
        "front_matter": parts.front_matter,
        "body": parts.body,
        "body_line": parts.body_line,
        "bytes": max(raw, size or 0),
        "problems": [*decoded.problems, *parts.problems],
    }
