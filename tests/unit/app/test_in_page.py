"""Answers in a page alone: the server's, in the server's words, by what a page has."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cardiogram.app import App, Workspace
from cardiogram.app.in_page import _ENDPOINTS, answer
from cardiogram.cards.features import literals
from cardiogram.cards.parser import markdown_events
from cardiogram.collect.sources import read_source
from cardiogram.judge.embedded import embedded_judge
from page_questions import DROPPED, QUESTIONS, ask_server

PROVING = ("/api/facts", "/api/verify", "/api/improve")
DROPPED_FILE = '{{"card": {{"source": "dropped", "files": [{{"path": "a", {}}}]}}}}'
BROKEN = [
    "",
    "[]",
    "null",
    "{} x",
    '{"text": 1}',
    '{"text": null}',
    '{"text": "a", "of": "space"}',
    '{"text": "a", "of": null}',
    '{"text": NaN}',
    '{"text": "\t"}',
    '{"text": ' + "[" * 100_000,
    '{"text": ' + "[" * 500 + "]" * 500 + "}",
    '{"card": {"files": {}}}',
    '{"card": {}, "answers": {"a": 1}}',
    '{"card": {}, "clear_template": 1}',
    *(
        DROPPED_FILE.format(part)
        for part in (
            '"size": true', '"size": 1.0', '"size": "1"', '"size": -1', '"size": 1e400',
            '"size": 1, "data": "YQ"', '"size": 1, "data": "Y Q=="', '"size": 1, "data": "é"',
            '"size": 1, "data": null', '"size": 1, "path": "../a"',
        )
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    return App(Workspace.at(tmp_path_factory.mktemp("room")), embedded_judge(), is_public=True)


@pytest.mark.parametrize(("path", "question"), QUESTIONS)
def test_a_page_answers_as_the_server_does(app: App, path: str, question: object) -> None:
    asked = json.dumps(question)
    assert json.loads(answer(path, asked)) == ask_server(app, path, asked)


def test_drafts_proofs_and_places_are_the_same_without_wheels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sample = Path(__file__).parents[3] / "examples" / "sample"
    cards = [row["data"].decode() for row in read_source(sample) if row["data"]][::17]
    asked = [
        (path, json.dumps(question))
        for text in cards
        for path, question in (
            ("/api/rate", {"text": text, "id": "me/otter"}),
            *((path, {"card": DROPPED | {"text": text}}) for path in PROVING),
        )
    ]
    compiled = [answer(*each) for each in asked]
    assert not any(each.startswith('{"error"') for each in compiled)
    monkeypatch.setattr(markdown_events, "pyromark", None)
    monkeypatch.setattr(literals, "BytesAhoCorasick", None)
    for each, expected in zip(asked, compiled, strict=True):
        assert json.loads(answer(*each)) == json.loads(expected)


@pytest.mark.parametrize("question", BROKEN)
@pytest.mark.parametrize("path", ["/api/rate", "/api/improve"])
def test_a_page_reads_as_strictly_as_the_server(app: App, path: str, question: str) -> None:
    answered = json.loads(answer(path, question))
    if ask_server(app, path, question) is None:
        assert answered["status"] == 400
        assert len(answered["error"]) < 300
    else:
        assert "error" not in answered


def test_half_a_character_becomes_a_question_mark(app: App) -> None:
    asked = '{"card": {"text": "# Otter \\ud800\\n"}}'
    answered = json.loads(answer("/api/improve", asked))
    assert answered == ask_server(app, "/api/improve", asked)
    assert "# Otter ?" in answered["text"]


def test_a_page_has_every_public_address_on_the_card_and_refuses_others() -> None:
    assert [*_ENDPOINTS] == [
        "/api/rate", "/api/lint", "/api/open", "/api/facts", "/api/verify", "/api/improve",
    ]  # fmt: skip
    for path in ("/api/improve/send", "/api/cards", "/api/jobs/start", "", "\ud800"):
        assert json.loads(answer(path, "{}"))["status"] == 404


@pytest.mark.parametrize(
    ("path", "question", "status"),
    [
        ("/api/open", {"target": "me/otter"}, 404),
        ("/api/open", {"target": "../README.md"}, 400),
        ("/api/improve", {"card": {"source": "hub", "id": "me/otter"}}, 404),
        ("/api/facts", {"card": {"source": "folder", "path": "/etc"}}, 403),
        ("/api/rate", {"text": "a" * 200_001}, 400),
        ("/api/rate", {"text": "a" * 8_000_001}, 400),
    ],
)
def test_a_page_reads_nothing_by_itself(path: str, question: object, status: int) -> None:
    refused = json.loads(answer(path, json.dumps(question)))
    assert refused.keys() == {"error", "hint", "status"}
    assert refused["status"] == status


def test_a_fault_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("cardiogram.app.in_page._app", fail)
    refused = json.loads(answer("/api/rate", '{"text": ""}'))
    assert refused["status"] == 500
    assert "secret" not in refused["error"]


def test_a_page_needs_no_library_but_yaml() -> None:
    """In a Python that has the standard library and PyYAML alone."""
    code = """
import json, sys
class Only:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in ALLOWED:
            raise ModuleNotFoundError(f"no {name}", name=top)
sys.meta_path.insert(0, Only())
from cardiogram.app.in_page import answer
for path, question in json.load(sys.stdin):
    assert "error" not in answer(path, json.dumps(question))[:12]
"""
    allowed = {"cardiogram", "yaml", "_yaml", "markdown_it", "mdurl"}
    subprocess.run(
        [sys.executable, "-c", code.replace("ALLOWED", repr(allowed))],
        input=json.dumps(QUESTIONS),
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        timeout=100,
    )
