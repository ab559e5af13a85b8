"""Pull requests: sent once, never twice, whatever the Hub and the machine do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from commands import CommandLine
from proposals import SENTENCE, improve, propose
from stand_in import StandIn

from cardiogram.cli import main
from cardiogram.errors import AccessDenied, ConfigError, HubError
from cardiogram.hub import HubSession
from cardiogram.improve import DraftChange, Proposal, ReadmeText, Sent, SentLog, prepare, send
from cardiogram.improve.draft import Sentence
from cardiogram.improve.operations import ReplaceLines

TOKEN = "hf_test_token"
OWN, OTHER = "tester/heron", "egret/heron"
CARD = "---\nlicense: mit # ours\r\n---\r\n# Heron\r\n\r\nA model of herons.\r\n"
CONFIG = json.dumps(
    {
        "architectures": ["BertForSequenceClassification"],
        "model_type": "bert",
        "num_hidden_layers": 6,
        "max_position_embeddings": 512,
        "transformers_version": "4.45.2",
        "id2label": {"0": "heron", "1": "bittern"},
    }
)
SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def herons(hub: StandIn) -> StandIn:
    """Two repositories of the same card: the tester's own, and another's."""
    for name in (OWN, OTHER):
        hub.add({"id": name, "readme": CARD, "files": {"config.json": CONFIG}})
    return hub


def session(hub: StandIn) -> HubSession:
    return HubSession(hub.url, patience=20)


def send_to(hub: StandIn, repo: str, **options: Any) -> Sent:
    return send(propose(hub.url, repo), session(hub), **options)


def pulls(hub: StandIn, repo: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = hub.inside(repo)["discussions"]
    return found


def push(hub: StandIn, repo: str, text: str) -> None:
    """Push a README as its owner would."""
    from huggingface_hub import HfApi

    hub.set_faults()
    HfApi(endpoint=hub.url, token=TOKEN).upload_file(
        path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id=repo
    )


# -- what is sent --------------------------------------------------------------------------------


def test_what_would_be_sent_is_shown_and_nothing_is_sent(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    assert [*proposal.files] == ["README.md"]
    assert "| **overall** |" in proposal.text
    assert f"`{SENTENCE}` | `config.json /num_hidden_layers`" in proposal.text
    assert "Nothing said how large it is." in proposal.text
    assert proposal.text.rstrip().endswith(proposal.marker)
    assert {request["method"] for request in herons.requests()} == {"GET"}


def test_a_pull_request_holds_the_card_alone_and_can_be_merged(herons: StandIn) -> None:
    draft = improve(herons.url, OWN)
    proposal = prepare(draft)
    assert proposal is not None
    sent = send(proposal, session(herons))
    assert (sent.state, sent.number, sent.note) == ("sent", 1, "")
    assert sent.address == f"{herons.url}/{OWN}/discussions/1"
    from huggingface_hub import HfApi

    api = HfApi(endpoint=herons.url, token=TOKEN)
    details = api.get_discussion_details(OWN, 1)
    assert details.title == proposal.title
    assert details.status == "open"
    assert proposal.text in str(details.events[0].content)  # type: ignore[attr-defined]
    api.merge_pull_request(OWN, 1)
    again = improve(herons.url, OWN)
    assert again.before.encode() == draft.after.encode()
    assert again.before.encode().startswith(CARD.encode())
    assert not again.changes
    assert prepare(again) is None


def test_a_proof_goes_along_where_it_is_asked_for(herons: StandIn) -> None:
    proposal = prepare(improve(herons.url, OWN), with_proof=True)
    assert proposal is not None
    send(proposal, session(herons))
    files = herons.inside(OWN)["files"]["refs/pr/1"]
    assert {"README.md", "README.proof.json", "config.json"} <= set(files)
    proof = json.loads(proposal.files["README.proof.json"])
    assert proof["subject"][0]["digest"]["sha256"] == proposal.digest


def test_a_description_says_whose_words_it_sends(herons: StandIn) -> None:
    draft = improve(herons.url, OWN)
    (change,) = draft.changes

    def text_of(*changes: DraftChange, before: ReadmeText = draft.before) -> str:
        proposal = prepare(replace(draft, changes=changes, before=before))
        assert proposal is not None
        return f"{proposal.title}\n{proposal.text}"

    said = (Sentence("It fails on scans.", answered="limitations"),)
    answer = replace(change, kind="answer", why="Where does it fail?", sentences=said)
    text = text_of(change, answer, replace(change, kind="todo", why="How good is it?"))
    assert " prove, and what its author answered. The words that were there are kept.\n" in text
    assert "\n- Answered by the author: Where does it fail?\n- Left open: How good is it?\n" in text
    text = text_of(replace(change, kind="correction"))
    assert (
        " prove. The words that were there are kept, but for what the files contradict.\n" in text
    )
    filled = ReplaceLines(("More information needed",), ("It sorts texts.",))
    section = replace(change, id="add:identity", kind="section", operations=(filled,))
    text = text_of(section, replace(change, kind="correction"))
    assert ", but for what a template left unfilled and what the files contradict.\n" in text
    assert f"\n- Added what it is and was made from: {change.why}\n" in text
    added = replace(change, kind="metadata", sentences=(Sentence("license: mit"),))
    assert f"\n- Added `license: mit`: {change.why}\n" in text_of(added)
    text = text_of(change, before=ReadmeText.of(b""))
    assert text.startswith("Add a model card")
    assert "were there" not in text


def test_a_description_calls_nobody_and_holds_no_login(herons: StandIn) -> None:
    words = f"By @egret | `x` <b> {'hf_' + 'a' * 34}, me@example.org"
    text = propose(herons.url, OWN, words).text
    assert "hf_a" not in text
    assert "example.org" not in text
    (row,) = (line for line in text.splitlines() if "egret" in line)
    assert row.count(" | ") == 1
    assert row.startswith("| `` By @egret \\| `x` <b> ")


def test_a_folder_has_no_pull_request(herons: StandIn) -> None:
    from dataclasses import replace

    draft = improve(herons.url, OWN)
    with pytest.raises(ConfigError, match="is on this disk"):
        prepare(replace(draft, facts=replace(draft.facts, commit="")))


# -- once ----------------------------------------------------------------------------------------


def test_a_second_one_is_not_sent(herons: StandIn) -> None:
    send_to(herons, OWN)
    again = send_to(herons, OWN)
    assert (again.state, again.number, again.note) == ("open", 1, "")
    other = send(propose(herons.url, OWN, "It has six layers."), session(herons))
    assert (other.state, other.number) == ("open", 1)
    assert "another text" in other.note
    assert len(pulls(herons, OWN)) == 1


@pytest.mark.parametrize(
    "faults",
    [
        [{"match": "POST .*/commit/", "truncate": 0, "times": 1}],
        [{"match": "POST .*/commit/", "truncate": 0, "times": 3}],
        [{"match": "POST .*/commit/", "truncate": 7, "times": 2}],
        [{"match": "POST .*/commit/", "status": 503, "times": 2}],
        [{"match": "POST .*/commit/", "status": 429, "retry_after": 1, "times": 1}],
        [{"match": "POST .*/commit/", "reset": True, "times": 2}],
        [{"match": "POST .*/preupload/", "truncate": 0, "times": 1}],
        [{"match": "POST .*/validate-yaml", "status": 502, "times": 1}],
        [{"match": "GET .*/discussions", "every": 2, "status": 502}],
        [
            {"match": "POST .*/commit/", "truncate": 0, "times": 1},
            {"match": "GET .*/discussions", "every": 2, "reset": True, "times": 4},
            {"match": "GET .*/whoami", "status": 500, "times": 1},
        ],
    ],
    ids=[
        *("lost", "lost-thrice", "cut", "busy", "quota", "reset", "preupload", "validate"),
        *("list", "all"),
    ],
)
def test_whatever_the_hub_does_there_is_one(herons: StandIn, faults: list[dict[str, Any]]) -> None:
    proposal = propose(herons.url, OWN)
    herons.set_faults(*faults)
    sent = send(proposal, session(herons))
    assert (sent.state, sent.number) == ("sent", 1)
    assert len(pulls(herons, OWN)) == 1
    assert [entry.number for entry in SentLog().read()] == [1]


def test_an_answer_that_never_comes_is_told_and_found_the_next_time(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    herons.set_faults(
        {"match": "POST .*/commit/", "truncate": 0, "times": 1},
        {"match": "GET .*/discussions\\?", "after": 2, "status": 503},
    )
    with pytest.raises(HubError):
        send(proposal, HubSession(herons.url, patience=2))
    assert [entry.number for entry in SentLog().read()] == [0]  # it may be there, so it counts
    herons.set_faults()
    assert send(proposal, session(herons)).state == "open"
    assert len(pulls(herons, OWN)) == 1


def start(hub: StandIn, log: Path) -> subprocess.Popen[str]:
    environment = {name: text for name, text in os.environ.items() if name[:3] != "HF_"}
    environment |= {"HF_ENDPOINT": hub.url, "HF_TOKEN": TOKEN, "HF_HOME": str(log.parent / "home")}
    environment |= {"PYTHONPATH": str(SOURCE), "HF_HUB_DISABLE_TELEMETRY": "1"}
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("proposals.py")), hub.url, OWN, str(log)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("when", ["commit", "looking"])
def test_killed_between_commit_and_answer_nothing_is_sent_twice(
    herons: StandIn, tmp_path: Path, when: str
) -> None:
    herons.set_faults(
        {"match": "POST .*/commit/", "truncate": 0, "times": 1}
        if when == "commit"
        else {"match": "GET .*/discussions/1", "delay": 30},
        {"match": "GET .*/discussions\\?", "after": 2, "delay": 30},
    )
    log = tmp_path / "sent.json"
    with start(herons, log) as process:
        until = time.monotonic() + 60
        while not pulls(herons, OWN) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.005)
        process.kill()
    assert process.returncode == -9
    assert len(pulls(herons, OWN)) == 1
    assert [entry.number for entry in SentLog(log).read()] == [0]
    herons.set_faults()
    again = send_to(herons, OWN, log=SentLog(log))
    assert (again.state, again.number) == ("open", 1)
    assert len(pulls(herons, OWN)) == 1


def test_two_at_once_send_one(herons: StandIn, tmp_path: Path) -> None:
    herons.set_faults({"match": "POST .*/commit/", "delay": 0.3})
    proposals = [propose(herons.url, OWN) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:  # the lock is of the open file, as between processes
        sent = pool.map(
            lambda each: send(each, session(herons), log=SentLog(tmp_path / "log.json")), proposals
        )
        assert sorted(each.state for each in sent) == ["open", "sent"]
    assert len(pulls(herons, OWN)) == 1


# -- a repository that moves ---------------------------------------------------------------------


def test_a_moved_head_is_told(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    push(herons, OWN, CARD + "\r\nMore.\r\n")
    with pytest.raises(HubError, match="changed by somebody else"):
        send(proposal, session(herons))
    assert pulls(herons, OWN) == []
    assert SentLog().read() == []


def test_a_moved_head_has_the_draft_made_anew(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    push(herons, OWN, CARD + "\r\nMore.\r\n")
    sent = send(proposal, session(herons), again=lambda: propose(herons.url, OWN))
    assert (sent.state, sent.note) == ("sent", "")
    readme = herons.inside(OWN)["files"]["refs/pr/1"]["README.md"]
    assert "More." in str(readme)
    assert SENTENCE in str(readme)


def test_a_moved_head_that_has_it_all_gets_nothing(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    push(herons, OWN, proposal.files["README.md"].decode())
    assert send(proposal, session(herons), again=lambda: None).state == "nothing"
    assert pulls(herons, OWN) == []


def test_a_412_is_a_moved_head(herons: StandIn) -> None:
    proposal = propose(herons.url, OWN)
    herons.set_faults({"match": "POST .*/commit/", "status": 412, "times": 1})
    sent = send(proposal, session(herons), again=lambda: propose(herons.url, OWN))
    assert (sent.state, len(pulls(herons, OWN))) == ("sent", 1)
    herons.set_faults({"match": "POST .*/commit/", "status": 412})
    with pytest.raises(HubError, match="changed by somebody else"):
        send_to(herons, OTHER, others=True)


# -- who may -------------------------------------------------------------------------------------


def test_another_s_repository_needs_a_word_more(herons: StandIn) -> None:
    with pytest.raises(ConfigError, match="not yours") as refused:
        send_to(herons, OTHER)
    assert "--others" in refused.value.hint
    assert pulls(herons, OTHER) == []
    assert send_to(herons, OTHER, others=True).state == "sent"


def test_an_organisation_s_repository_is_its_members(herons: StandIn) -> None:
    herons.add({"id": "test-org/heron", "readme": CARD})
    assert send_to(herons, "test-org/heron").state == "sent"


def test_what_was_closed_is_not_sent_again(herons: StandIn) -> None:
    from huggingface_hub import HfApi

    api = HfApi(endpoint=herons.url, token=TOKEN)
    send_to(herons, OTHER, others=True)
    api.change_discussion_status(OTHER, 1, "closed")
    again = send(propose(herons.url, OTHER, "It has six layers."), session(herons), others=True)
    assert (again.state, again.number) == ("declined", 1)
    send_to(herons, OWN)
    api.change_discussion_status(OWN, 1, "closed")
    assert send_to(herons, OWN).state == "declined"
    assert send(propose(herons.url, OWN, "Other words."), session(herons)).number == 2


def test_a_pull_request_of_somebody_else_with_our_marker_does_not_count(herons: StandIn) -> None:
    from huggingface_hub import HfApi

    proposal = propose(herons.url, OWN)
    HfApi(endpoint=herons.url, token="hf_other_token").create_pull_request(
        OWN, "A trap", description=proposal.text
    )
    assert send(proposal, session(herons)).number == 2


def test_pull_requests_that_are_switched_off_are_named(herons: StandIn) -> None:
    herons.patch(OTHER, discussionsDisabled=True)
    with pytest.raises(AccessDenied, match="switched off"):
        send_to(herons, OTHER, others=True)
    assert SentLog().read() == []


def test_a_gated_repository_is_named(herons: StandIn) -> None:
    proposal = propose(herons.url, OTHER)
    herons.patch(OTHER, gated="manual")
    with pytest.raises(AccessDenied, match="gated"):
        send(proposal, session(herons), others=True)
    assert pulls(herons, OTHER) == []


@pytest.mark.parametrize("login", ["hf_read_token", ""])
def test_a_login_that_may_not_write_is_refused(
    herons: StandIn, monkeypatch: pytest.MonkeyPatch, login: str
) -> None:
    proposal = propose(herons.url, OWN)
    monkeypatch.setenv("HF_TOKEN", login)
    with pytest.raises(AccessDenied) as refused:
        send(proposal, session(herons))
    assert "hf auth login" in refused.value.hint
    assert "hf_" not in refused.value.message
    assert {request["method"] for request in herons.requests()} == {"GET"}


# -- so many a day -------------------------------------------------------------------------------


def test_the_twenty_first_of_a_day_waits(herons: StandIn) -> None:
    log = SentLog()
    for number in range(20):
        log.begin(f"a/{number}", "m")
    with pytest.raises(ConfigError, match="20 pull requests") as refused:
        send_to(herons, OWN)
    tomorrow = datetime.now(timezone.utc) + timedelta(days=1)
    assert tomorrow.strftime("%Y-%m-%d") in refused.value.hint
    rows = json.loads(log.path.read_text())
    rows[0]["begun"] = (tomorrow - timedelta(days=2, minutes=1)).isoformat()
    log.path.write_text(json.dumps(rows))
    assert send_to(herons, OWN).state == "sent"
    assert len(log.read()) == 20


@pytest.mark.parametrize("damage", ["", "{", "[1]", '[{"repo": 1}]', "null"])
def test_a_damaged_log_hinders_nobody(herons: StandIn, damage: str) -> None:
    log = SentLog()
    log.path.parent.mkdir(parents=True)
    log.path.write_text(damage)
    assert send_to(herons, OWN).state == "sent"
    assert [entry.number for entry in log.read()] == [1]


def test_a_proposal_is_the_same_every_time(herons: StandIn) -> None:
    one, two = propose(herons.url, OWN), propose(herons.url, OWN)
    assert isinstance(one, Proposal)
    assert one == two


# -- the command -----------------------------------------------------------------------------------


Command = Callable[..., Result]


def test_the_command_shows_first_and_sends_when_it_is_told_to(
    herons: StandIn, command: Command
) -> None:
    shown = command("improve", OWN, "--pull-request")
    assert shown.exit_code == 0, shown.stderr
    assert f"pull request to {OWN}, holding README.md\n" in shown.stdout
    assert "Nothing was sent" in shown.stdout
    assert "<!--" not in shown.stdout
    lines = shown.stdout.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert {request["method"] for request in herons.requests()} == {"GET"}
    sent = command("improve", OWN, "--send", "--with-proof")
    assert sent.stdout.endswith(f"{OWN}  sent  #1 {herons.url}/{OWN}/discussions/1\n"), sent.stderr
    assert "next:" not in sent.stdout
    assert "README.proof.json" in herons.inside(OWN)["files"]["refs/pr/1"]
    again = command("improve", OWN, "--send")
    assert "is open already  #1" in again.stdout
    refused = command("improve", OTHER, "--send")
    assert refused.exit_code == 2
    assert "is not yours" in refused.stderr


def test_the_command_sends_the_cards_of_an_owner(herons: StandIn, command: Command) -> None:
    for name in ("one", "two"):
        herons.add({"id": f"test-org/{name}", "readme": CARD, "files": {"config.json": CONFIG}})
    shown = command("improve", "test-org", "--pull-request")
    assert shown.exit_code == 0, shown.stderr
    sent = command("improve", "test-org", "--send")
    assert sent.exit_code == 0, sent.stderr
    for name in ("one", "two"):
        assert f"test-org/{name}  sent  #1" in sent.stdout
        assert len(pulls(herons, f"test-org/{name}")) == 1


def test_no_settings_file_sends(herons: StandIn, command: Command) -> None:
    settings = Path("cardiogram.toml")
    settings.write_text("[improve]\nsend = true\n")
    done = command("improve", OWN)
    assert done.exit_code == 2
    assert "command line only" in done.stderr
    settings.unlink()
    done = CliRunner(env={"CARDIOGRAM_IMPROVE_OTHERS": "1"}).invoke(main, ["improve", OTHER])
    assert "command line only" in done.stderr
    assert {request["method"] for request in herons.requests()} <= {"GET"}


def test_through_faults_and_a_kill_a_card_is_sent_merged_and_verified(
    herons: StandIn, tmp_path: Path, command: Command
) -> None:
    from huggingface_hub import HfApi

    herons.set_faults(
        {"match": "POST .*/commit/", "truncate": 0, "times": 1},
        {"match": "GET .*/discussions\\?", "after": 2, "delay": 20},
        {"every": 5, "status": 503, "times": 1},
    )
    extra = {"XDG_STATE_HOME": str(tmp_path / "state")}
    cli = CommandLine(tmp_path, herons.url, TOKEN, extra=extra)
    arguments = ("improve", OWN, "--send", "--with-proof")
    assert cli.kill_when(lambda: bool(pulls(herons, OWN)), *arguments) == -9
    herons.set_faults({"every": 4, "status": 503, "times": 2})
    again = command(*arguments)
    assert f"{OWN}  is open already  #1" in again.stdout, again.stderr
    herons.set_faults()
    HfApi(endpoint=herons.url, token=TOKEN).merge_pull_request(OWN, 1)
    verified = command("verify", OWN)
    assert verified.exit_code == 0, verified.stdout
    assert "nothing contradicted" in verified.stdout
    done = command(*arguments)
    assert "nothing to send" in done.stderr
    assert len(pulls(herons, OWN)) == 1
