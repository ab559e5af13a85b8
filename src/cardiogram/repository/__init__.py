"""What a repository proves, what its card says, and where the two contradict each other.

::

    access/ (a folder or the Hub, one commit) -> formats/ -> facts/ \
                                               statements/ (card) -> contradictions/ -> proof/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.access import (
        DroppedFile,
        Repository,
        RepositoryFile,
        open_dropped,
        open_folder,
        open_on_hub,
        open_repository,
    )
    from cardiogram.repository.contradictions import Contradiction
    from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts, Value
    from cardiogram.repository.facts import holds_weights, read_facts
    from cardiogram.repository.proof import Claim
    from cardiogram.repository.statements import Statement

attach(__name__)
