"""`cardiogram-mcp`: the tools of a folder, over standard input and output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cardiogram.errors import CardiogramError

_USE = """\
Usage: cardiogram-mcp [FOLDER]

Serves facts, check_card, improve_card and verify_card over the Model Context Protocol. An agent
starts it, and speaks to its standard input. Paths are read below FOLDER, the working folder unless
given, and nowhere else; nothing is written or sent.
"""


def run() -> None:
    """Serve until the input ends."""
    folder, *others = sys.argv[1:] or ["."]
    if others or folder.startswith("-"):
        sys.stderr.write(_USE)
        sys.exit(0 if folder in ("-h", "--help") else 2)
    try:
        os.chdir(folder)
        from cardiogram.agents import make_server
    except OSError as error:
        sys.exit(_refuse(f"no folder {folder!r}: {error.strerror}"))
    except CardiogramError as error:
        sys.exit(_refuse(f"{error.message}\n  {error.hint}"))
    try:
        make_server(Path.cwd()).run()
    except KeyboardInterrupt:
        sys.exit(130)


def _refuse(words: str) -> int:
    sys.stderr.write(f"cardiogram-mcp: {words}\n")
    return 2


if __name__ == "__main__":
    run()
