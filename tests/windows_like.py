"""What Windows has not, and does otherwise, is taken from this process; then commands run in it.

python tests/windows_like.py FOLDER   check, improve and verify FOLDER; collect and rate it

Without its file locks, process groups and forked servers; a folder is no file that can be opened,
and nothing that is open is renamed or deleted. On Windows itself nothing is pretended.
"""

from __future__ import annotations

import errno
import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

LACKING = {
    os: ("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fchmod", "getpgid", "killpg", "nice"),
    signal: ("SIGALRM", "SIGHUP", "SIGUSR1", "alarm", "setitimer"),
}
LACKING[os] += ("pread", "pwrite", "sched_getaffinity", "setsid")


def make_locks() -> ModuleType:
    """Windows' module of locks: a byte of a file is of one open file at a time."""
    held: dict[tuple[int, int, int], int] = {}

    def locking(handle: int, kind: int, size: int) -> None:
        about = os.fstat(handle)
        place = about.st_dev, about.st_ino, os.lseek(handle, 0, os.SEEK_CUR)
        if kind == module.LK_UNLCK:
            del held[place]
        elif held.setdefault(place, handle) != handle:
            raise OSError(errno.EDEADLK, "locked")

    module = ModuleType("msvcrt")
    vars(module).update(LK_NBLCK=2, LK_UNLCK=0, locking=locking)
    return module


def load_locks() -> ModuleType:
    """The package's module of locks as Windows has it."""
    name, platform = "cardiogram.store.file_lock", sys.platform
    if os.name != "nt":
        sys.modules["msvcrt"] = make_locks()
        sys.modules.pop(name, None)
        sys.platform = "win32"
    try:
        return importlib.import_module(name)
    finally:
        sys.platform = platform
        sys.modules.pop("msvcrt", None)  # who looks for it takes this for Windows


def pretend() -> None:
    """Take from this process what Windows has not."""
    if os.name == "nt":
        return
    for name in ("concurrent.futures.process", "filelock", "huggingface_hub.utils"):
        importlib.import_module(name)  # they are as this system has them
    load_locks()
    sys.modules |= dict.fromkeys(("fcntl", "grp", "pwd", "resource", "termios"))
    for module, lacking in LACKING.items():
        for name in lacking:
            vars(module).pop(name, None)
    vars(multiprocessing).update(get_all_start_methods=lambda: ["spawn"])
    vars(tempfile).update(TemporaryFile=tempfile.NamedTemporaryFile)
    vars(shutil).update(_use_fd_functions=False)
    whole = os.open

    def open_file(path: str, *options: int, **named: int) -> int:
        if isinstance(path, str | os.PathLike) and os.path.isdir(path):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return whole(path, *options, **named)

    vars(os).update(open=open_file)
    for name in ("rename", "replace", "remove", "unlink"):
        vars(os)[name] = refuse_open(vars(os)[name])


def refuse_open(change: Callable[..., None]) -> Callable[..., None]:
    """A change of files that are not open."""

    def changed(*places: str, **named: object) -> None:
        for place in filter(os.path.isfile, places):
            if os.path.realpath(place) in opened():
                raise PermissionError(errno.EACCES, "it is being used", str(place))
        change(*places, **named)

    return changed


def opened() -> set[str]:
    """Files that this process has open, where the system says it."""
    handles = Path("/proc/self/fd")
    return {os.path.realpath(place) for place in handles.iterdir()} if handles.exists() else set()


def main() -> None:
    """Run the commands; one that fails ends this."""
    pretend()
    from cardiogram.cli import main as run

    folder = sys.argv[1]
    for words in (
        ["check", folder],
        ["improve", folder, "--id", "me/ticket-router", "--write"],
        ["verify", folder],
        ["collect", "a-study", "--from", folder],
        ["rate", "a-study"],
    ):
        try:
            run(words)
        except SystemExit as ended:
            if ended.code not in (None, 0, 1):  # 1 is findings
                raise


if __name__ == "__main__":
    main()
