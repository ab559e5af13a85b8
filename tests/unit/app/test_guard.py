import ctypes
import os
import socket
import sys
import threading
from collections.abc import Iterator

import pytest

from cardiogram.app.guard import Allowance, identify_client, is_same_user, peers
from cardiogram.app.guard.allowance import MOST_CLIENTS

HERE, THERE = ("127.0.0.1", 0xAE03), ("127.0.0.1", 0xE7BE)
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says whose they are")


def write_row(uid: int, inode: int = 1794183, ends: str = "0100007F:E7BE 0100007F:AE03") -> str:
    return f"   4: {ends} 01 00000000:00000000 00:00000000 00000000 {uid:5} 0 {inode} 2\n"


@only_linux
@pytest.mark.parametrize(
    ("rows", "same"),
    [
        (write_row(1000), True),
        (write_row(0), True),
        (write_row(1001), False),
        (write_row(1000, inode=0), False),  # closed: the system says root, and it may be anybody's
        (write_row(0, inode=0), False),
        ("", False),
        (write_row(1000, ends="0100007F:AE03 0100007F:E7BE"), False),  # the app's own end
        (write_row(1000) + write_row(1001), False),
        (write_row(1000, ends=f"{'0' * 16}FFFF00000100007F:E7BE {'0' * 24}0100007F:AE03"), True),
    ],
)
def test_who_holds_a_socket_says_who_asks(
    rows: str, same: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peers, "_read", lambda _: HEAD + rows)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert is_same_user(HERE, THERE) is same


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@only_linux
def test_a_program_of_ours_is_of_the_same_user(listener: socket.socket) -> None:
    with socket.create_connection(listener.getsockname()) as peer:
        assert is_same_user(listener.getsockname(), peer.getsockname())
    assert not is_same_user(listener.getsockname(), peer_of_nobody(listener))


def peer_of_nobody(listener: socket.socket) -> tuple[str, int]:
    """Ends of a connection that was closed at once."""
    with socket.create_connection(listener.getsockname()) as peer:
        end: tuple[str, int] = peer.getsockname()
    return end


@only_linux
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act for others")
def test_a_program_of_another_user_is_not(listener: socket.socket) -> None:
    made: list[socket.socket] = []

    def connect() -> None:
        libc = ctypes.CDLL(None)
        libc.setfsuid(65534)  # of this thread alone
        made.append(socket.create_connection(listener.getsockname()))
        libc.setfsuid(0)

    thread = threading.Thread(target=connect)
    thread.start()
    thread.join()
    with made[0] as peer:
        assert not is_same_user(listener.getsockname(), peer.getsockname())


def test_a_client_asks_in_bursts_and_then_at_its_rate() -> None:
    allowance = Allowance(rate=2, burst=3)
    assert [allowance.spend("a", now=10) for _ in range(4)] == [0, 0, 0, 0.5]
    assert allowance.spend("b", now=10) == 0
    assert [allowance.spend("a", now=10.5) for _ in range(2)] == [0, 0.5]
    assert [allowance.spend("a", now=99) for _ in range(4)] == [0, 0, 0, 0.5]
    assert allowance.spend("a", cost=2, now=99.5) == 0.5


def test_what_took_long_is_paid_for_later() -> None:
    allowance = Allowance(rate=2, burst=3)
    assert allowance.spend("a", now=10) == 0
    allowance.charge("a", 4)
    assert allowance.spend("a", now=10) == 1.5
    allowance.charge("a", 1000)
    assert allowance.spend("a", now=12) == 0


def test_clients_that_ask_no_more_are_forgotten() -> None:
    allowance = Allowance(rate=1, burst=1)
    for i in range(MOST_CLIENTS + 5):
        allowance.spend(str(i), now=0)
    assert len(allowance._buckets) == MOST_CLIENTS
    assert allowance.spend("0", now=0) == 0
    assert allowance.spend(str(MOST_CLIENTS), now=0) == 1


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("8.8.8.8", "", "8.8.8.8"),
        ("8.8.8.8", "9.9.9.9", "8.8.8.8"),  # anybody can write it
        ("10.0.0.7", "1.2.3.4, 9.9.9.9, 10.1.1.1", "9.9.9.9"),
        ("10.0.0.7", "1.2.3.4, 9.9.9.9:50123", "9.9.9.9"),
        ("10.0.0.7", "1.2.3.4, [2a00:1450:4001:830::200e]:50123", "2a00:1450:4001:830::"),
        ("10.0.0.7", "", "10.0.0.7"),
        ("10.0.0.7", "unknown, 999.1.1.1,", "10.0.0.7"),
        ("127.0.0.1", "2a00:1450:4001:830::200e", "2a00:1450:4001:830::"),
        ("::ffff:8.8.8.8", "", "8.8.8.8"),
        ("2a00:1450:4001:830:ffff::1", "9.9.9.9", "2a00:1450:4001:830::"),
    ],
)
def test_a_client_is_whom_its_proxy_names(peer: str, forwarded: str, client: str) -> None:
    assert identify_client(peer, forwarded) == client
