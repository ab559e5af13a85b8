"""What is printed, and how it looks, without click: `check` starts in half the time."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

from cardiogram.errors import CardiogramError, ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from cardiogram.report.terminal import Look


def echo(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print a text, to stdout with its colours; click knows what needs care."""
    stream = sys.stderr if err else sys.stdout
    coloured_error = err and "\033" in text
    if os.name == "nt" or str(stream.encoding).lower() != "utf-8" or coloured_error:
        import click

        click.echo(text + end, nl=False, err=err, color=None if err else True)
        return
    stream.write(text + end)
    stream.flush()


def print_error(error: CardiogramError) -> None:
    """Say on stderr what went wrong and what helps."""
    echo(f"cardiogram: {error.message}", err=True)
    if error.hint:
        echo(f"  {_as_typed(error.hint)}", err=True)


def _program() -> str:
    """What people type before a command: the extension of `hf` has a script of its own."""
    return "hf cardiogram" if "hf-cardiogram" in os.path.basename(sys.argv[0]) else "cardiogram"


def _as_typed(hint: str) -> str:
    """A hint with its command as it is typed here."""
    start, is_after, command = hint.rpartition(": ")
    if not command.startswith("cardiogram "):
        return hint
    return f"{start}{is_after}{_program()}{command.removeprefix('cardiogram')}"


def add_summary(path: Path, text: str) -> None:
    """Add a text to the end of a file, and a blank line.

    Raises
    ------
    ConfigError
        The file cannot be written.
    """
    try:
        with open(path, "a", encoding="utf-8", newline="\n") as file:
            file.write(f"{text}\n")
    except OSError as error:
        raise ConfigError(f"cannot write {str(path)!r}: {error.strerror}") from error


def look_of(form: str, verbose: bool, minimum: float | None = None) -> Look:
    """How to print: as wide as the terminal, from 60 to 80, and in colour where it is one."""
    from cardiogram.report.terminal import Look

    shown = form == "text" and sys.stdout.isatty()
    colour = shown and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = _width() if shown else 80
    return Look(width, colour, "all" if verbose else "short", minimum, _letters(), _program())


def _letters() -> Literal["all", "ascii"]:
    """Whether what is printed to can write block characters."""
    try:
        "▁█░│".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return "ascii"
    return "ascii" if os.environ.get("TERM") == "dumb" else "all"


def _width() -> int:
    from shutil import get_terminal_size  # it loads what unpacks archives

    return max(60, min(80, get_terminal_size().columns))
