"""The API as it describes itself: whatever fits the description, or does not, is answered so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stand_in import StandIn
from starlette.testclient import TestClient

from cardiogram.app import App, Workspace, make_asgi
from cardiogram.app.api import all_endpoints
from cardiogram.app.api.openapi import describe_api
from cardiogram.judge.embedded import embedded_judge

EXAMPLES = 3
"""Of each address, as many that fit its description as that do not; always the same ones."""

STARTS = ("/api/jobs/start", "/api/jobs/resume")
"""These start a process, each by itself."""


def test_every_address_answers_as_it_is_described(
    tmp_path: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    import schemathesis
    from schemathesis import GenerationMode

    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    endpoints = [each for each in all_endpoints() if each.path not in STARTS]
    schema = schemathesis.openapi.from_dict(describe_api(endpoints))
    schema.app = make_asgi(App(Workspace.at(tmp_path), embedded_judge()))
    for operation in (each.ok() for each in schema.get_all_operations()):
        ask(operation, GenerationMode.POSITIVE)
        if operation.body or operation.query:
            ask(operation, GenerationMode.NEGATIVE)


def ask(operation: Any, mode: Any) -> None:
    """Ask an address some questions; it is to answer by its description."""
    from hypothesis import given, settings
    from schemathesis import Case
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    names_nothing = [positive_data_acceptance]  # a name may fit its description, and be none's

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
    def check(case: Case) -> None:
        response = case.call()
        case.validate_response(response, excluded_checks=names_nothing)
        if mode.is_positive and response.status_code == 400:
            error = response.json()["error"]
            assert "cannot be read" not in error or "got `float`" in error  # 1.0 for a count

    check()


def test_the_description_is_there_and_says_to_strangers_what_is_theirs(tmp_path: Path) -> None:
    paths = []
    for is_public in (False, True):
        app = make_asgi(App(Workspace.at(tmp_path), embedded_judge(), is_public))
        answer = TestClient(app).get("/api/openapi.json")
        assert answer.headers["content-type"] == "application/json"
        paths.append(set(answer.json()["paths"]))
    here, public = paths
    assert public < here
    assert "/api/rate" in public
    assert not {each for each in public if "write" in each or "send" in each or "jobs" in each}


def test_fields_are_described_by_their_docstrings() -> None:
    described = describe_api(all_endpoints())
    card = described["components"]["schemas"]["CardAtHand"]
    assert card["description"].startswith("A card, and the repository")
    assert "null" in card["properties"]["text"]["description"]
    assert "base64" in str(described["components"]["schemas"]["DroppedFile"])
    operation = described["paths"]["/api/jobs/{id}/drafts"]["get"]
    assert operation["parameters"][0]["in"] == "path"
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
