"""The site: README.md and docs/ as they are, in the order of docs/README.md, built by Sphinx.

`make site` builds and checks it. The pages are plain Markdown; `<!-- site: TEXT -->` is text that
only the site shows.
"""

from __future__ import annotations

import json
import posixpath
import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from myst_parser.parsers.sphinx_ import MystParser
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx

ROOT = Path(__file__).parents[1]
CONTENTS = "docs/README"
DECISIONS = "docs/design"
REPORT = "report.html"
FOLDERS = ("docs", "deploy", "training", "src/cardiogram/data/rubric", "src/cardiogram/.agents")
"""Where pages are, besides those at the top."""

project = "cardiogram"
extensions = ["myst_parser"]
root_doc = "README"
include_patterns = ["*.md", *(f"{folder}/**" for folder in FOLDERS)]
exclude_patterns = [  # what is not listed is not looked through
    path.name
    for path in ROOT.iterdir()
    if path.is_dir() and not any(f"{folder}/".startswith(f"{path.name}/") for folder in FOLDERS)
]
myst_heading_anchors = 4
html_theme = "furo"
html_title = "cardiogram"
smartquotes = False
html_copy_source = False
html_show_copyright = False
html_use_index = False
html_search_scorer = str(ROOT / "docs" / "search-order.js")
html_extra_path = [str(ROOT / "demo-study" / REPORT)]

_SITE_ONLY = re.compile(r"<!-- site: (.*?) -->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\(docs/images/report\.png\)")
_GROUP = re.compile(r"^- \*\*(.+?)\*\*: (.+(?:\n  .+)*)", re.MULTILINE)
_PAGE = re.compile(r"\]\(([^():#]+?)\.(?:md|ipynb)\)")


def contents(text: str, folder: str) -> list[tuple[str, list[str]]]:
    """Groups of a page that is a list of links: the name of each, and its pages."""
    return [
        (name, [posixpath.normpath(posixpath.join(folder, page)) for page in _PAGE.findall(links)])
        for name, links in _GROUP.findall(text)
    ]


def table_of_contents(pages: list[str], caption: str = "") -> str:
    """The pages in Sphinx's words, for the bar at the side alone."""
    options = f":hidden:\n:caption: {caption}\n" if caption else ":hidden:\n"
    return "\n```{toctree}\n" + options + "\n" + "\n".join(f"/{page}" for page in pages) + "\n```\n"


def prepare(app: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page what the site alone shows."""
    text = _SITE_ONLY.sub(r"\1", source[0])
    if page == root_doc:
        text = _PICTURE.sub(rf'<a href="{REPORT}">\g<0></a>', text)
        app.env.note_dependency(str(ROOT / f"{CONTENTS}.md"))
        for caption, pages in contents((ROOT / f"{CONTENTS}.md").read_text("utf-8"), "docs"):
            text += table_of_contents(pages, caption)
        text += table_of_contents([CONTENTS, "CONTRIBUTING", "CHANGELOG"], "All of it")
    elif page == DECISIONS:
        linked = dict.fromkeys(_PAGE.findall(text))
        text += table_of_contents([f"docs/{name}" for name in linked if "decisions/" in name])
    source[0] = text


def settle_links(app: Sphinx, doctree: nodes.document) -> None:
    """A folder is its README.md; a page outside docs/ stands in no table of contents."""
    page = app.env.docname
    if not page.startswith("docs/"):
        app.env.metadata[page]["orphan"] = True
    for link in list(doctree.findall(pending_xref)):
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link["reftarget"]))
        if (ROOT / path).is_dir():
            if (ROOT / path / "README.md").exists():
                link.attributes.update(
                    refdomain="doc", reftarget=f"{path}/README", reftargetid=None
                )
            else:
                link.replace_self(link.children)


def add_index(app: Sphinx, failed: Exception | None) -> None:
    """The first page under the name that servers look for."""
    if not failed:
        shutil.copy(app.outdir / f"{root_doc}.html", app.outdir / "index.html")


class NotebookParser(MystParser):
    """A notebook as it was run: its cells and what they showed."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Parse the notebook's Markdown, and its code and outputs as blocks."""
        cells = json.loads(inputstring)["cells"]
        super().parse("\n\n".join(map(_cell, cells)), document)


def _cell(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        return text
    return "\n\n".join([_block("python", text), *map(_output, cell["outputs"])])


def _output(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    if "text/html" in data:
        html = "".join(data["text/html"]).replace(
            'border="1" class="dataframe"', 'class="docutils"'
        )
        return _block("{raw} html", f'<div style="overflow-x: auto">{html}</div>')
    text = "".join(output.get("text") or data.get("text/plain") or output.get("traceback", ""))
    return _block("text", text)


def _block(kind: str, text: str) -> str:
    fence = "`" * 8
    return f"{fence}{kind}\n{text.rstrip()}\n{fence}" if text.strip() else ""


def setup(app: Sphinx) -> None:
    """Tell Sphinx of the above."""
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
    app.connect("source-read", prepare)
    app.connect("doctree-read", settle_links, priority=900)
    app.connect("build-finished", add_index)
