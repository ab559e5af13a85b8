"""The site: docs/conf.py on a few pages, and the check of what was built."""

from __future__ import annotations

import json
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CELLS: list[dict[str, Any]] = [
    {"cell_type": "markdown", "source": ["# A notebook\n", "\n", "Words."]},
    {
        "cell_type": "code",
        "source": ["print('```')\n", "cards"],
        "outputs": [
            {"output_type": "stream", "text": ["```\n", "<b>text</b>\n"]},
            {
                "data": {
                    "text/html": [
                        '<table border="1" class="dataframe">\n\n',
                        "<tr><td>4.2</td></tr></table>",
                    ]
                }
            },
        ],
    },
]
PAGES = {
    "README.md": "# Front\n\n![A report](docs/images/report.png)\n\n[app](deploy/app)\n",
    "CHANGELOG.md": "# Changelog\n",
    "CONTRIBUTING.md": "# Contributing\n\n[the picture's folder](docs/images)\n",
    "deploy/app/README.md": "# The app\n",
    "docs/README.md": "# All\n\n- **Learn**: [a](first.md) ·\n  [b](book.ipynb)\n"
    "- **Work**: [c](design.md)\n",
    "docs/first.md": "# First\n\n<!-- site: [here](design.md#decisions) -->\n<!-- not here -->\n",
    "docs/design.md": "# Design\n\n## Decisions\n\n1. [one](decisions/0001-one.md)\n",
    "docs/decisions/0001-one.md": "# One's -- own\n",
    "docs/book.ipynb": json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}),
    "docs/images/report.png": "",
    "demo-study/report.html": '<h1 id="report">Report</h1>',
    ".venv/docs/README.md": "# Not a page\n",
}


def build(root: Path) -> str:
    """What Sphinx complains of."""
    command = [sys.executable, "-m", "sphinx", "-qnWE", "--keep-going", "-c", "docs"]
    command += ["-d", str(root / ".doctrees"), ".", "site"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(done.stderr), done
    return done.stderr


def found(site: Path) -> tuple[int, tuple[str, ...]]:
    checked = runpy.run_path(str(ROOT / "tools" / "check_site.py"))["check_site"](site)
    return checked.pages, checked.faults


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of a few pages, built."""
    root = tmp_path_factory.mktemp("pages")
    for name, text in PAGES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    for name in ("conf.py", "search-order.js"):
        shutil.copy(ROOT / "docs" / name, root / "docs")
    assert build(root) == ""
    return root


def test_every_page_is_built_and_every_link_holds(root: Path) -> None:
    pages = [name for name in PAGES if name.endswith((".md", ".ipynb", ".html"))][:-1]
    assert found(root / "site") == (len(pages) + len(("index", "search")), ())


def test_the_contents_stand_beside_each_page_and_the_report_behind_its_picture(root: Path) -> None:
    page = (root / "site/docs/decisions/0001-one.html").read_text("utf-8")
    assert [page.count(f">{caption}<") for caption in ("Learn", "Work", "All of it")] == [1, 1, 1]
    assert 'href="../book.html">A notebook</a>' in page
    assert "One's -- own" in page
    front = (root / "site/index.html").read_text("utf-8")
    assert '<a href="report.html"><img' in front
    assert 'href="deploy/app/README.html"' in front
    assert 'href="docs/images' not in (root / "site/CONTRIBUTING.html").read_text("utf-8")


def test_a_page_shows_what_only_the_site_has(root: Path) -> None:
    page = (root / "site/docs/first.html").read_text("utf-8")
    assert 'href="design.html#decisions"' in page
    assert "<!-- site" not in page


def test_a_notebook_is_shown_as_it_was_run(root: Path) -> None:
    page = (root / "site/docs/book.html").read_text("utf-8")
    assert "&lt;b&gt;text&lt;/b&gt;" in page
    assert '<table class="docutils">\n\n<tr><td>4.2</td></tr></table>' in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('<a href="gone.html">x</a>', "a.html: no file gone.html"),
        ('<img src="gone.png">', "a.html: no file gone.png"),
        ('<a href="b.html#gone">x</a>', "a.html: no anchor b.html#gone"),
        ('<a href="#gone">x</a>', "a.html: no anchor #gone"),
        (
            '<script src="https://cdn.example/x.js"></script>',
            "a.html: loads https://cdn.example/x.js from elsewhere",
        ),
        (
            '<link rel="stylesheet" href="//x.example/y.css">',
            "a.html: loads //x.example/y.css from elsewhere",
        ),
    ],
)
def test_what_is_wrong_in_a_site_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "b.html").write_text('<h1 id="b">B</h1>')
    (tmp_path / "a.html").write_text('<a href="b.html#b">b</a> <a href="https://x.example">x</a>')
    assert found(tmp_path) == (2, ())
    (tmp_path / "a.html").write_text(text)
    assert found(tmp_path) == (2, (words,))
