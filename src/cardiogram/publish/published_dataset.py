"""A study as a dataset: its revision planned down to the last file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from cardiogram.analysis import Results
from cardiogram.cards import parse_card
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubSession, Published, read_file
from cardiogram.judge.dataset_cards import DatasetJudge
from cardiogram.publish.about import describe_study
from cardiogram.publish.card import CardInput, render_card
from cardiogram.publish.changes import (
    HISTORY,
    Contents,
    Revision,
    compare,
    name_revision,
    read_contents,
    read_history,
    write_history,
)
from cardiogram.publish.planned import (
    PRIVATE_MODELS,
    Options,
    Plan,
    PlannedFile,
    check_request,
    check_visibility,
    look,
    note_state,
    plan_file,
)
from cardiogram.publish.tables import Config, write_tables
from cardiogram.store import Study, write_atomically
from cardiogram.text import sha256

_OURS = ("models/", "ratings/", "map/", "cards/")
"""Folders of the dataset that belong to a revision: what is in none of its files is removed."""


def plan_dataset(
    study: Study,
    repo_id: str,
    folder: Path,
    options: Options | None = None,
    *,
    session: HubSession | None = None,
    day: str | None = None,
) -> Plan:
    """Write every file of a dataset into a folder and say what sending them would change.

    Parameters
    ----------
    repo_id
        ``OWNER/NAME`` of the dataset.
    folder
        Where the files are written; not the study's.
    day
        Day of the revision, ISO; today unless given.

    Raises
    ------
    ConfigError
        The id or licence is none, the dataset is another's or public already, or its card was
        edited on the Hub.
    DataError
        The study has no ratings or no results yet.
    """
    options = options or Options()
    check_request(study, repo_id, folder, options, "dataset")
    session = session or HubSession()
    before, unseen = look(session, repo_id, "dataset")
    history, sent = _history(session, before, options)
    check_visibility(before, options)
    about = describe_study(study)
    configs = write_tables(study, folder, with_cards=options.texts == "licensed")
    tables = _planned_tables(study, folder, before, configs)
    removed = _removed(before, [file.path for file in tables])
    inputs = CardInput(repo_id, options.license, about, configs, history, version("cardiogram"))
    same = not removed and all(file.state == "same" for file in tables)
    if not (history and same and sha256(render_card(inputs)) == sent):
        day = day or datetime.now(timezone.utc).date().isoformat()
        inputs = _revise(session, before, inputs, day)
    card = render_card(inputs)
    write_atomically(folder / "README.md", card.encode())
    write_atomically(folder / HISTORY, write_history(inputs.history, sha256(card)))
    words = [plan_file(before, name, folder / name) for name in ("README.md", HISTORY)]
    (rating,) = DatasetJudge().rate([parse_card(card, id=repo_id)])
    last = inputs.history[-1]
    return Plan(
        of="dataset",
        repo_id=repo_id,
        endpoint=session.endpoint,
        private=before.private if before else options.visibility == "private",
        files=(*words, *tables),
        title=_title(last),
        before=before,
        notes=(*note_state(options, before, unseen, "dataset"), *_notes(options, configs)),
        removed=removed,
        revision=last,
        scores=rating.scores,
        untagged=last.name if before and last.name not in before.tags else "",
        unseen=unseen,
    )


def _planned_tables(
    study: Study, folder: Path, before: Published | None, configs: Sequence[Config]
) -> list[PlannedFile]:
    """The tables and the statistics, each against what is published."""
    path, results = folder / "results.json", Results.load(study.results_path)
    write_atomically(path, json.dumps(results.as_dict(), indent=1, sort_keys=True).encode())
    files = [file for config in configs for file in config.files]
    return [
        *(plan_file(before, file.path, file.local, file.rows) for file in files),
        plan_file(before, path.name, path),
    ]


def _revise(
    session: HubSession, before: Published | None, inputs: CardInput, day: str
) -> CardInput:
    """The same with one more revision in its history."""
    taken = {revision.name for revision in inputs.history} | (before.tags if before else set())
    earlier = _published_contents(session, before) if inputs.history else None
    data = {config.name: [file.local for file in config.files] for config in inputs.configs}
    now = read_contents(data["models"], data["ratings"])
    mean = inputs.about.judges[0].mean if inputs.about.judges else None
    revision = compare(earlier, now, name_revision(day, taken), mean)
    return replace(inputs, history=(*inputs.history, revision))


def _title(revision: Revision) -> str:
    title = f"{revision.name}: {revision.models:,} models, {revision.ratings:,} ratings"
    if revision.added is None:
        return title
    return (
        f"{title}; {revision.added:,} models added, {revision.removed:,} removed, "
        f"{revision.ratings_changed:,} ratings changed"
    )


def _history(
    session: HubSession, before: Published | None, options: Options
) -> tuple[tuple[Revision, ...], str]:
    """Revisions so far and the hash of the last card; a card that is not ours is not replaced."""
    if before is None or "README.md" not in before.files:
        return (), ""
    history: tuple[Revision, ...] = ()
    card = ""
    if HISTORY in before.files:
        history, card = read_history(read_file(session, before.id, HISTORY, before.sha))
    published = sha256(read_file(session, before.id, "README.md", before.sha))
    if published != card and options.card == "keep":
        what = "its card was edited on the Hub" if history else "it holds something else"
        raise ConfigError(
            f"{before.id!r} would be overwritten: {what}",
            hint="Choose another name, or add --replace-card.",
        )
    return history, card


def _published_contents(session: HubSession, before: Published | None) -> Contents | None:
    """The published tables' compared columns; None where they cannot be read."""
    if before is None:
        return None

    def read(prefix: str) -> Iterator[bytes]:
        paths = sorted(p for p in before.files if p.startswith(prefix) and p.endswith(".parquet"))
        return (read_file(session, before.id, path, before.sha) for path in paths)

    try:
        return read_contents(read("models/"), read("ratings/"))
    except DataError:
        return None


def _removed(before: Published | None, paths: Sequence[str]) -> tuple[str, ...]:
    """Files of ours on the Hub that the revision has no more: texts no longer shared, shards."""
    old = before.files if before else {}
    return tuple(sorted(path for path in old if path.startswith(_OURS) and path not in paths))


def _notes(options: Options, configs: Sequence[Config]) -> tuple[str, ...]:
    notes = [PRIVATE_MODELS.format(place="models/")]
    if options.texts == "licensed" and not any(config.name == "cards" for config in configs):
        notes.insert(0, "No card's licence allows passing its text on, so none is included.")
    return tuple(notes)
