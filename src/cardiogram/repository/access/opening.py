"""A repository from whatever names it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.errors import ConfigError, HubError
from cardiogram.repository.access.dropped import DroppedFile, DroppedRepository
from cardiogram.repository.access.folder import FolderRepository
from cardiogram.repository.access.repository import Others, Repository, RepositoryType

if TYPE_CHECKING:
    from cardiogram.hub import HubSession

_HINT = "Give a folder, the README.md in it, OWNER/NAME on the Hub or its address."


def open_dropped(
    files: Iterable[DroppedFile],
    session: HubSession | None = None,
    *,
    of: RepositoryType = "model",
    id: str = "",
) -> Repository:
    """A repository in files that were sent.

    Parameters
    ----------
    session
        Where other repositories are asked for; None asks for none.
    id
        Its name on the Hub; "" takes that of its proof.

    Raises
    ------
    DataError
        A path leads out, stands there twice, or its size cannot be.
    """
    return DroppedRepository(files, _others(session), of=of, id=id)


def open_folder(
    path: Path | str,
    session: HubSession | None = None,
    *,
    of: RepositoryType = "model",
    id: str = "",
) -> Repository:
    """A repository in a folder.

    Parameters
    ----------
    session
        Where other repositories are asked for; None asks for none.
    id
        Its name on the Hub; "" takes that of its git remote, or of the client's cache.

    Raises
    ------
    ConfigError
        It is no folder.
    """
    return FolderRepository(Path(path), _others(session), of=of, id=id)


def open_repository(
    target: str, session: HubSession | None = None, *, of: RepositoryType = "model"
) -> Repository:
    """The repository that a target names: an id, a pasted address, a folder, or a file in it.

    Parameters
    ----------
    session
        Where the Hub is asked; None makes one for an id, and asks for nothing beside a folder.

    Raises
    ------
    ConfigError
        The target names nothing.
    HubError
        The Hub has no such repository, or does not give it.
    """
    if target and os.path.exists(target):
        path = Path(target)
        return open_folder(path if path.is_dir() else path.parent, session, of=of)
    from cardiogram.hub import read_address, say_no_file
    from cardiogram.repository.access.on_hub import open_on_hub

    address = read_address(target, "dataset" if of == "dataset" else "model")
    if address is None or address.id.endswith((".", "-")):
        raise ConfigError(f"no file {target!r}, and it is not a repository's id", hint=_HINT)
    whose = "space" if of == "space" else address.of
    try:
        return open_on_hub(session, address.id, whose, address.revision)
    except HubError as error:
        raise say_no_file(target, error) from error.__cause__


def _others(session: HubSession | None) -> Others | None:
    """Where a folder's other repositories are asked for."""
    if session is None:
        return None
    from cardiogram.repository.access.on_hub import other_on_hub

    return partial(other_on_hub, session)
