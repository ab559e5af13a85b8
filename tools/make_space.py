"""Make the page that rates and mends cards by itself: a folder of files for any static server.

It holds the front end's page, Pyodide, the judge with what it needs of the standard library as
bytecode, and `files.json`: the hash of each file. `cardiogram publish FOLDER --space judge` sends
it. Needs Node 20.19 or later with npm.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import hashlib
import io
import json
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from zipfile import ZipFile, ZipInfo

sys.path[:0] = [str(Path(__file__).parents[1])]

from tools.check_viewer import ROOT, SOURCES, install, run, why_not  # noqa: E402
from tools.closure_contract import path_of, walk_closure  # noqa: E402

from cardiogram.names import DATA  # noqa: E402
from cardiogram.text import parse_toml, sha256  # noqa: E402

IN_PAGE = "cardiogram.app.in_page"
LIBRARIES = {"yaml": "PyYAML", "markdown_it": "markdown-it-py", "mdurl": "mdurl"}
"""Packages in plain Python that go along, by their distributions."""

LEFT_OUT = ("yaml/cyaml.py", "markdown_it/cli/*")
PYODIDE = SOURCES / "node_modules" / "pyodide"
WORKER = "sw.js"
LIST = "files.json"
NOT_CACHED = (WORKER, LIST, "README.md", "NOTICE.txt")
"""Files that are no part of the page."""

README = """\
---
title: What is this model card worth?
emoji: 🩺
colorFrom: red
colorTo: gray
sdk: static
pinned: false
license: apache-2.0
---

The judge of cardiogram in your own browser: paste a model card, or drop its folder, and see how
it is rated and what it lacks, with a better draft. No card leaves your browser; an id
is read from the Hub, by your browser itself. Works offline after the first visit.
"""
_RULE = "-" * 80


def make_space(folder: Path) -> None:
    """Make the page in a folder, in the place of all that is there."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as name:
        python = make_python(Path(name))
        run(
            *("npx", "vite", "build", "--config", "vite.page.config.ts"),
            PAGE_OUT=str(folder),
            PAGE_PYTHON=f"{python.name}/",
        )
        shutil.copytree(python, folder / python.name)
    folder.joinpath("README.md").write_text(README, "utf-8")
    with folder.joinpath("NOTICE.txt").open("a", encoding="utf-8") as notice:
        notice.writelines(_licences())
    _list_files(folder)


def make_python(work: Path) -> Path:
    """Make the part of the page that is Python: a folder that is named by what is in it."""
    with ZipFile(work / "cardiogram.zip", "w") as sources:
        for name, data in sorted(_sources()):
            sources.writestr(ZipInfo(name), data)
    run("node", "compile.mjs", str(work))
    made = work / "python"
    made.mkdir()
    for place in (work / "cardiogram.zip", work / "stdlib.zip", PYODIDE / "pyodide.asm.wasm"):
        packed = io.BytesIO()
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
            file.write(place.read_bytes())
        (made / f"{place.name}.gz").write_bytes(packed.getvalue())
    for script in ("pyodide", "pyodide.asm"):
        text = (PYODIDE / f"{script}.mjs").read_text("utf-8")
        (made / f"{script}.js").write_text(text.partition("\n//# sourceMappingURL")[0], "utf-8")
    return made.rename(work / f"python-{_hash_all(made.iterdir())[:12]}")


def _sources() -> Iterator[tuple[str, bytes]]:
    """All that the judge consists of, under the names that it has there."""
    contracts = parse_toml((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (contract,) = (
        each for each in contracts["contracts"] if each.get("source_modules") == [IN_PAGE]
    )
    modules = set(walk_closure([IN_PAGE], contract["doors"]).ways)
    for module in [*modules]:
        parts = module.split(".")
        modules |= {".".join(parts[:count]) for count in range(1, len(parts))}
    paths = {path for module in modules if (path := path_of(module))}
    for path in paths | set(_data_of(paths)):
        yield path.relative_to(DATA.parents[1]).as_posix(), path.read_bytes()
    for package in LIBRARIES:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        root = Path(spec.origin).parent
        for path in root.rglob("*.py"):
            name = path.relative_to(root.parent).as_posix()
            if not any(fnmatch(name, pattern) for pattern in LEFT_OUT):
                yield name, path.read_bytes()


def _data_of(modules: Iterable[Path]) -> Iterator[Path]:
    """Data that modules name: a file, or a pattern and the folder."""
    for module in modules:
        nodes = ast.walk(ast.parse(module.read_text("utf-8")))
        words = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
        for path in DATA.rglob("*.*"):
            if path.name in words or words >= {path.parent.name, f"*{path.suffix}"}:
                yield path


def _licences() -> Iterator[str]:
    """The licences of what is not the front end's."""
    version = json.loads((PYODIDE / "package.json").read_text("utf-8"))["version"]
    yield (
        f"\n{_RULE}\nPyodide {version} (MPL-2.0): https://mozilla.org/MPL/2.0/\n\n"
        f"Its source: https://github.com/pyodide/pyodide/tree/{version}\n"
        "It holds CPython (below) and the libraries that this is built with: Emscripten's (MIT),\n"
        "bzip2, Expat (MIT), libffi (MIT), libmpdec (BSD), SQLite (public domain), xz (0BSD),\n"
        "zlib, zstd (BSD).\n"
    )
    yield f"\n{_RULE}\nCPython and its standard library (PSF-2.0)\n\n{_python_licence()}\n"
    for name in LIBRARIES.values():
        files = metadata.files(name) or []
        text = next(file for file in files if file.name.startswith("LICENSE")).read_text("utf-8")
        yield f"\n{_RULE}\n{name} {metadata.version(name)} (MIT)\n\n{text.strip()}\n"
    vocabulary = (DATA / "hub" / "NOTICE.md").read_text("utf-8")
    yield f"\n{_RULE}\nThe Hub's vocabulary\n\n{vocabulary.strip()}\n"


def _python_licence() -> str:
    own = Path(sysconfig.get_path("stdlib")) / "LICENSE.txt"
    if own.is_file():
        return own.read_text("utf-8").strip()
    files = metadata.files("typing_extensions") or []  # the same words
    return next(f for f in files if f.name.startswith("LICENSE")).read_text("utf-8").strip()


def _list_files(folder: Path) -> None:
    """Write what the service worker keeps into it, and the list of all files."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    hashes = {name: sha256(path.read_bytes()) for name, path in sorted(files.items())}
    if WORKER in files:
        kept = {name: value for name, value in hashes.items() if name not in NOT_CACHED}
        script = files[WORKER].read_text("utf-8")
        files[WORKER].write_text(f"const FILES={json.dumps(kept)};\n{script}", "utf-8")
        hashes[WORKER] = sha256(files[WORKER].read_bytes())
    about = {"version": metadata.version("cardiogram"), "files": hashes}
    (folder / LIST).write_text(json.dumps(about, indent=1) + "\n", "utf-8")


def _hash_all(paths: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(paths):
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the page, and say how large it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=ROOT / "space", help="the folder [space]")
    options = parser.parse_args(arguments)
    if (missing := why_not()) is not None:
        sys.exit(f"space: {missing}")
    install()
    make_space(options.out.resolve())
    for path in sorted(options.out.rglob("*.*"), key=lambda path: -path.stat().st_size):
        packed = len(gzip.compress(path.read_bytes()))
        name = path.relative_to(options.out).as_posix()
        print(f"{path.stat().st_size:>10,} {packed:>10,} gzip  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
