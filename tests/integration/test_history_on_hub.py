"""The history of a card through the Hub's API: as git gives it, and within bounds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd, HfApi
from stand_in import StandIn

from cardiogram.errors import AccessDenied, CardNotFound, HubError
from cardiogram.hub import MARK, HubSession, Readme
from cardiogram.repository.access import GitClone, cloned
from cardiogram.track.history import CardEvent, CardHistory, past_on_hub as module, read_history
from support import SHARED

FOLDER = SHARED / "stats" / "series" / "readme_history"
CARD = "# Otter\n\nIt swims well.\n"


def read(hub: StandIn, id: str) -> CardHistory:
    return read_history(id, HubSession(hub.url, tries=1))


def row_of(bundle: Path) -> dict[str, Any]:
    """A bundle's commits as the stand-in takes them."""
    steps: list[dict[str, Any]] = []
    with cloned(str(bundle)) as clone:
        for commit in reversed(list(clone.commits())):
            ids = [change.after for change in commit.changes if change.after]
            texts = {id: data for id, data in clone.texts(ids, 1 << 20) if data is not None}
            files = {c.path: texts[c.after].decode() if c.after else None for c in commit.changes}
            date = f"{commit.at:%Y-%m-%dT%H:%M:%S}.000Z"
            steps.append({"date": date, "title": commit.title, "files": files})
            if "README.md" in files:
                steps[-1]["readme"] = files.pop("README.md")
    row = {"id": bundle.stem.replace("--", "/", 1), "commits": steps}
    return row | {"createdAt": steps[0]["date"]}


def without_commits(event: CardEvent) -> CardEvent:
    """What does not hang on the commit's own id; the Hub has a first commit of its own."""
    others = tuple(other for other in event.others if other.kind != "beginning")
    return replace(event, commit="", others=others)


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
@pytest.mark.parametrize("name", ["fx-elm--quiet-base", "fx-dune--tern-small"])
def test_the_api_gives_the_events_that_git_gives(hub: StandIn, name: str) -> None:
    bundle = FOLDER / f"{name}.bundle"
    hub.add(row_of(bundle))
    by_api = read(hub, name.replace("--", "/", 1))
    by_git = read_history(str(bundle))
    assert by_api.problems == ()
    assert list(map(without_commits, by_api.events)) == list(map(without_commits, by_git.events))


def steps(count: int, **files: str) -> list[dict[str, Any]]:
    """A card that grows by a line a day."""
    return [
        {
            "date": f"2025-{1 + day // 28:02}-{1 + day % 28:02}T10:00:00.000Z",
            "title": f"Step {day}",
            "readme": CARD + f"\nLine {day}.\n",
            "files": files,
        }
        for day in range(count)
    ]


def test_what_is_over_a_bound_is_said(hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    hub.add({"id": "a/otter", "commits": steps(5)})
    monkeypatch.setattr(module, "MAX_STEPS", 3)
    monkeypatch.setattr(module, "MAX_TREES", 2)
    history = read(hub, "a/otter")
    first, second = history.events
    assert (first.title, second.title) == ("Step 3", "Step 4")
    assert first.scores_before is not None
    assert first.reasons == ("what else changed within 7 days is not known",)
    assert history.problems == (
        "commits before 2025-01-03 were not asked for",
        "what else 4 commits changed was not asked for",
    )


def test_a_long_history_is_asked_of_git_first_and_then_of_the_api(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONG", 3)
    hub.add({"id": "a/otter", "commits": steps(4)})
    assert len(read(hub, "a/otter").events) == 4
    asked = [request["path"] for request in hub.requests()]
    assert any("/info/refs" in path for path in asked) == (shutil.which("git") is not None)
    hub.patch("a/otter", gated="auto")
    before = len(hub.requests())
    history = read(hub, "a/otter")  # its texts are not given, and git is not asked without a login
    assert not any("/info/refs" in request["path"] for request in hub.requests()[before:])
    assert history.problems == ("4 of 4 texts were not read",)
    assert {event.kind for event in history.events} == {"created", "edited"}


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_texts_of_a_clone_without_files_come_from_the_hub(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = FOLDER / "fx-elm--quiet-base.bundle"
    asked: list[tuple[str, str]] = []

    @contextmanager
    def clone_of(address: str, protocol: str) -> Iterator[GitClone]:
        asked.append((address, protocol))
        with cloned(str(bundle)) as clone:
            ids = [(c.id, change) for c in clone.commits() for change in c.changes]
            there = dict(clone.texts([f.after for _, f in ids if f.after], 1 << 20))
            texts.update({id: there[f.after] for id, f in ids if f.path == "README.md" and f.after})
            yield clone

    texts: dict[str, bytes | None] = {}
    monkeypatch.setattr(module, "LONG", 3)
    monkeypatch.setattr(module, "cloned", clone_of)
    monkeypatch.setattr(
        module, "read_readme", lambda session, id, commit, of: Readme(id, texts[commit])
    )
    hub.add({"id": "fx-elm/quiet-base", "commits": steps(4)})
    history = read(hub, "fx-elm/quiet-base")
    assert asked == [(f"{hub.url}/fx-elm/quiet-base", "http")]
    assert history == read_history(str(bundle))


def test_what_is_not_there_is_an_error(hub: StandIn) -> None:
    hub.add({"id": "a/otter", "readme": CARD})
    for id in ("a/none", "no-owner"):
        with pytest.raises(CardNotFound):
            read(hub, id)
    hub.patch("a/otter", private=True)
    with pytest.raises(CardNotFound, match="private"):
        read(hub, "a/otter")
    hub.patch("a/otter", private=False, disabled=True)
    with pytest.raises(AccessDenied):
        read(hub, "a/otter")
    hub.patch("a/otter", disabled=False)
    hub.set_faults({"match": "paths-info", "status": 503})
    with pytest.raises(HubError):
        read(hub, "a/otter")


def test_our_pull_requests_are_linked_to_their_merge(hub: StandIn) -> None:
    hub.add({"id": "tester/otter", "readme": CARD})
    api = HfApi(hub.url, token="hf_test_token")
    for text in (f"Better.\n\n{MARK}parent=x -->", "Somebody else's"):
        made = api.create_commit(
            "tester/otter",
            [CommitOperationAdd("README.md", f"---\nlicense: mit\n---\n{CARD}{text}".encode())],
            commit_message="Better card",
            commit_description=text,
            create_pr=True,
        )
        api.merge_pull_request("tester/otter", made.pr_num)
    events = read(hub, "tester/otter").events
    assert [(event.title, event.pull_request) for event in events][1:] == [
        ("Better card (#1)", 1),
        ("Better card (#2)", None),
    ]
