"""`hf cardiogram`: the commands of cardiogram, and an upload that checks the card first."""

from __future__ import annotations

import sys


def run() -> None:
    """Run the command line; a plain check needs neither click nor the upload."""
    from cardiogram import cli

    if not cli.check_plainly(sys.argv[1:]):
        from hf_cardiogram_upload import upload

        cards = (*cli.main.headings["Cards"], "upload")
        cli.main.headings = {**cli.main.headings, "Cards": cards}
        cli.main.add_command(upload)
        cli.main(prog_name="hf cardiogram")
