"""Measure the tree against the rules of docs/design.md: sizes, names, words, `Any`.

Prints one row a rule, with what breaks it; exits with 1 where a rule is broken.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "cardiogram"
MOST_LINES, MOST_FILE, MOST_FUNCTION, MOST_MODULES, MOST_ANY = 38_000, 500, 50, 12, 150
SHARED_MODULES = {
    "judge",  # what a kind of judge is, once a kind
    "card",  # of a README, and of a published dataset
    "changes",  # between snapshots, and between revisions
    "map",  # of a study, and on a terminal
    "panel",  # of judges, and of models over time
    "compare",  # two studies, and the page of them
    "groups",  # the statistics of them, and their part of the page
    "rating",  # what a judge gives, and the app's answer with one
    "load",  # of a study for its analysis, and of a judge by its name
    "blocks",  # of a card: what is counted in them, and how a page shows them
}
"""Modules whose own word is the only honest one in two folders."""

WORDS = {
    "module": "holds tell signs void claims doubt held wild seen unseen mapping derive together "
    "selective gap ends",
    "class": "Facts Told Signs HeldPoisson Level Seen Reading Texts Step",
    "function": "tell door told is_doubtful doubt holds void",
    "parameter": "ask given at told tell kept asked",
    "field": "more",
    "value": "found names item rest most few one",
}
"""Words of the authors' own that have given way to the field's, by what they named."""

KEPT = {"judge/rating.py: found"}
"""Uses that stay: `quotes.found` is a column of the study folder."""


Module = tuple[str, ast.Module, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: what was counted, and what breaks it."""

    rule: str
    count: object
    broken: list[str]


