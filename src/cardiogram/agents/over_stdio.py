"""`cardiogram-mcp`: the tools of the working folder, over standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path

from cardiogram.errors import CardiogramError

_USE = """\
cardiogram-mcp serves check_card, facts, improve_card and verify_card of the working folder over
the Model Context Protocol. An agent starts it, and speaks to its standard input; it has no options.
"""


def run() -> None:
    """Serve until the input ends."""
    if sys.argv[1:]:
        sys.stderr.write(_USE)
        sys.exit(0 if sys.argv[1] in ("-h", "--help") else 2)
    try:
        from cardiogram.agents import make_server
    except CardiogramError as error:
        sys.stderr.write(f"cardiogram-mcp: {error.message}\n  {error.hint}\n")
        sys.exit(error.exit_code)
    try:
        make_server(Path.cwd()).run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run()
