"""Settings of every test."""

import gc
import socketserver
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from cardiogram.cards.features import literals
from cardiogram.cards.parser import markdown_events

# Two processes share the machine: how long an example takes says nothing of the code.
settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")

# A server's answer goes out in two parts; without this the second waits 40 ms for the client.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays to the end: it is looked through for garbage never."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def no_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cards are read in Python alone, as where neither compiled package is installed."""
    monkeypatch.setattr(markdown_events, "pyromark", None)
    monkeypatch.setattr(literals, "BytesAhoCorasick", None)
