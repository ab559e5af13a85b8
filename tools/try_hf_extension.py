"""`hf cardiogram`, installed and run by `hf` itself; GitHub alone is stood in for.

Run with the words of `hf`, this is `hf` for which the folder of the extension is the repository
on GitHub: its files are read there, and its archive is that folder with the wheel beside it.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from try_release import Installed

FOLDER = Path(__file__).parents[1] / "deploy" / "hf-cardiogram"
_COMMIT = "0123456789" * 4


def install_extension(here: Installed, installer: str) -> Installed:
    """The environment with the extension in its home, as `hf extensions install` puts it there."""
    places = [str(Path(installer).parent), here.environ["PATH"]]
    environ = {
        **here.environ,
        "PATH": os.pathsep.join(places),
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "WHEEL": str(here.wheel),
    }
    there = replace(here, environ=environ)
    there.run(there.python, __file__, "extensions", "install", "owner/hf-cardiogram")
    (row,) = json.loads(there.run(there.program("hf"), "extensions", "list", "--format", "json"))
    assert (row["command"], row["type"]) == ("hf cardiogram", "python"), row
    return there


def use_extension(here: Installed, model: Path) -> None:
    """Its four commands on a folder; the card of `model` is improved."""

    def hf(*words: object, code: int = 0) -> str:
        return here.run(here.program("hf"), "cardiogram", *words, code=code)

    hf("improve", model, "--write")
    assert "of 5" in hf("check", model)
    assert "of 5" in hf("upload", "owner/name", model)
    card = model / "README.md"
    card.write_text(card.read_text("utf-8") + "\nThis model has 99 labels.\n", "utf-8")
    assert "99 labels" in hf("verify", model, code=1)
    assert "99 labels" in hf("upload", "owner/name", model, "--send", code=1)


def time_extension(here: Installed, card: Path) -> str:
    """What `hf cardiogram check` takes beside `hf version` and `cardiogram check` in a row."""
    hf = here.program("hf")
    commands: tuple[Sequence[object], ...] = (
        (hf, "version"),
        (here.program("cardiogram"), "check", card),
        (hf, "cardiogram", "check", card),
    )
    taken: list[list[float]] = [[] for _ in commands]
    for _ in range(3):
        for command, seconds in zip(commands, taken, strict=True):
            started = time.perf_counter()
            here.run(*command)
            seconds.append(time.perf_counter() - started)
    version, check, both = map(statistics.median, taken)
    assert both < version + check + 2, "ten times what may be between them"
    return f"hf version {version:.2f} s, check {check:.2f} s, hf cardiogram check {both:.2f} s"


def _answer(request: Any) -> Any:
    """What GitHub says of the repository."""
    import httpx2

    name = Path(request.url.path).name
    file = FOLDER / name
    if request.url.host == "raw.githubusercontent.com" and not file.exists():
        return httpx2.Response(404)
    text = f"0000{_COMMIT} HEAD\0" if name == "refs" else ""
    return httpx2.Response(200, content=file.read_bytes() if file.is_file() else text.encode())


def _run(command: list[str], **settings: Any) -> Any:
    """A command of the installer, with the folder and the wheel for the archive."""
    words = list(command)
    if words[-1].startswith("https://github.com/"):
        words[-1:] = [str(FOLDER), os.environ["WHEEL"]]
    return _RUN(words, **settings)


_RUN = subprocess.run

if __name__ == "__main__":
    import httpx2
    from huggingface_hub import set_client_factory
    from huggingface_hub.cli.hf import main as hf

    set_client_factory(lambda: httpx2.Client(transport=httpx2.MockTransport(_answer)))
    subprocess.run = _run  # type: ignore[assignment]
    hf()  # type: ignore[no-untyped-call]
