"""A repository at one commit, from a folder or the Hub: what may be read of it, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.access.dropped import DroppedFile
    from cardiogram.repository.access.folder import FolderRepository
    from cardiogram.repository.access.folder_name import FolderName, name_folder
    from cardiogram.repository.access.git_clone import (
        FileChange,
        GitClone,
        GitCommit,
        cloned,
        find_commit,
        has_git,
        open_clone,
        run_git,
    )
    from cardiogram.repository.access.on_hub import HubRepository, open_on_hub
    from cardiogram.repository.access.opening import (
        open_dropped,
        open_folder,
        open_repository,
    )
    from cardiogram.repository.access.repository import (
        Repository,
        RepositoryCommit,
        RepositoryFile,
        RepositoryType,
    )
    from cardiogram.repository.access.withheld import withhold, withhold_logins

attach(__name__)
