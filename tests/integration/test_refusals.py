"""What a study or a check refuses, in one clear line; and what a full disk leaves."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from commands import CommandLine, assert_one_line
from stand_in import StandIn

from cardiogram.store import Study
from studies import leftovers, rating_bytes, write_times
from support import needs_shared

pytestmark = needs_shared
SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
TOKEN = "hf_test_token"


def test_two_processes_on_one_folder(cli: CommandLine, models: StandIn) -> None:
    models.set_faults({"delay": 20})
    lock = cli.folder / "s" / ".lock"
    with cli.start("collect", "s", "--limit", "5") as first:
        while not (lock.exists() and lock.read_bytes()) and first.poll() is None:
            time.sleep(0.005)
        for command in (("study", "s", "--limit", "5"), ("collect", "s", "--limit", "5")):
            second = cli.run(*command)
            assert_one_line(second, f"in use by process {first.pid}", "Wait until it ends")
        first.kill()
        first.communicate()
    models.reset()
    after = cli.run("collect", "s", "--limit", "5")
    assert (after.returncode, after.stdout) == (0, "5 models in s\n"), after.stderr


def test_a_full_disk_is_one_line_and_the_next_run_completes(tmp_path: Path) -> None:
    free, some = CommandLine(tmp_path), ("--from", str(SAMPLE), "--limit", "12")
    assert free.run("study", "whole", *some).returncode == 0
    whole = Study.open(tmp_path / "whole")
    largest = max(path.stat().st_size for path in whole.root.rglob("*.parquet"))
    for limit in (0, 4_000, largest - 1):
        name = f"full-{limit}"
        full = CommandLine(tmp_path, largest_file=limit).run("study", name, *some)
        assert_one_line(full, "cannot write", name, "File too large", "run the same command again")
        study = Study(tmp_path / name)
        assert leftovers(study) == []
        kept = write_times(study)
        assert free.run("study", name, *some).returncode == 0
        assert rating_bytes(study) == rating_bytes(whole)
        assert kept.items() <= write_times(study).items()
        assert study.report_path.exists()


def test_a_folder_of_a_newer_version(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    manifest = 'format = 2\n[source]\nkind = "hub"\n'
    (tmp_path / "s" / "study.toml").write_text(manifest)
    cli = CommandLine(tmp_path)
    commands = (
        "study s",
        "study s --limit 3",
        "collect s --limit 3",
        "rate s",
        "analyze s",
        "report s",
    )
    for command in commands:
        result = cli.run(*command.split())
        assert_one_line(result, "newer cardiogram (format 2", "pip install --upgrade")
    assert (tmp_path / "s" / "study.toml").read_text() == manifest


def test_another_question_on_the_same_folder(cli: CommandLine, models: StandIn) -> None:
    assert cli.run("collect", "s", "--limit", "5").returncode == 0
    before = write_times(Study(cli.folder / "s"))
    seen = -1  # the stand-in writes a request down once it is answered
    while seen != len(models.requests()) or not seen:
        seen = len(models.requests())
        time.sleep(0.1)
    models.reset()
    for options in (
        "--limit 6",
        "--limit 5 --author x",
        f"--from {SAMPLE}",
        "--limit 5 --sample stratified",
    ):
        result = cli.run("collect", "s", *options.split())
        assert_one_line(result, "holds another study", "Choose a new folder")
    assert models.requests() == []
    assert write_times(Study(cli.folder / "s")) == before


def test_a_question_without_an_answer_may_be_asked_otherwise(cli: CommandLine) -> None:
    result = cli.run("collect", "s", "--author", "nobody-has-this-name")
    assert_one_line(result, "lists no model", "Loosen")
    result = cli.run("collect", "s", "--limit", "2")
    assert (result.returncode, result.stdout) == (0, "2 models in s\n"), result.stderr


@pytest.mark.parametrize(
    ("target", "words", "hint"),
    [
        ("edge-cases/gated-auto", "gated", "hf auth login"),
        ("edge-cases/disabled", "disabled", "hf auth login"),
        ("someone/private-model", "no such repository, or it is private", "hf auth login"),
        ("nobody/nothing", "no such repository", "Check the id"),
        ("edge-cases/no-readme", "no README.md", "cardiogram improve"),
    ],
)
def test_check_of_a_model_that_cannot_be_read(
    hub: StandIn, tmp_path: Path, target: str, words: str, hint: str
) -> None:
    for token in ("", TOKEN):
        result = CommandLine(tmp_path, hub.url, token).run("check", target)
        assert_one_line(result, target, words, hint)
        assert TOKEN not in result.stderr


def test_check_of_models_that_can_be_read(hub: StandIn, tmp_path: Path) -> None:
    result = CommandLine(tmp_path, hub.url, TOKEN).run(
        "check", "--json", "edge-cases/popular", "edge-cases/old-name", "tester/own-model"
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    assert [item["id"] for item in found] == [
        "edge-cases/popular",
        "edge-cases/old-name",
        "tester/own-model",
    ]
    assert TOKEN not in result.stdout


def test_a_wrong_login(hub: StandIn, tmp_path: Path) -> None:
    cli = CommandLine(tmp_path, hub.url, "hf_wrongLogin")
    for command in (("check", "edge-cases/popular"), ("study", "s", "--limit", "5")):
        result = cli.run(*command)
        assert_one_line(result, "the Hub refused this login", "hf auth login")
        assert "hf_wrongLogin" not in result.stderr


def test_nobody_listens(tmp_path: Path) -> None:
    cli = CommandLine(tmp_path)
    for command in (("check", "a/b"), ("study", "s", "--limit", "5")):
        begun = time.monotonic()
        result = cli.run(*command)
        assert time.monotonic() - begun < 60
        assert_one_line(result, "no connection: refused")


def test_check_of_an_owner_s_models(models: StandIn, cli: CommandLine) -> None:
    whole = cli.run("check", "TheBloke", "--min", "3.5")
    assert whole.returncode == 1, whole.stderr
    rows = whole.stdout.splitlines()
    assert rows[0].split()[0] == "rating"
    count = next(index for index, row in enumerate(rows) if not row) - 2  # head and bar
    assert count == 34
    assert re.search(rf"^\d+ of {count} are under 3\.5:$", whole.stdout, re.MULTILINE)
    assert max(map(len, rows)) <= 80
    page = cli.run("check", f"{models.url}/TheBloke", "--json")
    cards = json.loads(page.stdout)
    assert len(cards) == count
    assert all(card["id"].startswith("TheBloke/") for card in cards)
    assert all(card["target"] == card["id"] for card in cards)


def test_check_of_an_owner_with_models_that_cannot_be_read(hub: StandIn, tmp_path: Path) -> None:
    result = CommandLine(tmp_path, hub.url, TOKEN).run("check", "edge-cases", "--json")
    assert result.returncode == 2
    cards = {card["id"] for card in json.loads(result.stdout)}
    assert "edge-cases/popular" in cards
    assert "cardiogram: edge-cases/no-readme: the repository has no README.md\n" in result.stderr
    assert "Check the id" not in result.stderr
    assert "edge-cases/no-readme" not in cards
    assert "Traceback" not in result.stderr
    result = CommandLine(tmp_path, hub.url, TOKEN).run("check", "nobody-of-this-name")
    assert_one_line(result, "no model of this name, and no owner with models", "Check the id")


def test_check_of_a_pasted_address(hub: StandIn, tmp_path: Path) -> None:
    cli = CommandLine(tmp_path, hub.url, TOKEN)
    plain = json.loads(cli.run("check", "--json", "edge-cases/popular").stdout)
    for page in ("", "/", "/blob/main/README.md", "/tree/main", "/discussions"):
        result = cli.run("check", "--json", f"{hub.url}/edge-cases/popular{page}")
        assert json.loads(result.stdout) == plain, result.stderr
    result = cli.run("check", f"{hub.url}/edge-cases/popular/blob/no-such-branch/README.md")
    assert_one_line(result, "edge-cases/popular", "no README.md")
    result = cli.run("check", f"{hub.url}/spaces/edge-cases/popular")
    assert_one_line(result, "a Space has no model card", "address of a model")
