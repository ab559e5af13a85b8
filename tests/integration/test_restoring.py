"""The last hand-written card, where a re-push wiped it; and an owner's work list."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from click.testing import Result
from proposals import improve
from stand_in import StandIn

from cardiogram.errors import HubError
from cardiogram.hub import HubSession
from cardiogram.improve import (
    DraftChange,
    ReadmeText,
    draft_owner,
    find_handwritten,
    prepare,
    send,
    view_card,
    with_readme,
)
from cardiogram.improve.repairs import find_repairs
from cardiogram.repository.access import Repository, open_on_hub

REPO = "tester/heron"
WRITTEN = """---
license: mit
---
# Heron

Heron names the birds of a marsh in a photograph. We took the photographs ourselves over two
springs from one hide, so that it knows the birds of that marsh and has never seen a gull. It takes
a bittern in reeds for a heron about one time in five; do not count birds with it.
"""
GENERATED = """---
tags:
- generated_from_trainer
---
<!-- This model card has been generated automatically according to the information the Trainer had
access to. You should probably proofread and complete it, then remove this comment. -->

# heron

This model is a fine-tuned version of [a/b](https://huggingface.co/a/b) on an unknown dataset.

## Model description

More information needed

## Intended uses & limitations

More information needed
"""


def add(hub: StandIn, *cards: str | None) -> None:
    """A repository whose card was each of these in turn."""
    steps = []
    for day, card in enumerate(cards):
        date = f"2024-{1 + day // 28:02}-{1 + day % 28:02}T10:00:00.000Z"
        steps.append({"date": date, "title": f"Push {day + 1}", "readme": card})
    hub.add({"id": REPO, "commits": steps, "files": {}})


def open_it(hub: StandIn) -> Repository:
    return open_on_hub(HubSession(hub.url), REPO)


def test_a_card_that_a_re_push_wiped_is_offered_and_comes_back(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    add(hub, "# heron\n", WRITTEN, GENERATED, GENERATED.replace("a/b", "c/d"))
    repository = open_it(hub)
    offered = find_handwritten(repository)
    assert offered is not None
    assert (offered.day, offered.commit.title) == ("2024-01-02", "Push 2")
    assert offered.readme.encode() == WRITTEN.encode()
    restored = with_readme(repository, offered.readme)
    assert restored.read("README.md") == WRITTEN.encode()
    assert restored.read_part("README.md", 0, 3) == b"---"
    assert b"".join(restored.stream("README.md")) == WRITTEN.encode()
    draft = improve(hub.url, REPO, revision=offered.commit.id)
    from dataclasses import replace

    facts = replace(draft.facts, commit=repository.commit)
    unchanged = replace(draft, facts=facts, after=draft.before, changes=())
    assert prepare(unchanged) is None
    generated = ReadmeText.of(repository.read("README.md"))
    proposal = prepare(replace(unchanged, restored=offered, present=generated))
    assert proposal is not None
    assert proposal.title == "Restore the model card of 2024-01-02"
    assert "written by hand" in proposal.text
    assert "overall" not in proposal.text
    assert send(proposal, HubSession(hub.url)).state == "sent"
    assert hub.inside(REPO)["files"]["refs/pr/1"]["README.md"]


def test_the_command_offers_it_and_goes_on_from_it(
    hub: StandIn, command: Callable[..., Result]
) -> None:
    add(hub, WRITTEN, GENERATED)
    offered = command("improve", REPO)
    assert "took the place of one by a person (2024-01-01)" in offered.stderr
    restored = command("improve", REPO, "--restore", "--pull-request")
    assert restored.exit_code == 0, restored.stderr
    assert "Restore the model card of 2024-01-01" in restored.stdout
    assert "--restore" not in restored.stderr
    written = command("improve", REPO, "--restore", "--out", "f")
    assert written.exit_code == 0, written.stderr
    assert "so that it knows the birds of that marsh" in Path("f/README.md").read_text()
    add(hub, GENERATED, WRITTEN)
    assert "--restore" not in command("improve", REPO).stderr
    refused = command("improve", REPO, "--restore", "--send")
    assert refused.exit_code == 2
    assert "a generator's took the place" in refused.stderr


def test_a_card_comes_back_from_the_folder_s_own_git_and_nothing_is_run(
    tmp_path: Path, command: Callable[..., Result]
) -> None:
    path, trap = tmp_path / "README.md", tmp_path / "trap"
    who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]

    def git(*words: str) -> None:
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    for number, card in enumerate((WRITTEN, GENERATED, GENERATED.replace("a/b", "c/d"))):
        path.write_text(card)
        git("add", "README.md")
        git("commit", "-q", "-m", f"Push {number}")
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "gpg.program", "core.pager"):
        git("config", key, f"touch {trap}; false")
    git("config", "log.showSignature", "true")
    (tmp_path / ".gitattributes").write_text("* diff=x\n")
    assert "took the place of one by a person" in command("improve", ".").stderr
    done = command("improve", ".", "--restore", "--write")
    assert done.exit_code == 0, done.stderr
    assert "the card that a person wrote" in done.stdout
    assert "stays as it is" not in done.stdout
    assert path.read_text().startswith(WRITTEN)
    assert not trap.exists()
    assert command("improve", ".", "--restore").exit_code == 2  # by hand now
    (tmp_path / ".git").rename(tmp_path / "moved")
    path.write_text(GENERATED)
    assert "--restore" not in command("improve", ".").stderr


@pytest.mark.parametrize(
    "cards",
    [(GENERATED, WRITTEN), (GENERATED,), ("# heron\n", GENERATED), (WRITTEN, "# heron\n")],
    ids=["by-hand-now", "one", "never", "no-generator"],
)
def test_nothing_is_offered_where_nothing_was_wiped(hub: StandIn, cards: tuple[str, ...]) -> None:
    add(hub, *cards)
    assert find_handwritten(open_it(hub)) is None


def test_a_long_history_is_read_up_to_a_bound(
    hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cardiogram.repository.access.on_hub.MOST_EARLIER", 5)
    add(hub, WRITTEN, *(GENERATED.replace("a/b", f"a/{n}") for n in range(1, 6)))
    assert find_handwritten(open_it(hub)) is not None
    asked = sum("resolve" in request["path"] for request in hub.requests())
    add(hub, WRITTEN, "# heron\n", *(GENERATED.replace("a/b", f"a/{n}") for n in range(6)))
    assert find_handwritten(open_it(hub)) is None
    assert asked < 15


def test_tags_that_peft_wrote_over_are_read_from_the_history(hub: StandIn) -> None:
    made = "---\ntags:\n- base_model:adapter:a/b\n- lora\n---\n# heron\n"
    add(hub, made.replace("- base_model:adapter:a/b", "- marsh"), made, made + "\nWords.\n")
    (change,) = [c for c in find_repairs(view_card(open_it(hub))) if c.id == "repair:tags"]
    assert isinstance(change, DraftChange)
    assert "2024-01-01" in change.why


# -- an owner's work list ------------------------------------------------------------------------


def test_the_cards_of_an_owner_come_by_readers_times_gain(hub: StandIn) -> None:
    card = "# A model\n\nWords.\n"
    for name, downloads in (("rail", 10), ("ruff", 5000), ("reed", 0)):
        hub.add({"id": f"marsh/{name}", "readme": card, "downloads": downloads})
    hub.add({"id": "marsh/none", "readme": None, "downloads": 9})
    heard: list[tuple[str, int, int | None]] = []
    drafts, errors = draft_owner(
        "marsh",
        partial(improve, hub.url),
        HubSession(hub.url),
        on_progress=lambda *told: heard.append(told),
    )
    assert [draft.id for draft in drafts] == [f"marsh/{name}" for name in ("ruff", "rail", "reed")]
    assert drafts[0].readers == 5000
    assert "marsh/none" in str(errors)
    assert heard[-1] == ("draft", 4, 4)


def test_an_owner_whom_nobody_knows_has_no_cards(hub: StandIn) -> None:
    assert draft_owner("nobody-here", partial(improve, hub.url), HubSession(hub.url)) == ([], [])


def test_a_hub_that_is_away_is_told(hub: StandIn) -> None:
    hub.set_faults({"match": "GET /api/models", "status": 503})
    with pytest.raises(HubError):
        draft_owner("marsh", partial(improve, hub.url), HubSession(hub.url, patience=1))
