"""The contract of closures for import-linter: what some modules load needs no library of a list.

A face loads a module when one of its names is used, which a graph of imports does not know. So the
code is read: of a face only the modules count that define the names that are taken from it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output

_ROOT = "cardiogram"


class ClosureContract(Contract):  # type: ignore[misc]
    """Modules, all that they import, all that these import and so on, without some libraries.

    `doors` are imports, `a -> b`, that are made only where the library is there, or by a flag.
    """

    type_name = "closure"

    source_modules = fields.SetField(subfield=fields.StringField())
    forbidden_modules = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """Walk from the modules, and keep one way to each library that is reached."""
        closure = walk_closure(self.source_modules, self.doors or ())
        reached = [
            way
            for module, way in closure.others.items()
            if module.partition(".")[0] in self.forbidden_modules
        ]
        return ContractCheck(
            kept=not reached and not closure.unused,
            metadata={"reached": reached, "unused": closure.unused, "modules": len(closure.ways)},
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Show the way to each library, and doors that nobody uses."""
        for way in check.metadata["reached"]:
            output.print_error(" -> ".join(way))
        for door in check.metadata["unused"]:
            output.print_error(f"nobody uses the door {door}")


@dataclass(frozen=True, slots=True)
class Closure:
    """What some modules load.

    Attributes
    ----------
    ways
        Modules of ours, each with the imports that lead to it.
    others
        The standard library's and those of libraries.
    unused
        Doors through which nothing goes.
    """

    ways: dict[str, list[str]]
    others: dict[str, list[str]]
    unused: list[str]


def walk_closure(modules: Iterable[str], doors: Iterable[str] = ()) -> Closure:
    """Walk from modules to all that they import, all that these import, and so on."""
    ways: dict[str, list[str]] = {module: [module] for module in modules}
    others: dict[str, list[str]] = {}
    waiting, closed, used = list(ways), set(doors), set()
    while waiting:
        module = waiting.pop()
        for imported in _imports_of(module):
            way = [*ways[module], imported]
            if (door := f"{module} -> {imported}") in closed:
                used.add(door)
            elif imported.partition(".")[0] != _ROOT:
                others.setdefault(imported, way)
            elif imported not in ways:
                ways[imported] = way
                waiting.append(imported)
    return Closure(ways, others, sorted(closed - used))


@cache
def _imports_of(module: str) -> tuple[str, ...]:
    """Modules that a module needs when all of its functions have run."""
    path = path_of(module)
    if path is None:
        return ()
    tree = ast.parse(path.read_text("utf-8"))
    faces: dict[str, str] = {}
    imported = {name for node in _executed(tree) for name in _names_imported(node, faces)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if face := faces.get(node.value.id):
                imported.add(_home_of(face, node.attr))
        elif isinstance(node, ast.Call) and _is_load(node):
            imported.update(str(n.value) for n in node.args[:1] if isinstance(n, ast.Constant))
    return tuple(sorted(imported))


def _names_imported(node: ast.AST, faces: dict[str, str]) -> Iterator[str]:
    """What one statement imports; whole modules of ours are noted by their names in the code."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        for alias in node.names:
            whole = f"{node.module}.{alias.name}"
            if path_of(whole):
                faces[alias.asname or alias.name] = whole
                yield whole
            else:
                yield _home_of(node.module, alias.name)


def _executed(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module but those that only type checkers read."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        yield node
        yield from _executed(node)


def _is_load(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id in ("import_module", "load")


@cache
def _faces(package: str) -> dict[str, str]:
    """Where a face has its names from."""
    path = path_of(package)
    if path is None or path.name != "__init__.py":
        return {}
    return {
        alias.asname or alias.name: node.module
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    }


def _home_of(module: str, name: str) -> str:
    """The module that defines a name of another one; that itself where it is no face."""
    home = _faces(module).get(name)
    if home is None or home.partition(".")[0] != _ROOT or not home.startswith(module):
        return module
    return home if home == module else _home_of(home, name)


@cache
def path_of(module: str) -> Path | None:
    """The file of a module of ours."""
    if module.partition(".")[0] != _ROOT:
        return None
    try:
        spec = find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin else None
