"""facts, verify and check of models on the stand-in: what is said, what it costs, refusals."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import CommandLine, assert_one_line
from stand_in import StandIn, running_stand_in

from repository_rows import ROWS, expected, needs_rows, repositories

pytestmark = needs_rows
ROUTER = "dorvane/tarn-bert-helpdesk-router"
FALSE = "norrklang/murmur-small-sv"
GATED = "kestrel-foundation/kestrel-3b-instruct"
ENOUGH = "api=100000,resolvers=100000,pages=100000"


@pytest.fixture(scope="module")
def one_stand_in() -> Iterator[StandIn]:
    with running_stand_in(
        "--data", str(ROWS / "repositories.jsonl.gz"), "--rate-limit", ENOUGH
    ) as hub:
        yield hub


@pytest.fixture
def hub(one_stand_in: StandIn) -> StandIn:
    one_stand_in.reset()
    return one_stand_in


@pytest.fixture
def command(hub: StandIn, tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, hub.url)


def test_facts_of_a_model_name_their_commit(command: CommandLine) -> None:
    done = command.run("facts", ROUTER, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made["repo"] == ROUTER
    assert len(made["commit"]) == 40
    (parameters,) = [f for f in made["facts"] if f["name"] == "parameters" and "about" not in f]
    assert parameters["value"] == 109_486_854
    assert parameters["sources"][0]["commit"] == made["commit"]


def test_verify_finds_what_was_planted(command: CommandLine) -> None:
    ids = [id for id in repositories(fourteen=True) if id not in (GATED, "quillnest/vit-run3")]
    done = command.run("verify", *ids, "--json")
    said = {target["target"]: target for target in json.loads(done.stdout)}
    for id in ids:
        planted = {clash["card"].get("line") for clash in expected()[id]["contradictions"]}
        false = {s["line"] for s in said[id]["sentences"] if s["state"] == "contradicted"}
        if not planted:
            assert not false, id
    assert sum(target["counts"]["contradicted"] > 0 for target in said.values()) == 3
    assert done.returncode == 1


def test_an_old_name_and_a_pasted_address_lead_to_the_model(
    command: CommandLine, hub: StandIn
) -> None:
    for target in ("ospreylm/osprey-chat-7b", f"{hub.url}/ospreylm/osprey-7b-chat/tree/main"):
        done = command.run("verify", target, "--json")
        assert done.returncode in (0, 1), done.stderr
        assert json.loads(done.stdout)[0]["repo"] == "ospreylm/osprey-7b-chat"


def test_what_is_not_given_is_one_line(command: CommandLine) -> None:
    assert_one_line(command.run("facts", "nobody/nothing"), "nobody/nothing")
    for target in (GATED, "quillnest/vit-run3"):
        done = command.run("verify", target)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    assert_one_line(command.run("verify", "--write", ROUTER), "--write")


def test_check_of_an_id_shows_what_files_contradict(command: CommandLine, hub: StandIn) -> None:
    done = command.run("check", FALSE)
    assert done.returncode == 0
    assert "The files say something else" in done.stdout
    assert f"and 2 more: cardiogram verify {FALSE}" in done.stdout
    assert len(done.stdout.splitlines()) <= 25
    assert len(hub.requests()) <= 27  # 3 for the card, 24 for the repository
    hub.reset()
    command.run("check", FALSE, "--ignore", "CG5")
    assert len(hub.requests()) <= 3
    hub.reset()
    command.run("check", FALSE)
    assert len(hub.requests()) <= 10  # the rest is on the disk


def test_an_owner_s_many_cost_a_request_a_card(command: CommandLine, hub: StandIn) -> None:
    done = command.run("check", "dorvane", "--json")
    cards = json.loads(done.stdout)
    assert len(cards) == 2
    assert not any(f["rule"].startswith("CG5") for card in cards for f in card["findings"])
    assert len(hub.requests()) <= 2 * len(cards) + 3


def test_a_card_that_says_nothing_costs_nothing_more(command: CommandLine, hub: StandIn) -> None:
    card = "# Wren\n\nA small bird that sings in the morning, and now and then at noon.\n"
    hub.add(
        {
            "id": "nest/wren",
            "commits": [{"date": "2026-01-01T00:00:00Z", "title": "Add a card", "readme": card}],
        }
    )
    command.run("check", "nest/wren")
    assert len(hub.requests()) <= 3


def test_a_hub_that_fails_costs_only_what_it_would_have_said(
    command: CommandLine, hub: StandIn
) -> None:
    hub.set_faults({"match": "/api/models/phonolab", "status": 500})
    done = command.run("verify", FALSE, "--json")
    assert "Traceback" not in done.stderr
    (said,) = json.loads(done.stdout)
    assert said["counts"]["contradicted"] >= 3
    assert said["problems"]


def test_a_folder_is_verified_without_the_hub(tmp_path: Path) -> None:
    card = "---\nbase_model: nest/base\n---\n# Wren\n\nIt has 12 layers.\n"
    (tmp_path / "README.md").write_text(card)
    (tmp_path / "config.json").write_text('{"model_type": "bert", "num_hidden_layers": 24}')
    done = CommandLine(tmp_path).run("verify", ".")
    assert done.returncode == 1, done.stderr
    assert "24" in done.stdout
