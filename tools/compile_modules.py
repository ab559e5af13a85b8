"""Compile the judge in a page, and what it needs of the standard library: runs in Pyodide alone.

`/cardiogram.zip` has sources. `/made/cardiogram.zip` gets them as bytecode, `/made/stdlib.zip` what
of the standard library is loaded when all of them are. Both are stored: as a whole they are packed
better.
"""

import ast
import encodings
import encodings.aliases
import importlib
import marshal
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from types import CodeType
from zipfile import ZipFile, ZipInfo

MADE, JUDGE, STDLIB = Path("/made"), "/judge", "/lib/python314.zip"
with ZipFile(STDLIB) as library:
    ENCODINGS = {
        name.removesuffix(".py").replace("/", ".")
        for name in library.namelist()
        if name.startswith("encodings/") and name.endswith(".py")
    }

NOT_HERE = {"importlib.metadata", "resource", "jinja2.sandbox"}
"""What the page never asks for, though there is code that does."""

_HEAD = MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)  # never compared with a source


def compile_module(source: bytes, path: str) -> bytes:
    """A module as bytecode, without docstrings and assertions."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=2)
    return _HEAD + marshal.dumps(_without_lines(code))


def _without_lines(code: CodeType) -> CodeType:
    """A code object that does not know its lines: a third of all bytes."""
    parts = (
        _without_lines(each) if isinstance(each, CodeType) else each for each in code.co_consts
    )
    units = len(code.co_code) // 2
    none = b"\xff" * (units // 8)  # eight units each, without a place
    if units % 8:
        none += bytes([0xF8 | (units % 8 - 1)])
    return code.replace(co_linetable=none, co_consts=tuple(parts))


def compile_judge() -> set[str]:
    """Compile our modules and libraries; gives the names of modules that they import."""
    imported: set[str] = set()
    with ZipFile("/cardiogram.zip") as sources, ZipFile(MADE / "cardiogram.zip", "w") as made:
        for name in sources.namelist():
            data = sources.read(name)
            if not name.endswith(".py"):
                made.writestr(ZipInfo(name), data)
                continue
            made.writestr(ZipInfo(f"{name}c"), compile_module(data, f"{JUDGE}/{name}"))
            if b"\nattach(__name__)" in data:  # a face reads its own names
                made.writestr(ZipInfo(name), data)
            imported.add(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            imported |= _imports_of(data)
    return imported - NOT_HERE


def _imports_of(source: bytes) -> set[str]:
    """Modules of the standard library that a source imports anywhere; encodings that it names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = encodings.normalize_encoding(node.value.lower())
            found.add(f"encodings.{encodings.aliases.aliases.get(name, name)}")
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {
        name
        for name in found
        if name.partition(".")[0] in sys.stdlib_module_names
        and (not name.startswith("encodings.") or name in ENCODINGS)
    }


def compile_stdlib() -> None:
    """Compile the modules of the standard library that are loaded now."""
    with ZipFile(STDLIB) as sources, ZipFile(MADE / "stdlib.zip", "w") as made:
        for name in sources.namelist():
            module = name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if name.endswith(".py") and module in sys.modules:
                code = compile_module(sources.read(name), f"{STDLIB}/{name}")
                made.writestr(ZipInfo(f"{name}c"), code)


MADE.mkdir()
wanted = compile_judge()
with ZipFile(MADE / "cardiogram.zip") as compiled:
    compiled.extractall(JUDGE)
sys.path.insert(0, JUDGE)
for module in sorted(wanted):
    importlib.import_module(module)
compile_stdlib()
