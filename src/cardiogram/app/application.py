"""What every answer of the app is made from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cardiogram.app.workspace import Workspace
from cardiogram.errors import CardNotFound
from cardiogram.judge.embedded import EmbeddedJudge

if TYPE_CHECKING:
    from cardiogram.hub import HubSession, Login

PATIENCE, TRIES = 30.0, 3
"""Seconds that a call to the Hub may wait, and how often it is tried."""


@dataclass(frozen=True, slots=True)
class App:
    """A workspace, a judge, and what may be done.

    Attributes
    ----------
    is_public
        Strangers ask: nothing is written, no key or login is used.
    has_hub
        Whether the Hub can be asked: a page in a browser alone reads it by other means.
    """

    workspace: Workspace
    judge: EmbeddedJudge
    is_public: bool = False
    has_hub: bool = True

    @property
    def endpoint(self) -> str:
        """The Hub's address, to which places of proof lead."""
        return self.session().endpoint if self.has_hub else "https://huggingface.co"

    def session(self) -> HubSession:
        """A door to the Hub for somebody who waits; strangers go through it without a login.

        Raises
        ------
        CardNotFound
            There is none.
        """
        if not self.has_hub:
            raise CardNotFound(
                "nothing is read from the Hub here", hint="Paste the card, or drop its folder."
            )
        from cardiogram.hub import HubSession

        login: Login = "none" if self.is_public else "own"
        return HubSession(patience=PATIENCE, tries=TRIES, login=login)

    def others(self) -> HubSession | None:
        """Where repositories are asked for that a folder names; None where nobody can be."""
        return self.session() if self.has_hub else None
