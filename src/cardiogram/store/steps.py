"""Steps that are done only where what goes into them has changed.

`steps.json` keeps two hashes a step: of all that went into it, and of the files that came out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from cardiogram.store.files import write_atomically
from cardiogram.store.study import Study


def run_step(
    study: Study,
    name: str,
    work: Callable[[], object],
    *,
    inputs: Iterable[Path],
    outputs: Iterable[Path],
    options: Mapping[str, object] | None = None,
    packages: Iterable[str] = (),
) -> bool:
    """Do a step of a study, unless it was done already on the same inputs.

    Parameters
    ----------
    inputs, outputs
        Files and folders that the step reads and writes; what is missing counts as missing.
    options
        All else that decides the outputs, as values that JSON can hold.
    packages
        Distributions whose version decides the outputs, beside cardiogram's own.

    Returns
    -------
    bool
        Whether there was anything to do.
    """
    versions = {package: _version(package) for package in ("cardiogram", *packages)}
    key = json.dumps([_hash_files(study, inputs), options or {}, versions], sort_keys=True)
    key, outputs = hashlib.sha256(key.encode()).hexdigest(), list(outputs)
    known = _read_steps(study)
    if known.get(name) == {"inputs": key, "outputs": _hash_files(study, outputs)}:
        return False
    work()
    known[name] = {"inputs": key, "outputs": _hash_files(study, outputs)}
    write_atomically(_path(study), f"{json.dumps(known, indent=1, sort_keys=True)}\n".encode())
    return True


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _path(study: Study) -> Path:
    return study.root / "steps.json"


def _read_steps(study: Study) -> dict[str, dict[str, str]]:
    """The hashes of each step; none where the file is missing or damaged: steps are done again."""
    try:
        known = json.loads(_path(study).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _hash_files(study: Study, places: Iterable[Path]) -> str:
    """One hash of the names and the contents of files, and of those in folders."""
    whole = hashlib.sha256()
    for place in places:
        for path in _files(place):
            name = path.relative_to(study.root) if path.is_relative_to(study.root) else path
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            whole.update(f"{name.as_posix()}\n{content}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def _files(place: Path) -> Iterator[Path]:
    if place.is_dir():
        yield from sorted(p for p in place.rglob("*") if p.is_file() and _counts(p.name))
    elif place.exists():
        yield place


def _counts(name: str) -> bool:
    return not name.startswith(".") and not name.endswith(".broken")
