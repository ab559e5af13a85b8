"""A pull request from the app: shown, and sent as it was shown by a consent of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from stand_in import StandIn

from cardiogram.app import App, Workspace
from cardiogram.app.api.card_at_hand import CardAtHand
from cardiogram.app.api.card_at_hand.cards import OpenQuestion, open_card_at
from cardiogram.app.api.card_at_hand.drafts import DraftQuestion, draft_card
from cardiogram.app.api.card_at_hand.outgoing import (
    PullRequestQuestion,
    SendQuestion,
    send_pull_request,
    show_pull_request,
)
from cardiogram.errors import AccessDenied, CardNotFound, ConfigError, DataError
from cardiogram.hub import HubSession
from cardiogram.judge.embedded import embedded_judge

CARD = "# Otter\n\nA router.\n"


@pytest.fixture
def app(hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(App, "session", lambda self: HubSession(hub.url, tries=1))
    for repo in ("tester/otter", "heron/otter"):
        hub.add({"id": repo, "files": {"README.md": CARD}})
    return App(Workspace.at(tmp_path), embedded_judge())


def question_on(app: App, repo: str) -> DraftQuestion:
    card = open_card_at(app, OpenQuestion(repo))
    card = replace(card, text=f"{card.text}\nMine.\n")
    return DraftQuestion(card, {"limitations": "It fails on handwriting."}, "anna")


def files_of(hub: StandIn, repo: str) -> dict[str, str]:
    refs = hub.inside(repo)["files"]
    return {ref: files.get("README.md", "") for ref, files in refs.items()}


def test_what_was_shown_is_sent_once_and_nothing_else(app: App, hub: StandIn) -> None:
    question = question_on(app, "tester/otter")
    shown = show_pull_request(app, PullRequestQuestion(question, with_proof=True))
    assert (shown.repo, shown.account, shown.is_owner, shown.problem) == (
        "tester/otter", "tester", True, "",
    )  # fmt: skip
    assert [file.path for file in shown.files] == ["README.md", "README.proof.json"]
    assert "2 added, 0 taken away" in shown.text
    assert "<!--" not in shown.text
    assert list(files_of(hub, "tester/otter")) == ["refs/heads/main"]
    others = (
        SendQuestion(question, "0" * 64, with_proof=True),
        SendQuestion(question, shown.digest),
        SendQuestion(replace(question, by="eve"), shown.digest, with_proof=True),
        SendQuestion(replace(question, answers={}), shown.digest, with_proof=True),
    )
    for other in others:
        with pytest.raises(DataError, match="not the pull request that was shown"):
            send_pull_request(app, other)
    assert list(files_of(hub, "tester/otter")) == ["refs/heads/main"]
    consent = SendQuestion(question, shown.digest, with_proof=True)
    assert send_pull_request(app, consent).state == "sent"
    text = files_of(hub, "tester/otter")["refs/pr/1"]
    assert text == draft_card(app, question).text
    assert "Mine.\n" in text
    assert "fails on handwriting" in text
    assert send_pull_request(app, consent).state == "open"
    assert len(files_of(hub, "tester/otter")) == 2


def test_another_s_repository_takes_a_word_more(app: App, hub: StandIn) -> None:
    question = question_on(app, "heron/otter")
    shown = show_pull_request(app, PullRequestQuestion(question))
    assert not shown.is_owner
    with pytest.raises(ConfigError, match="not yours") as caught:
        send_pull_request(app, SendQuestion(question, shown.digest))
    assert "--" not in caught.value.hint  # no option of a command
    sent = send_pull_request(app, SendQuestion(question, shown.digest, others=True))
    assert (sent.state, sent.number) == ("sent", 1)


def test_a_card_that_moved_on_the_hub_is_not_written_over(app: App, hub: StandIn) -> None:
    question = question_on(app, "tester/otter")
    shown = show_pull_request(app, PullRequestQuestion(question))
    hub.add({"id": "tester/otter", "files": {"README.md": "# Another\n"}})
    with pytest.raises(DataError, match="changed on the Hub"):
        send_pull_request(app, SendQuestion(question, shown.digest))


def test_without_a_login_it_is_shown_and_not_sent(
    app: App, hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    question = question_on(app, "tester/otter")
    shown = show_pull_request(app, PullRequestQuestion(question))
    assert shown.account == ""
    assert "hf auth login" in shown.problem
    with pytest.raises(AccessDenied):
        send_pull_request(app, SendQuestion(question, shown.digest))


def test_what_the_hub_has_not_is_said(app: App) -> None:
    with pytest.raises(CardNotFound):
        open_card_at(app, OpenQuestion("tester/gone"))
    unchanged = DraftQuestion(replace(open_card_at(app, OpenQuestion("tester/otter")), text=CARD))
    draft = draft_card(app, unchanged)
    left = replace(unchanged, leave=tuple(change.id for change in draft.changes))
    with pytest.raises(DataError, match="nothing to send"):
        show_pull_request(app, PullRequestQuestion(left))
    for id in ("../../x", "a/..", "a/b/c", "https://example.org/a/b", ""):
        with pytest.raises((ConfigError, CardNotFound)):
            draft_card(app, DraftQuestion(CardAtHand(id=id, source="hub")))