def modules() -> Iterator[Module]:
    """Every module: its path below src/cardiogram, its tree and its text."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text("utf-8")
        yield str(path.relative_to(SOURCE)), ast.parse(text), text


def measure() -> list[Row]:
    """All rules in one walk over the tree."""
    every = list(modules())
    lines = {path: text.count("\n") for path, _, text in every}
    functions = [
        (path, node)
        for path, tree, _ in every
        for node in ast.walk(tree)
        if isinstance(node, Function)
    ]
    return [
        Row(
            "lines of Python", sum(lines.values()), _over({"src": sum(lines.values())}, MOST_LINES)
        ),
        Row("lines of the longest file", max(lines.values()), _over(lines, MOST_FILE)),
        _long_functions(functions),
        _full_folders(list(lines)),
        _twice_named(every),
        _shared_modules(list(lines)),
        _any(every),
        _untyped(every),
        *_old_words(every),
    ]


def _over(counts: dict[str, int], most: int) -> list[str]:
    return [f"{name}: {count}" for name, count in counts.items() if count > most]


def _long_functions(functions: list[tuple[str, Function]]) -> Row:
    sizes = {f"{path}:{node.name}": _size(node) for path, node in functions}
    return Row("lines of the longest function", max(sizes.values()), _over(sizes, MOST_FUNCTION))


def _size(node: Function) -> int:
    """Lines of a function without its docstring."""
    first = node.body[0]
    written = ast.get_docstring(node, clean=False) is not None
    return _height(node) - written * _height(first)


def _height(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _full_folders(paths: list[str]) -> Row:
    files = [path for path in paths if not path.endswith("__init__.py")]
    sizes = Counter(str(Path(path).parent) for path in files)
    return Row("modules of the fullest folder", max(sizes.values()), _over(sizes, MOST_MODULES))


def _twice_named(every: list[Module]) -> Row:
    homes = defaultdict(list)
    for path, tree, _ in every:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(path)
    twice = [f"{name}: {', '.join(at)}" for name, at in sorted(homes.items()) if len(at) > 1]
    return Row("public class names used twice", len(twice), twice)


def _shared_modules(paths: list[str]) -> Row:
    homes = defaultdict(list)
    for path in paths:
        if not path.startswith("cli/") and not path.endswith("__init__.py"):
            homes[Path(path).stem].append(path)
    twice = {name: at for name, at in sorted(homes.items()) if len(at) > 1}
    wrong = [f"{name}: {', '.join(at)}" for name, at in twice.items() if name not in SHARED_MODULES]
    return Row("module names used twice", len(twice), wrong)


def _any(every: list[Module]) -> Row:
    counts = {
        path: len(re.findall(r"\bAny\b(?!\s*$)", _annotations(tree))) for path, tree, _ in every
    }
    clean = ("stats/", "report/")
    wrong = [f"{path}: {n}" for path, n in counts.items() if n and path.startswith(clean)]
    total = sum(counts.values())
    return Row("Any in annotations", total, wrong + _over({"src": total}, MOST_ANY))


def _untyped(every: list[Module]) -> Row:
    """Public attributes that no class says the type of: type checkers of others would guess it."""
    classes = [
        (path, node)
        for path, tree, _ in every
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    typed = {node.name: _attributes(node, ast.AnnAssign) | _declared(node) for _, node in classes}
    untyped = [
        f"{path}:{node.name}.{name}"
        for path, node in classes
        if not node.name.startswith("_")
        for name in sorted(_attributes(node, ast.Assign))
        if not any(
            name in typed.get(above, ()) for above in (node.name, *map(ast.unparse, node.bases))
        )
    ]
    return Row("public attributes without a type", len(untyped), untyped)


def _attributes(node: ast.ClassDef, kind: type[ast.Assign] | type[ast.AnnAssign]) -> set[str]:
    """Public names that a class sets on itself, in assignments of a kind; no bare parameters."""
    set_on_self = (
        part
        for each in ast.walk(node)
        if isinstance(each, kind) and not (kind is ast.Assign and isinstance(each.value, ast.Name))
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        for part in ast.walk(target)
    )
    return {
        part.attr
        for part in set_on_self
        if isinstance(part, ast.Attribute)
        and isinstance(part.value, ast.Name)
        and part.value.id == "self"
        and not part.attr.startswith("_")
    }


def _declared(node: ast.ClassDef) -> set[str]:
    """Names in the body of a class that have a type: its fields and its methods."""
    return {
        each.target.id if isinstance(each, ast.AnnAssign) else each.name
        for each in node.body
        if isinstance(each, Function)
        or (isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name))
    }


def _annotations(tree: ast.Module) -> str:
    annotations = []
    for node in ast.walk(tree):
        if isinstance(node, Function):
            annotations.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            annotations.append(node.annotation)
    return " ; ".join(ast.unparse(annotation) for annotation in annotations if annotation)


def _old_words(every: list[Module]) -> list[Row]:
    uses: dict[str, list[str]] = {kind: [] for kind in WORDS}
    for path, tree, _ in every:
        uses["module"] += [path] if Path(path).stem in WORDS["module"].split() else []
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                _note(uses, "class", node.name, path)
            elif isinstance(node, Function):
                _note(uses, "function", node.name, path)
            elif isinstance(node, ast.arg):
                _note(uses, "parameter", node.arg, path)
                _note(uses, "value", node.arg, path)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                _note(uses, "value", node.id, path)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                _note(uses, "field", node.target.id, path)
    return [Row(f"old words as {kind}", len(at), sorted(set(at))) for kind, at in uses.items()]


def _note(uses: dict[str, list[str]], kind: str, name: str, path: str) -> None:
    if name in WORDS[kind].split() and f"{path}: {name}" not in KEPT:
        uses[kind].append(f"{path}: {name}")


def main() -> int:
    """Print the rows."""
    rows = measure()
    for row in rows:
        print(f"{row.rule:36} {row.count!s:>7}{'' if not row.broken else '   broken'}")
        for text in row.broken[: None if "-v" in sys.argv else 12]:
            print(f"    {text}")
    return int(any(row.broken for row in rows))


if __name__ == "__main__":
    sys.exit(main())
