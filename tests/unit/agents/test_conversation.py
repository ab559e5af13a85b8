"""The example conversation of the documentation is what the tools answer."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

pytest.importorskip("mcp")

from agent_conversation import write_conversation

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "work-with-agents.md"
START, END = "<!-- [[[conversation]]] -->", "<!-- [[[end]]] -->"


def test_the_page_has_what_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    said = write_conversation()
    before, _, rest = PAGE.read_text("utf-8").partition(START)
    shown, _, after = rest.partition(END)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        PAGE.write_text(f"{before}{START}\n\n{said}\n{END}{after}", "utf-8")
        return
    assert shown.strip() == said.strip(), "UPDATE_SNAPSHOTS=1 writes the page anew: look at it"


def test_the_card_is_written_checked_and_verified() -> None:
    """What the conversation is there to show, whatever its words."""
    calls = PAGE.read_text("utf-8").partition(START)[2].split("→ `")[1:]
    assert [call.partition("(")[0] for call in calls] == [
        "improve_card",
        "improve_card",
        *("verify_card", "verify_card", "check_card"),
    ]
    first, drafted, refused, verified, _ = calls
    assert "`training-data` `What was it trained on" in first
    assert "12,000 tickets of our own help desk" in drafted.partition("The draft, quoted:")[2]
    assert "New, and not proven" in refused
    assert "95 %" in refused
    assert "Nothing contradicted in 1 card" in verified
    assert "not proven" not in verified
