"""What every answer of the app is made from."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.workspace import Workspace
from cardiogram.hub import HubSession
from cardiogram.judge.embedded import EmbeddedJudge


@dataclass(frozen=True, slots=True)
class App:
    """A workspace, a judge, and what may be done.

    Attributes
    ----------
    is_public
        Strangers ask: nothing is written, no key or login is used.
    """

    workspace: Workspace
    judge: EmbeddedJudge
    is_public: bool = False

    def session(self) -> HubSession:
        """A door to the Hub, with the person's own login."""
        return HubSession()
