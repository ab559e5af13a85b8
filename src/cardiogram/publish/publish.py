"""Plan a dataset's revision down to the last file, and send it when the user says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cardiogram.analysis import Results
from cardiogram.cards import load_vocabulary, parse_card
from cardiogram.errors import ConfigError, DataError, HubError
from cardiogram.hub import (
    HubSession,
    Published,
    Upload,
    check_dataset_id,
    read_dataset,
    read_file,
    send_dataset,
    tag_dataset,
)
from cardiogram.judge import Score
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
from cardiogram.publish.tables import Config, write_tables
from cardiogram.store import Study, write_atomically
from cardiogram.text import blob_id, sha256

_OURS = ("models/", "ratings/", "map/", "cards/")
"""Folders of the dataset that belong to a revision: what is in none of its files is removed."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a dataset is published.

    Attributes
    ----------
    visibility
        Of a dataset that is made now; one that is there keeps its own.
    texts
        Whether card texts go along: none, or those whose licence allows it.
    license
        Id of the dataset's own licence.
    card
        What happens to a card that somebody edited on the Hub.
    """

    visibility: str = "private"
    texts: str = "none"
    license: str = "cc-by-4.0"
    card: str = "keep"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file of the revision; `state` is new, changed or same."""

    path: str
    local: Path
    bytes: int
    rows: int | None
    state: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A revision before it is sent.

    Attributes
    ----------
    revision
        Its name, with what it changes.
    files
        Every file that the dataset will hold.
    removed
        Files of an earlier revision that this one has no more.
    scores
        The dataset's card, rated by the rubric for dataset cards.
    before
        What is published now; None where nothing is, or where it could not be seen.
    notes
        What the user should know, in sentences.
    untagged
        Revision that is published and has no tag yet: the run that sent it was interrupted.
    unseen
        Why it is not known what is published; such a plan cannot be sent.
    """

    repo_id: str
    endpoint: str
    private: bool
    revision: Revision
    files: tuple[PlannedFile, ...]
    removed: tuple[str, ...]
    scores: Mapping[str, Score]
    before: Published | None
    notes: tuple[str, ...] = ()
    untagged: str = ""
    unseen: HubError | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.removed) or any(file.state != "same" for file in self.files)

    @property
    def bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.bytes for file in self.files)

    def as_dict(self) -> dict[str, Any]:
        """The plan as plain values."""
        return {
            "repo": self.repo_id,
            "private": self.private,
            "revision": asdict(self.revision),
            "changed": self.changed,
            "bytes": self.bytes,
            "files": [
                {"path": f.path, "bytes": f.bytes, "rows": f.rows, "state": f.state}
                for f in self.files
            ],
            "removed": list(self.removed),
            "card": {name: score._asdict() for name, score in self.scores.items()},
            "notes": list(self.notes),
        }


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
    _check_request(study, repo_id, folder, options)
    session = session or HubSession()
    before, unseen = _look(session, repo_id)
    history, sent = _history(session, before, options)
    _check_visibility(before, options)
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
    words = [_planned(before, name, folder / name, None) for name in ("README.md", HISTORY)]
    (rating,) = DatasetJudge().rate([parse_card(card, id=repo_id)])
    last = inputs.history[-1]
    return Plan(
        repo_id=repo_id,
        endpoint=session.endpoint,
        private=before.private if before else options.visibility == "private",
        revision=last,
        files=(*words, *tables),
        removed=removed,
        scores=rating.scores,
        before=before,
        notes=_notes(options, before, configs, unseen),
        untagged=last.name if before and last.name not in before.tags else "",
        unseen=unseen,
    )


def publish(plan: Plan, *, session: HubSession | None = None) -> str:
    """Send a planned revision as one commit with a tag, and give the dataset's address.

    Nothing is sent where nothing has changed; a tag that an interrupted run left out is added.

    Raises
    ------
    AccessDenied
        The login may not write there.
    HubError
        The Hub did not take it; the published revision is untouched.
    """
    if plan.unseen is not None:
        raise plan.unseen
    session = session or HubSession(plan.endpoint)
    address = f"{session.endpoint}/datasets/{plan.repo_id}"
    if not plan.changed:
        if plan.untagged and plan.before:
            tag_dataset(session, plan.repo_id, plan.untagged, plan.before.sha)
        return address
    uploads = [Upload(f.path, f.local) for f in plan.files if f.state != "same"]
    send_dataset(
        session,
        plan.repo_id,
        uploads,
        plan.removed,
        before=plan.before,
        title=_title(plan.revision),
        tag=plan.revision.name,
        private=plan.private,
    )
    return address


def _check_request(study: Study, repo_id: str, folder: Path, options: Options) -> None:
    """Refuse what can be refused before anything is read or asked."""
    check_dataset_id(repo_id)
    if options.license not in load_vocabulary().licenses:
        raise ConfigError(
            f"{options.license!r} is no licence of the Hub's list", hint="Such as cc-by-4.0."
        )
    if (folder / study.manifest_path.name).exists():
        raise ConfigError(
            f"{str(folder)!r} holds a study: the dataset's files would mix with it",
            hint="Give another folder.",
        )


def _planned_tables(
    study: Study, folder: Path, before: Published | None, configs: Sequence[Config]
) -> list[PlannedFile]:
    """The tables and the statistics, each against what is published."""
    path, results = folder / "results.json", Results.load(study.results_path)
    write_atomically(path, json.dumps(results.as_dict(), indent=1, sort_keys=True).encode())
    files = [file for config in configs for file in config.files]
    return [
        *(_planned(before, file.path, file.local, file.rows) for file in files),
        _planned(before, path.name, path, None),
    ]


def _revise(
    session: HubSession, before: Published | None, inputs: CardInput, day: str
) -> CardInput:
    """The same with one more revision in its history."""
    taken = {revision.name for revision in inputs.history} | (before.tags if before else set())
    earlier = _published_contents(session, before) if inputs.history else None
    data = {config.name: [f.local.read_bytes() for f in config.files] for config in inputs.configs}
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


def _look(session: HubSession, repo_id: str) -> tuple[Published | None, HubError | None]:
    """What is published; where the Hub cannot be asked, a plan is still worth seeing."""
    try:
        return read_dataset(session, repo_id), None
    except HubError as error:
        return None, error


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


def _check_visibility(before: Published | None, options: Options) -> None:
    if before is not None and not before.private and options.visibility == "private":
        raise ConfigError(
            f"{before.id!r} is public: whatever is sent can be read by anybody",
            hint="Add --public, or make it private in its settings.",
        )


def _published_contents(session: HubSession, before: Published | None) -> Contents | None:
    """The published tables' compared columns; None where they cannot be read."""
    if before is None:
        return None

    def read(prefix: str) -> list[bytes]:
        paths = sorted(p for p in before.files if p.startswith(prefix) and p.endswith(".parquet"))
        return [read_file(session, before.id, path, before.sha) for path in paths]

    try:
        return read_contents(read("models/"), read("ratings/"))
    except DataError:
        return None


