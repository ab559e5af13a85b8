"""Damaged files of a study: set aside, and what they held read or made again.

Everything in a study but the question itself can be had again. So whoever reads a file that
cannot be read raises :class:`.DamagedFile`, and a step that makes such files, and holds the lock
of the study, is done again without it by :func:`redo`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection
from errno import EISDIR
from pathlib import Path
from typing import TypeVar

from cardiogram.errors import DamagedFile, DataError

T = TypeVar("T")

COLLECTED = ("study.toml", "listing", "incoming", "models", "cards")
RATED = ("features", "ratings")
MAPPED = ("features", "map", "vectors")
ANALYZED = ("features", "snapshots")
"""Files and folders of a study by the step that makes them."""

_MADE_BY = {
    "collect": COLLECTED,
    "rate": RATED,
    "map": MAPPED,
}


def read_error(path: Path, error: Exception) -> DataError:
    """The error to raise where a file of a study cannot be read: damaged, or out of reach."""
    why = (str(error).splitlines() or [type(error).__name__])[0]
    message = f"cannot read {str(path)!r}: {why}"
    if isinstance(error, OSError) and error.errno not in (None, EISDIR):
        return DataError(message, hint="Check the file's rights and the disk.")
    return DamagedFile(message, hint=_hint(path), path=path)


def _hint(path: Path) -> str:
    folder = path.parent
    if path.name == "study.toml":
        return (
            "It is set aside and written again where you repeat the options that this study was "
            f"begun with, such as: cardiogram study {folder} --limit 100"
        )
    maker = next((step for step, places in _MADE_BY.items() if folder.name in places), None)
    if maker is None:
        return f"Delete that file and run the step again: rm {str(path)!r}"
    judge = " --judge (the one that it is of)" if folder.name == "ratings" else ""
    return f"It is set aside and made again by: cardiogram {maker} {folder.parent}{judge}"


def redo(root: Path, work: Callable[[], T], makes: Collection[str] = ()) -> T:
    """Do a step of a study; a damaged file is set aside, and the step done again without it.

    Parameters
    ----------
    root
        Folder of the study, which is locked.
    makes
        Files and folders in it that the step makes; with none given, it makes all of them.

    Raises
    ------
    DamagedFile
        A file cannot be read that another step makes, or that is damaged once more.
    """
    aside: set[Path] = set()
    while True:
        try:
            done = work()
        except DamagedFile as error:
            path = error.path and error.path.absolute()
            if path is None or path in aside or not path.is_relative_to(root.absolute()):
                raise
            if makes and path.relative_to(root.absolute()).parts[0] not in makes:
                raise
        else:
            for path in aside:
                if not path.exists():
                    _warn("%s was not made again", path)
            return done
        aside.add(path)
        gc.collect()  # who failed to read it may have it open still, which Windows minds
        set_aside(path)


def set_aside(path: Path) -> None:
    """Rename what cannot be used, so that it is out of the way and still there."""
    place = path
    while place.exists():
        place = place.with_name(f"{place.name}.broken")
    path.rename(place)
    _warn("%s was damaged: it is kept as %s", path, place.name)


def _warn(message: str, *parts: object) -> None:
    import logging  # a command that meets no damage starts without it

    logging.getLogger("cardiogram").warning(message, *parts)
