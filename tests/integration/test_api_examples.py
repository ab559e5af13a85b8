"""The examples of docs/how-to/use-the-api.md, run against the app as the page says."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from running_app import running_app

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "use-the-api.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ADDRESS = "http://127.0.0.1:8765/"
CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "num_hidden_layers": 6,
    "id2label": {"0": "urgent", "1": "later"},
}


def test_every_example_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    otter = tmp_path / "otter"
    otter.mkdir()
    (otter / "README.md").write_text("# Otter\n\nA router of tickets with 12 layers.\n", "utf-8")
    (otter / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    blocks = BLOCK.findall(PAGE.read_text("utf-8"))
    printed: list[str] = []
    expected: list[str] = []
    names: dict[str, Any] = {}
    with running_app(tmp_path) as address:
        for kind, text in blocks:
            text = text.replace(ADDRESS, address)
            if kind == "python":
                said = io.StringIO()
                with contextlib.redirect_stdout(said):
                    exec(text, names)
                printed.append(said.getvalue())
            elif kind == "text":
                expected.append(text)
            elif shutil.which("curl"):
                command = ["bash", "-c", text]
                done = subprocess.run(command, capture_output=True, check=True, timeout=60)
                assert json.loads(done.stdout)["scores"][0]["name"] == "overall"
    assert printed == expected
