"""A lock on an open file, as each system has it: the system frees it when the process ends."""

from __future__ import annotations

import sys
import time
from typing import IO

if sys.platform == "win32":
    import msvcrt

    _BEHIND = 1 << 30  # a locked byte cannot be read, and what stands in the file is for others
    _PAUSE = 0.05

    def try_lock(file: IO[bytes]) -> bool:
        """Lock a file for this process, unless another has it."""
        file.seek(_BEHIND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def wait_for_lock(file: IO[bytes]) -> None:
        """Lock a file for this process as soon as no other has it."""
        while not try_lock(file):
            time.sleep(_PAUSE)

    def is_free(file: IO[bytes]) -> bool:
        """Whether no process has locked a file."""
        if not try_lock(file):
            return False
        file.seek(_BEHIND)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        return True

else:
    import fcntl

    def try_lock(file: IO[bytes]) -> bool:
        """Lock a file for this process, unless another has it."""
        return _try(file, fcntl.LOCK_EX)

    def wait_for_lock(file: IO[bytes]) -> None:
        """Lock a file for this process as soon as no other has it."""
        fcntl.flock(file, fcntl.LOCK_EX)

    def is_free(file: IO[bytes]) -> bool:
        """Whether no process has locked a file; several may ask at once."""
        free = _try(file, fcntl.LOCK_SH)
        if free:
            fcntl.flock(file, fcntl.LOCK_UN)  # a copy in a forked process would hold it
        return free

    def _try(file: IO[bytes], kind: int) -> bool:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
