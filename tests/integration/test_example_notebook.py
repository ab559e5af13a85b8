"""docs/notebook.ipynb as its reader runs it: each cell shows what the notebook has.

UPDATE_SNAPSHOTS=1 writes what is shown into the notebook. Of statistics the figures may differ a
little between libraries: there only the words are compared, and charts are not.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "docs" / "notebook.ipynb"
_IMAGE = re.compile(r'src="data:image/svg\+xml;base64,[^"]*"')
_FIGURE = re.compile(r"[-+−]?\d[\d.,]*")
_STATISTICS = "cardiogram.study("
"""The first cell whose figures are statistics."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after all of it has run, with no Hub to be reached."""
    nbclient = pytest.importorskip("nbclient")
    home = str(tmp_path_factory.mktemp("home"))
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": home,
        "HF_HOME": home,
        "IPYTHONDIR": home,
        "TMPDIR": home,
        "HF_ENDPOINT": "http://127.0.0.1:9",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore:IProgress",  # tqdm's, where there are no ipywidgets
    }
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    place = {"metadata": {"path": str(NOTEBOOK.parent)}}
    client = nbclient.NotebookClient(notebook, resources=place, record_timing=False, timeout=120)
    client.execute(env=environ)
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def shown(cell: Any, figures: bool) -> list[str]:
    """What a cell shows, without charts and, where `figures` is false, without figures."""
    texts = []
    for output in cell.get("outputs", ()):
        assert output["output_type"] != "error"
        data = output.get("data", {})
        text = _IMAGE.sub("", data.get("text/html") or data.get("text/plain") or output["text"])
        texts.append(text if figures else _FIGURE.sub("0", text))
    return texts


def test_it_shows_what_it_has(executed: Any) -> None:
    if os.environ.get("UPDATE_SNAPSHOTS"):
        nbformat.write(executed, NOTEBOOK)
    kept = nbformat.read(NOTEBOOK, as_version=4)
    assert len(kept.cells) == len(executed.cells)
    figures = True
    for old, new in zip(kept.cells, executed.cells, strict=True):
        figures = figures and _STATISTICS not in old.source
        assert shown(old, figures) == shown(new, figures)


def test_it_is_short_and_names_no_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    assert len(text) < 120_000
    assert not re.search(r"/tmp/|/home/|/root/|<script", text)
    links = re.findall(r"\]\(([\w/-]+\.md)\)", text)
    assert links
    assert all((NOTEBOOK.parent / link).is_file() for link in links)
