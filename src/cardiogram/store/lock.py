"""A folder that one process at a time works on."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from cardiogram.errors import StudyBusy
from cardiogram.store.file_lock import is_free, try_lock
from cardiogram.store.files import TEMPORARY, write_error


@contextlib.contextmanager
def lock_folder(root: Path, folders: Iterable[str]) -> Iterator[None]:
    """Hold a folder for one process; the operating system frees it when that one dies.

    Parameters
    ----------
    folders
        Folders in it from which the halves of files are swept that a killed process was writing.

    Raises
    ------
    StudyBusy
        Another process holds it; the message says which.
    """
    path = root / ".lock"
    try:
        root.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise write_error(path, error) from error
    with file:
        if not try_lock(file):
            file.seek(0)
            holder = file.read().decode("utf-8", "replace").strip() or "another process"
            raise StudyBusy(
                f"{str(root)!r} is in use by {holder}",
                hint="Wait until it ends, or use another folder.",
            )
        with contextlib.suppress(OSError):  # a full disk: the name is only a courtesy
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}".encode())
        for folder in (root / name for name in ("", *folders)):
            for half in folder.glob(".*.tmp"):
                if TEMPORARY.fullmatch(half.name):
                    half.unlink(missing_ok=True)
        yield


def is_locked(root: Path) -> bool:
    """Whether a process holds a folder."""
    try:
        file = (root / ".lock").open("rb")
    except OSError:
        return False
    with file:
        return not is_free(file)
