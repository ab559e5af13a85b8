"""`cardiogram` and `python -m cardiogram`."""

from __future__ import annotations

import gc
import sys


def run() -> None:
    """Run the command line; what is left at its end goes with the process, unlooked at."""
    gc.set_threshold(200_000)  # a start makes many objects and hardly a cycle
    from cardiogram import cli

    try:
        if not cli.check_plainly(sys.argv[1:]):
            cli.main(prog_name="cardiogram")
    finally:
        gc.freeze()


if __name__ == "__main__":
    run()
