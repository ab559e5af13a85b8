"""Servers that answer with success and nonsense, or with the key that they were sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from model_answers import Asked
from model_server import ModelServer

from cardiogram.cli import main
from cardiogram.judge.llm import runner
from cardiogram.store import Study
from support import needs_llm

pytestmark = needs_llm

KEY = "sk-planted-0123456789abcdef"
SAMPLE = Path(__file__).parents[2] / "examples/sample"
NAMES = ("openai/m", "anthropic/claude-haiku-4-5", "google/gemini-2.5-flash", "openai-decisions/m")
NONSENSE: tuple[Any, ...] = ({"x": "not a message"}, [], "words")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.setenv(name, KEY)
    monkeypatch.setattr(runner, "delay_before", lambda *_: 0.0)


class Odd(ModelServer):
    """Answers every call with 200 and something that is no answer."""

    def __init__(self, body: object) -> None:
        super().__init__()
        self.body = body

    def _reply(self, *_: object) -> Any:
        return self.body, ""


class Parrot(ModelServer):
    """Says the key that it was sent: in its answers, and as the name of its model."""

    def answer(self, asked: Asked, name: str) -> dict[str, Any]:
        found = super().answer(asked, name)
        return {
            key: {**value, "quote": f"{KEY} {value.get('quote', '')}"}
            if isinstance(value, dict)
            else value
            for key, value in found.items()
        }

    def _wire(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        return {**super()._wire(*arguments, **options), "model": KEY, "modelVersion": KEY}


def rate(server: ModelServer, name: str, folder: Path) -> tuple[Any, Study]:
    with server.running() as url:
        tail = "" if name.startswith(("anthropic", "google")) else "/v1"
        provider = name.partition("/")[0]
        command = ["rate", str(SAMPLE), "--out", str(folder), "--limit", "3", "--judge", name]
        done = CliRunner().invoke(main, [*command, "--base-url", f"{provider}={url}{tail}"])
    return done, Study(folder)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("body", NONSENSE, ids=map(json.dumps, NONSENSE))
def test_success_with_another_json_is_a_failed_card_with_a_reason(
    name: str, body: object, tmp_path: Path
) -> None:
    done, study = rate(Odd(body), name, tmp_path / "s")
    assert isinstance(done.exception, SystemExit), done.exc_info
    assert done.exit_code == 1
    assert "3 failed: " in done.stderr
    assert {row["status"] for row in study.ratings.rows()} == {"failed"}
    reasons = {row["problems"][-1] for row in study.ratings.rows()}
    assert all("answer" in reason or "call failed" in reason for reason in reasons), reasons


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_key_that_a_server_repeats_is_kept_nowhere(name: str, tmp_path: Path) -> None:
    done, study = rate(Parrot(), name, tmp_path / "s")
    assert done.exit_code == 0, done.output
    assert KEY not in done.output
    rows = list(study.ratings.rows())
    assert {row["status"] for row in rows} == {"rated"}
    assert "[key]" in str(rows)
    assert KEY not in str(rows)
    answers = [path.read_text("utf-8") for path in (study.root / "answers").iterdir()]
    assert answers
    assert all(KEY not in text for text in answers)
