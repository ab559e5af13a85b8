"""Connections of the app: none is waited for forever, and there are never too many."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from cardiogram.app.guard.allowance import is_global
from cardiogram.app.guard.limits import Limits
from cardiogram.app.guard.peers import is_same_user
from cardiogram.app.guard.requests import answer_stranger


class GuardedConnection(H11Protocol):
    """A connection whose requests must come, and whose answers must be read, in time.

    Parameters
    ----------
    limits
        How long, and how many.
    same_user
        Whether programs of other people on this machine are refused.
    """

    def __init__(self, *arguments: Any, limits: Limits, same_user: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._limits = limits
        self._same_user = same_user
        self._since = 0.0
        self._stuck_since: float | None = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, and close another where there are too many."""
        super().connection_made(transport)
        self._since = self.loop.time()
        self._look_again()
        if self._same_user and self.server and self.client:
            here, there = self.server, self.client
            if here[1] is None or not is_same_user((here[0], here[1]), there):
                self.app = answer_stranger
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Note that what was sent is not read."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Note that it is read."""
        self._stuck_since = None
        super().resume_writing()

    @property
    def address(self) -> str:
        """Who is at the other end."""
        return self.client[0] if self.client else ""

    @property
    def is_waiting(self) -> bool:
        """Whether its request has not come yet."""
        return self.cycle is None or self.cycle.response_complete or self.cycle.more_body

    @property
    def waits_since(self) -> float:
        """Since when it keeps the app waiting: for a request, or for a reader."""
        if self.is_waiting:
            return self._since
        return self.loop.time() if self._stuck_since is None else self._stuck_since

    def give_up(self) -> None:
        """Close the connection at once."""
        self.connections.discard(self)
        self.transport.abort()

    def _look_again(self) -> None:
        until = self.waits_since + self._limits.patience
        if until <= self.loop.time():
            self.give_up()
        else:
            self._timer = self.loop.call_at(until, self._look_again)

    def _make_room(self) -> None:
        """Close the connection that has waited for longest where there are too many."""
        every = [peer for peer in self.connections if isinstance(peer, GuardedConnection)]
        of_client = [peer for peer in every if peer.address == self.address]
        if len(of_client) > self._limits.connections_a_client and is_global(self.address):
            _close_idlest(of_client, self)
        elif len(every) > self._limits.connections:
            _close_idlest(every, self)


def _close_idlest(connections: list[GuardedConnection], newest: GuardedConnection) -> None:
    waiting = [peer for peer in connections if peer.is_waiting]
    min(waiting, key=lambda peer: peer.waits_since, default=newest).give_up()


def guard_connections(limits: Limits, same_user: bool) -> Any:
    """Make what uvicorn makes its connections by."""
    return partial(GuardedConnection, limits=limits, same_user=same_user)
