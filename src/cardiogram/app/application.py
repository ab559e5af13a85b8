"""What every answer of the app is made from."""

from __future__ import annotations

from dataclasses import dataclass

from cardiogram.app.workspace import Workspace
from cardiogram.hub import HubSession, Login
from cardiogram.judge.embedded import EmbeddedJudge

PATIENCE, TRIES = 30.0, 3
"""Seconds that a call to the Hub may wait, and how often it is tried."""


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
        """A door to the Hub for somebody who waits; strangers go through it without a login."""
        login: Login = "none" if self.is_public else "own"
        return HubSession(patience=PATIENCE, tries=TRIES, login=login)
