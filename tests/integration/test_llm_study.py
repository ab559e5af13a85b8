"""A whole study with a language model: the stand-in Hub, the stand-in provider, one command."""

from __future__ import annotations

import json
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from commands import CommandLine
from model_server import Faults, ModelServer
from stand_in import StandIn

from cardiogram.cli import main
from cardiogram.judge.llm import batches as batch
from cardiogram.store import Study
from support import needs_llm

pytest.importorskip("scipy")
pytest.importorskip("pydantic_ai")

pytestmark = needs_llm

PRICES = ["--price-in", "1", "--price-out", "5"]
KEY = "sk-planted-0123456789abcdef"
SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
CASCADE = "cascade:embedded+vllm/m"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    found = ModelServer()
    with found.running() as url:
        found.url = url  # type: ignore[attr-defined]
        yield found


def run(
    server: ModelServer, line: CommandLine, *arguments: object
) -> subprocess.CompletedProcess[str]:
    asked = ["--judge", "vllm/m", "--base-url", f"{server.url}/v1"]  # type: ignore[attr-defined]
    return line.run(*map(str, arguments), *asked)


def ask(server: ModelServer | None, *arguments: object) -> Result:
    url = f"{server.url}/v1" if server else ""  # type: ignore[attr-defined]
    asked = ["--judge", "vllm/m", "--base-url", url] if server else []
    return CliRunner().invoke(main, [*map(str, arguments), *asked])


def results_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text("utf-8"))
    return found


def test_a_study_by_a_cascade_stops_at_its_budget_and_goes_on(
    hub: StandIn, server: ModelServer, tmp_path: Path
) -> None:
    folder, line = tmp_path / "s", CommandLine(tmp_path, hub.url)
    command = ["study", folder, "--judge", "embedded", "--cascade", *PRICES]
    done = run(server, line, *command, "--limit", 25, "--max-calls", 3)
    assert done.returncode == 1, done.stderr
    assert "failed: --max-calls 3 is reached; run the same command again" in done.stderr
    cover = results_of(folder)["coverage"]
    assert cover["ends"]["failed"] == cover["without_rating"] > 0
    assert cover["answered_by"]["vllm/m"] == cover["calls"] == server.log.calls == 3
    assert "no random part" in results_of(folder)["notes"][0]
    done = run(server, line, *command)
    assert done.returncode == 0, done.stderr
    found = results_of(folder)
    cover, sent = found["coverage"], server.log.calls
    assert found["judge"]["id"] == CASCADE
    assert cover["ends"] == {"rated": 25}
    assert cover["answered_by"] == {"embedded": 25 - sent, "vllm/m": sent}
    assert 3 < sent < 20
    spent = (server.log.input_tokens + 5 * server.log.output_tokens) / 1e6
    assert cover["cost_usd"] == pytest.approx(spent)
    page = (folder / "report.html").read_text("utf-8")
    assert f"{25 - sent} by embedded, {sent} by vllm/m; {sent} calls" in page
    assert max(server.log.paid.values()) == 1


def test_every_end_stands_in_every_table(server: ModelServer, tmp_path: Path) -> None:
    server.faults = Faults(refusal=0.2, malformed=0.7, once=False, seed=3)
    folder = tmp_path / "s"
    done = ask(server, "rate", SAMPLE, "--out", folder)
    assert done.exit_code == 0, done.output
    rows = [row for row in Study.open(folder).ratings.rows() if row["judge"] == "vllm/m"]
    ends = Counter(row["status"] for row in rows)
    assert set(ends) == {"rated", "refused", "unparsed"}
    assert all(row["overall"] is None for row in rows if row["status"] != "rated")
    said = f"{ends['refused']} refused, {ends['unparsed']} unparsed"
    assert said in done.stdout
    calls = server.log.calls
    told = ask(None, "analyze", folder, "--judge", "vllm/m", "--draws", 100).stdout
    assert said in " ".join(told.split())
    assert "nothing is filled in" in " ".join(told.split())
    assert results_of(folder)["coverage"]["ends"] == ends
    ask(None, "report", folder)
    assert said in (folder / "report.html").read_text("utf-8")
    # A cascade and a panel do not rate what their judge refused to, and nobody is asked again.
    more = ["rate", folder, "--judge", "embedded"]
    assert ask(server, *more, "--cascade", "--tolerance", 0).exit_code == 0
    ask(server, *more, "--consensus", "median")
    by = {
        name: Counter(
            row["status"] for row in Study.open(folder).ratings.rows() if row["judge"] == name
        )
        for name in (CASCADE, "panel:embedded+vllm/m")
    }
    assert by[CASCADE] == ends
    silent = len(rows) - ends["rated"]
    assert by["panel:embedded+vllm/m"] == {"rated": ends["rated"], "abstained": silent}
    assert server.log.calls == calls


@pytest.mark.parametrize("name", ["openai/gpt-5-mini", "anthropic/claude-haiku-4-5"])
def test_a_batch_outlives_a_kill_and_is_collected_by_its_id(
    server: ModelServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    provider = name.partition("/")[0]
    key = {f"{provider.upper()}_API_KEY": KEY}
    url = server.url + ("/v1" if provider == "openai" else "")  # type: ignore[attr-defined]
    folder = tmp_path / "s"
    command = ["rate", str(SAMPLE), "--out", str(folder), "--limit", "6", "--batch"]
    command += ["--judge", name, "--base-url", url]
    server.faults = Faults(batch_polls=10**9)
    handed_in = folder / "answers" / f"{name.replace('/', '~')}.batches.jsonl"
    line = CommandLine(tmp_path, extra=key)
    handed = lambda: handed_in.exists() and handed_in.read_text("utf-8").endswith("\n")  # noqa: E731
    assert line.kill_when(handed, *command) == -signal.SIGKILL
    assert len(server.batches) == 1
    server.faults = Faults(batch_polls=1)
    monkeypatch.setattr(batch, "POLL_SECONDS", 0.01)
    monkeypatch.setenv(*next(iter(key.items())))
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0, done.output
    assert f"{name}: 6 ratings" in done.stdout
    assert len(server.batches) == 1
    assert server.log.calls == 0
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path
