"""How much a client may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

MOST_CLIENTS = 20_000
"""That are remembered; of more, those that have asked for longest ago are forgotten."""


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Allowance:
    """Requests that every client may send: a burst, refilled at a rate (a token bucket).

    Parameters
    ----------
    rate
        Requests a second.
    burst
        Requests at once.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def spend(self, client: str, cost: float = 1.0, now: float | None = None) -> float:
        """Spend a client's allowance on a request.

        Returns
        -------
        float
            0 where it was enough; otherwise the seconds after which it will be, and nothing is
            spent.
        """
        if self._rate == float("inf"):
            return 0.0
        now = time.monotonic() if now is None else now
        bucket = self._buckets.setdefault(client, _Bucket(self._burst, now))
        self._buckets.move_to_end(client)
        if len(self._buckets) > MOST_CLIENTS:
            self._buckets.popitem(last=False)
        bucket.left = min(self._burst, bucket.left + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.left < cost:
            return (cost - bucket.left) / self._rate
        bucket.left -= cost
        return 0.0

    def charge(self, client: str, cost: float) -> None:
        """Take what a request has cost beyond what was known before: others wait for it later."""
        bucket = self._buckets.get(client)
        if bucket is not None:
            bucket.left = max(bucket.left - cost, -self._burst)


def identify_client(peer: str, forwarded: str) -> str:
    """Who sent a request, to count theirs together.

    Parameters
    ----------
    peer
        Address at the other end of the connection.
    forwarded
        The header X-Forwarded-For, which anybody can write: it is read only where the peer is in
        a private network, as the proxy of a host is, and then its last address of the internet.

    Returns
    -------
    str
        An IPv4 address, or the /64 network of an IPv6 address, all of which a client may have.
    """
    if not is_global(peer):
        peer = next((end for end in _read_backwards(forwarded) if is_global(end)), peer)
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return peer


def is_global(address: str) -> bool:
    """Whether it is an address of the internet."""
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _read_backwards(forwarded: str) -> list[str]:
    return [_strip_port(end.strip().strip('"')) for end in reversed(forwarded[-1000:].split(","))]


def _strip_port(end: str) -> str:
    """Take away a port, which would make everybody another client at every connection."""
    if end.startswith("["):
        return end[1:].partition("]")[0]
    return end.partition(":")[0] if end.count(":") == 1 else end
