"""A repository at one commit, from a folder or the Hub: what may be read of it, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.access.repository import Repository, RepositoryFile, RepositoryType

attach(__name__)
