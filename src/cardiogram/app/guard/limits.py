"""How much the app takes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the app takes on.

    Attributes
    ----------
    patience
        Seconds that a request may take to come, however often a byte of it does, and in which
        something of an answer must be read.
    connections
        At the same time; of more, the one whose request has not come for longest is closed.
    connections_a_client
        Of these, from one address of the internet.
    request_bytes
        Of a request's body.
    bytes_at_once
        Of the bodies of all requests that are answered.
    heavy_a_client
        Requests for much work that are answered for a client at the same time.
    rate, burst
        Requests a second that a client may send, and how many at once.
    """

    patience: float = 30
    connections: int = 256
    connections_a_client: int = 256
    request_bytes: int = 8_000_000
    bytes_at_once: int = 100_000_000
    heavy_a_client: int = 64
    rate: float = float("inf")
    burst: float = float("inf")


PRIVATE = Limits()
"""For a person on a machine of their own."""

PUBLIC = Limits(connections_a_client=32, heavy_a_client=2, rate=10, burst=60)
"""For strangers."""
