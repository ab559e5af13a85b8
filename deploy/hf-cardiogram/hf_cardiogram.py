"""`hf cardiogram`: the commands of cardiogram, and an upload that checks the card first."""

from __future__ import annotations

import sys

from cardiogram import __main__ as cardiogram


def run() -> None:
    """Run the command line; `check` alone needs neither click nor the upload."""
    if sys.argv[1:2] != ["check"]:
        from hf_cardiogram_upload import add_upload

        add_upload()
    cardiogram.run("hf cardiogram")
