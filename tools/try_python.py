"""The package as a Python user has it: the notebook's cells, and a typed file of one's own."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from try_release import Installed

DOCS = Path(__file__).parents[1] / "docs"
_RUNNER = """
import ast, json, os, sys
os.chdir(sys.argv[1])
space, shown = {"__name__": "__main__"}, 0
for cell in json.load(open(sys.argv[2], encoding="utf-8")):
    *lines, last = ast.parse(cell).body
    exec(compile(ast.Module(lines, []), "cell", "exec"), space)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), space)
        shown += len(getattr(value, "_repr_html_", str)())
    else:
        exec(compile(ast.Module([last], []), "cell", "exec"), space)
print(shown)
"""
_USER = """
import cardiogram

value: int = cardiogram.check("card").rating.scores["overall"].value
false: int = len(cardiogram.verify("card").verification.of("contradicted"))
gain: float = cardiogram.improve("card", answers={"limitations": "None is known."}).gain
rated: int = cardiogram.study("study", "cards").results.coverage.rated
tracked: cardiogram.Tracked = cardiogram.track("ledger")
"""


def run_notebook(here: Installed) -> str:
    """The notebook's cells on single cards, without Jupyter: `study` has a path of its own."""
    cells = json.loads((DOCS / "notebook.ipynb").read_text("utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    code = code[: next(place for place, text in enumerate(code) if "cardiogram.study(" in text)]
    source = here.work / "cells.json"
    source.write_text(json.dumps(code), "utf-8", newline="\n")
    shown = int(here.run(here.python, "-c", _RUNNER, DOCS, source))
    return f"{len(code)} cells, {shown / 1e3:.0f} kB of HTML"


def check_types(here: Installed) -> str:
    """A user's file, under mypy's strict rules, against the installed package."""
    if find_spec("mypy") is None:
        return "no mypy here"
    user = here.work / "user.py"
    user.write_text(_USER, "utf-8", newline="\n")
    strict = ["--strict", "--python-executable", here.python, "--cache-dir", here.work / "mypy"]
    return here.run(sys.executable, "-m", "mypy", *strict, user).strip()
