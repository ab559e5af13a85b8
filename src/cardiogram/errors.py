"""Everything that cardiogram raises on purpose.

::

    CardiogramError          message, hint (the command that mends it), exit code 2
    ├── ConfigError          a wrong option, a missing extra, a file that is not there
    ├── DataError            a study folder or an input file that cannot be used as it is
    │   ├── StudyBusy        another process works on this study folder
    │   ├── DamagedFile      a file of a study cannot be read
    │   └── NoCard           a file that is no card at all
    ├── HubError             the Hub did not do what was asked
    │   ├── CardNotFound     no such repository, or no README.md in it
    │   ├── AccessDenied     gated, private or disabled
    │   └── RateLimited      still refused after the longest wait allowed
    └── JudgeError           a judge that is not there or cannot work

One bad card among millions is a row with a problem, never one of these.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class CardiogramError(Exception):
    """The root of the tree: one clear sentence, and what to do about it.

    Parameters
    ----------
    message
        What happened, with the offending value quoted.
    hint
        The command or the change that mends it; empty when there is none.
    """

    exit_code = 2

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if hint and sys.version_info >= (3, 11):  # shown below a traceback, as in a notebook
            self.add_note(hint)


class ConfigError(CardiogramError):
    """A wrong option, a missing extra, or a file that is not there."""


class DataError(CardiogramError):
    """A study folder or an input file that cannot be used as it is."""


class StudyBusy(DataError):
    """Another process holds this study folder."""


class DamagedFile(DataError):
    """A file of a study cannot be read; what made it can make it again."""

    def __init__(self, message: str, *, hint: str = "", path: Path | None = None) -> None:
        super().__init__(message, hint=hint)
        self.path = path


class NoCard(DataError):
    """A file that is no card: a picture, an empty file, a project's README."""


class HubError(CardiogramError):
    """The Hub did not do what was asked."""


class CardNotFound(HubError):
    """No such repository, or no README.md in it."""


class AccessDenied(HubError):
    """The repository is gated, private or disabled for this login."""


class RateLimited(HubError):
    """The Hub still refused after the longest wait allowed."""


class JudgeError(CardiogramError):
    """A judge that does not exist or cannot work."""
