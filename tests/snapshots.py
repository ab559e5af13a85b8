"""Text output compared with a file; UPDATE_SNAPSHOTS=1 writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "unit" / "snapshots"


def assert_snapshot(name: str, text: str) -> None:
    """Assert that a text is word for word what it was when somebody last looked at it."""
    path = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.exists(), "run once with UPDATE_SNAPSHOTS=1, and look at the file"
    assert text == path.read_text("utf-8")
