"""The stand-ins as fixtures, and an environment without anybody's login."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from commands import CommandLine
from made_space import make_once, serving
from stand_in import REAL_MODELS, StandIn, running_stand_in

from cardiogram.cli import main

# The client reads these when it is imported, so before any test module does that.
_HOME = tempfile.mkdtemp()
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(HF_HOME=_HOME, HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1")
os.environ.pop("HF_TOKEN", None)


@pytest.fixture(scope="session")
def stand_in() -> Iterator[StandIn]:
    with running_stand_in() as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium, for tests that need one."""
    from chromium import running_browser

    with running_browser() as found:
        yield found


@pytest.fixture(scope="session")
def space_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that rates by itself: `make space`."""
    return make_once(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def space(space_folder: Path) -> Iterator[str]:
    """Its address."""
    with serving(space_folder) as address:
        yield address


@pytest.fixture
def hub(stand_in: StandIn) -> StandIn:
    """Give the stand-in as it was when it started."""
    stand_in.reset()
    return stand_in


@pytest.fixture(scope="module")
def real_models() -> Iterator[StandIn]:
    """Serve the 473 real models alone."""
    with running_stand_in(*REAL_MODELS) as hub:
        yield hub


@pytest.fixture
def models(real_models: StandIn) -> StandIn:
    real_models.reset()
    return real_models


@pytest.fixture
def cli(tmp_path: Path, models: StandIn) -> CommandLine:
    return CommandLine(tmp_path, models.url)


@pytest.fixture
def command(tmp_path: Path, hub: StandIn, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give what runs a command in this process, in an empty folder, against the stand-in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    return lambda *words, given="": CliRunner().invoke(main, list(words), given)


@pytest.fixture(autouse=True)
def nobody_logged_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever imported the client first, no test meets a real login."""
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", f"{_HOME}/token")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", True)
