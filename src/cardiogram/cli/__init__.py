"""The command line: options -> one call -> print -> exit code.

Data goes to stdout, everything else to stderr. Exit code 0 is fine, 1 findings, 2 could not do
it. A flag beats the environment (CARDIOGRAM_COMMAND_OPTION), that beats cardiogram.toml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.cli.command_line import main
    from cardiogram.cli.plain_check import check_plainly

attach(__name__)
