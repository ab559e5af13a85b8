"""docs/whole-loop.md as its reader runs it: every command, and what it prints.

UPDATE_SNAPSHOTS=1 writes what is printed into the page, but where a line `...` stands for others.
"""

from __future__ import annotations

import os
import re
import runpy
import shlex
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from cardiogram.cli import main

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "whole-loop.md"
GAP = "..."
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_VARIES = re.compile(r"\d{4}-\d\d-\d\d|127\.0\.0\.1:\d+|(?<=commit )[0-9a-f]{7}")


SMALL_HUB = SimpleNamespace(**runpy.run_path(str(ROOT / "examples" / "loop" / "small_hub.py")))


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The small Hub, in a folder that is the reader's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("reader")
        patch.chdir(folder)
        patch.setenv("HF_TOKEN", "hf_acme")
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        with SMALL_HUB.serve() as server:
            address = f"http://127.0.0.1:{server.server_port}"
            patch.setattr("huggingface_hub.constants.ENDPOINT", address)
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            yield server
            server.shutdown()
            thread.join()


def steps(block: str) -> Iterator[tuple[str, str]]:
    """Each command of a block with what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        size = next(n for n, line in enumerate(lines, 1) if not line.endswith("\\\n"))
        yield "".join(lines[:size]), "".join(lines[size:])


def run(command: str, hub: Any) -> str:
    """What a command of the page prints."""
    words = shlex.split(command.replace("\\\n", " "))
    if words[0] == "python":
        assert (ROOT / words[1].partition("cardiogram/")[2]).is_file()
        return f"{SMALL_HUB.greet(hub)}\n"
    if words[0] == "curl":
        place = words[-1].rpartition("/")[2]
        address = f"http://127.0.0.1:{hub.server_port}/{place}"
        with urllib.request.urlopen(urllib.request.Request(address, method="POST")) as answer:
            return f"{answer.read().decode()}\n"
    done = CliRunner().invoke(main, words[1:])
    assert done.exit_code == 0, done.output
    return done.stdout


def agrees(shown: str, printed: str) -> bool:
    """Whether a page shows what was printed, but for days, and for lines that it leaves out."""
    parts = [re.escape(_VARIES.sub("X", part)) for part in shown.split(f"{GAP}\n")]
    return re.fullmatch(r"(?:.*\n)*".join(parts), _VARIES.sub("X", printed)) is not None


def test_the_page_is_what_its_reader_sees(hub: Any) -> None:
    text = PAGE.read_text("utf-8")
    update = bool(os.environ.get("UPDATE_SNAPSHOTS"))
    for block in _BLOCK.findall(text):
        made = ""
        for command, shown in steps(block):
            printed = "\n".join(map(str.rstrip, run(command, hub).splitlines())) + "\n"
            kept = update and f"{GAP}\n" in shown
            made += f"$ {command}{shown if kept else printed}"
            assert (update and not kept) or agrees(shown, printed), made
        if update:
            text = text.replace(f"```console\n{block}```", f"```console\n{made}```")
    if update:
        PAGE.write_text(text.replace(f"127.0.0.1:{hub.server_port}", "127.0.0.1:8765"), "utf-8")
