"""The folder that the app works in: its studies, ledgers, readings and jobs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.errors import DataError

if TYPE_CHECKING:
    from cardiogram.store import Study

STUDY_FILE, LEDGER_FILE = "study.toml", "ledger.toml"


@dataclass(frozen=True, slots=True)
class Workspace:
    """A study, or a folder with studies, ledgers, readings, jobs and models in it.

    Attributes
    ----------
    root
        Absolute, links resolved: nothing outside it is ever read or written.
    """

    root: Path

    @classmethod
    def at(cls, folder: Path) -> Workspace:
        """Take a folder for a workspace.

        Raises
        ------
        DataError
            There is no such folder.
        """
        if not folder.is_dir():
            raise DataError(f"no folder {str(folder)!r}", hint="cardiogram serve shows this one")
        return cls(folder.resolve())

    def inside(self, path: str) -> Path:
        """Find the place of a path that came from outside.

        Raises
        ------
        DataError
            It leads out of the workspace, or cannot be a path.
        """
        try:
            place = (self.root / path).resolve()
            is_inside = place.is_relative_to(self.root)
            if is_inside:
                os.stat(place)
        except FileNotFoundError:
            pass  # it may be to come
        except (OSError, RuntimeError, ValueError) as error:  # also a name that is too long
            raise DataError(f"{path!r} is no path") from error
        if not is_inside:
            raise DataError(f"{path!r} is not in the folder that the app shows")
        return place

    def shorten(self, words: str) -> str:
        """Words for whoever looks at the app: they name no folder of this machine.

        Examples
        --------
        >>> Workspace(Path("/home/me/cards")).shorten("cardiogram analyze /home/me/cards/mine")
        'cardiogram analyze mine'
        >>> Workspace(Path("/home/me")).shorten("Log in, then run the same command again.")
        'Log in, then try again.'
        """
        words = words.replace("Run the same command again", "Try again")
        words = words.replace("run the same command again", "try again")
        return words.replace(f"{self.root}/", "").replace(str(self.root), ".")

    def studies(self) -> dict[str, Study]:
        """Its studies by name; itself, where it is one."""
        from cardiogram.store import Study

        return {name: Study(folder) for name, folder in self._with(STUDY_FILE).items()}

    def ledgers(self) -> dict[str, Path]:
        """Folders of its ledgers by name; itself, where it is one."""
        return self._with(LEDGER_FILE)

    def _with(self, file: str) -> dict[str, Path]:
        if (self.root / file).is_file():
            return {self.root.name: self.root}
        folders = sorted(each for each in self.root.iterdir() if not each.name.startswith("."))
        places = {each.name: each.resolve() for each in folders if (each / file).is_file()}
        return {name: place for name, place in places.items() if place.is_relative_to(self.root)}
