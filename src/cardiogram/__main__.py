"""`cardiogram` and `python -m cardiogram`."""

from __future__ import annotations

import gc
import io
import os
import sys


def run(program: str = "cardiogram") -> None:
    """Run the command line; what is left at its end goes with the process, unlooked at."""
    for stream in (sys.stdout, sys.stderr):
        _write_all_letters(stream)
    gc.set_threshold(200_000)  # a start makes many objects and hardly a cycle
    from cardiogram import cli

    try:
        if not cli.check_plainly(sys.argv[1:]):
            cli.main(prog_name=program)
    finally:
        gc.freeze()


def _write_all_letters(stream: object) -> None:
    """Escape what a stream has no letter for; Windows sends UTF-8 to files and other programs."""
    if not isinstance(stream, io.TextIOWrapper) or stream.encoding.lower() == "utf-8":
        return
    if os.name == "nt" and not stream.isatty() and "PYTHONIOENCODING" not in os.environ:
        stream.reconfigure(encoding="utf-8")
    else:
        stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    run()
