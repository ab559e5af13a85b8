"""Three histories of README.md, 18 commits: each is what the fixtures say, by git."""

from __future__ import annotations

import json
import shutil

import pytest

from cardiogram.track.history import read_history
from support import SHARED, needs_shared

FOLDER = SHARED / "stats" / "series" / "readme_history"


@needs_shared
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_18_of_18_events() -> None:
    expected = json.loads((FOLDER / "expected.json").read_text())["events"]
    events = [
        event
        for file in sorted(FOLDER.glob("*.bundle"))
        for event in read_history(str(file)).events
    ]
    assert [
        {
            "repo": event.repo,
            "commit": event.commit,
            "date": f"{event.at:%Y-%m-%d}",
            "title": event.title,
            "kind": event.kind,
            "readme_only": event.readme_only,
            "with": list(event.files),
            "usable": event.usable,
            "why_not": list(event.reasons),
            "before_oid": event.before,
            "after_oid": event.after,
        }
        for event in events
    ] == expected
