"""A whole study with a language model: the stand-in Hub, the stand-in provider, one command."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from model_server import Faults, ModelServer
from stand_in import StandIn

from cardiogram.cli import main
from cardiogram.store import Study

pytest.importorskip("scipy")
pytest.importorskip("pydantic_ai")

PRICES = ["--price-in", "1", "--price-out", "5"]
CASCADE = "cascade:embedded+vllm/m"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    found = ModelServer()
    with found.running() as url:
        found.url = url  # type: ignore[attr-defined]
        yield found


def run(server: ModelServer, *arguments: object, env: dict[str, str] | None = None) -> Result:
    asked = ["--judge", "vllm/m", "--base-url", f"{server.url}/v1"]  # type: ignore[attr-defined]
    return CliRunner().invoke(main, [*map(str, arguments), *asked], env=env)


def results_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "results.json").read_text("utf-8"))
    return found


def test_a_study_by_a_cascade_stops_at_its_budget_and_goes_on(
    hub: StandIn, server: ModelServer, tmp_path: Path
) -> None:
    folder, env = tmp_path / "s", {"HF_ENDPOINT": hub.url}
    command = ["study", folder, "--judge", "embedded", "--cascade", *PRICES]
    done = run(server, *command, "--limit", 40, "--max-calls", 3, env=env)
    assert done.exit_code == 1, done.output
    assert "failed: --max-calls 3 is reached; run the same command again" in done.stderr
    cover = results_of(folder)["coverage"]
    assert cover["ends"]["failed"] == cover["without_rating"] > 0
    assert cover["answered_by"]["vllm/m"] == cover["calls"] == server.log.calls == 3
    assert "no random part" in results_of(folder)["notes"][0]
    done = run(server, *command, env=env)
    assert done.exit_code == 0, done.output
    found = results_of(folder)
    cover, sent = found["coverage"], server.log.calls
    assert found["judge"]["id"] == CASCADE
    assert cover["ends"] == {"rated": 40}
    assert cover["answered_by"] == {"embedded": 40 - sent, "vllm/m": sent}
    assert 3 < sent < 30
    spent = (server.log.input_tokens + 5 * server.log.output_tokens) / 1e6
    assert cover["cost_usd"] == pytest.approx(spent)
    page = (folder / "report.html").read_text("utf-8")
    assert f"{40 - sent} by embedded, {sent} by vllm/m; {sent} calls" in page
    assert max(server.log.paid.values()) == 1


def test_every_end_stands_in_every_table(hub: StandIn, server: ModelServer, tmp_path: Path) -> None:
    server.faults = Faults(refusal=0.2, malformed=0.2, once=False, seed=3)
    folder, env = tmp_path / "s", {"HF_ENDPOINT": hub.url}
    done = run(server, "study", folder, "--limit", 40, env=env)
    assert done.exit_code == 0, done.output
    cover = results_of(folder)["coverage"]
    assert set(cover["ends"]) == {"rated", "refused", "unparsed"}
    assert cover["rated"] == cover["ends"]["rated"] < 40
    assert sum(cover["ends"].values()) == 40
    rows = [row for row in Study.open(folder).ratings.rows() if row["judge"] == "vllm/m"]
    assert Counter(row["status"] for row in rows) == cover["ends"]
    assert all(row["overall"] is None for row in rows if row["status"] != "rated")
    said = f"{cover['ends']['refused']} refused, {cover['ends']['unparsed']} unparsed"
    assert said in done.stdout
    assert said in done.stderr
    assert said in (folder / "report.html").read_text("utf-8")
    assert any("nothing is filled in" in note for note in results_of(folder)["notes"])
    calls = server.log.calls
    again = run(server, "study", folder, env=env)
    assert (again.exit_code, server.log.calls) == (0, calls)
    # A cascade and a panel do not rate what their judge refused to.
    more = ["rate", folder, "--judge", "embedded"]
    run(server, *more, "--cascade", "--tolerance", "0")
    run(server, *more, "--consensus", "median")
    by = {name: Counter(row["status"] for row in Study.open(folder).ratings.rows()
                        if row["judge"] == name)
          for name in (CASCADE, "panel:embedded+vllm/m")}  # fmt: skip
    assert by[CASCADE] == cover["ends"]
    rated = cover["ends"]["rated"]
    assert by["panel:embedded+vllm/m"] == {"rated": rated, "abstained": 40 - rated}
    assert server.log.calls == calls
