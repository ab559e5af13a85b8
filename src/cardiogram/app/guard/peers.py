"""Whose program is at the other end of a connection within this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_ROOT = 0


def is_same_user(here: tuple[str, int], there: tuple[str, int]) -> bool:
    """Whether a connection within this machine comes from a program of the same user, or of root.

    Everybody on a machine can reach its ports: another person could use the app's access to files
    and its login. Only Linux says who is at the other end; where nobody does, everybody is taken
    for the same user.

    Parameters
    ----------
    here, there
        The two ends, IPv4 addresses and ports.
    """
    if not sys.platform.startswith("linux"):
        return True
    tables = [_read(path) for path in _TABLES]
    if not any(tables):
        return True
    ends = (_write(there), _write(here))
    owners = {owner for table in tables for owner in _read_owners(table, ends)}
    return bool(owners) and owners <= {os.geteuid(), _ROOT}


def _read(path: str) -> str:
    try:
        return Path(path).read_text("ascii")
    except OSError:
        return ""


def _read_owners(table: str, ends: tuple[str, str]) -> Iterator[int]:
    """Users who hold the socket of those ends; a socket that was closed is nobody's."""
    for line in table.splitlines()[1:]:
        fields = line.split()
        if (fields[1][-13:], fields[2][-13:]) == ends and fields[9] != "0":
            yield int(fields[7])


def _write(end: tuple[str, int]) -> str:
    """Write an address as the tables do: the bytes of the number in this machine's order."""
    address, port = end
    number = int.from_bytes(IPv4Address(address).packed, sys.byteorder)
    return f"{number:08X}:{port:04X}"