def _planned(before: Published | None, path: str, local: Path, rows: int | None) -> PlannedFile:
    known = before.files.get(path) if before else None
    state = "new" if known is None else "same" if known in _ids(local) else "changed"
    return PlannedFile(path, local, local.stat().st_size, rows, state)


def _ids(local: Path) -> tuple[str, str]:
    """What the Hub calls this content: its sha256 in a large file, git's blob id in a small one."""
    data = local.read_bytes()
    return sha256(data), blob_id(data)


def _removed(before: Published | None, paths: Sequence[str]) -> tuple[str, ...]:
    """Files of ours on the Hub that the revision has no more: texts no longer shared, shards."""
    old = before.files if before else {}
    return tuple(sorted(path for path in old if path.startswith(_OURS) and path not in paths))


def _notes(
    options: Options, before: Published | None, configs: Sequence[Config], unseen: HubError | None
) -> tuple[str, ...]:
    notes = []
    if unseen is not None:
        notes.append(f"What is published could not be seen: {unseen.message}.")
    if before and before.private and options.visibility == "public":
        notes.append("The dataset is private and stays so; its settings on the Hub change that.")
    if options.texts == "licensed" and not any(config.name == "cards" for config in configs):
        notes.append("No card's licence allows passing its text on, so none is included.")
    notes.append(
        "Models that only your login can see would be named: check models/ if you "
        "collected private ones."
    )
    return tuple(notes)
