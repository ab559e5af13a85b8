"""`check` with targets and plain flags alone, as commit hooks run it: read without click.

To load click takes a sixth of the time of a check. What is not as plain as that is left to it:
options with values, the environment's and cardiogram.toml's defaults, mistakes, Windows.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence

_FLAGS = frozenset(("--fix", "--if-card", "--json", "--verbose", "-v"))


def check_plainly(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Run `check`, which ends with the process's exit code; False where that needs click."""
    flags = _FLAGS.intersection(words[1:])
    targets = tuple([word for word in words[1:] if word not in _FLAGS])
    if (
        not targets
        or words[0] != "check"
        or any([word[:1] == "-" and word != "-" for word in targets])
        or any([name.lstrip("_").startswith("CARDIOGRAM_") for name in environment])
        or os.path.lexists("cardiogram.toml")
        or os.name == "nt"
    ):
        return False
    from cardiogram.cli.cards import check_cards
    from cardiogram.cli.printing import echo, print_error
    from cardiogram.errors import CardiogramError

    try:
        check_cards(
            targets,
            fixes="--fix" in flags,
            verbose=not flags.isdisjoint(("--verbose", "-v")),
            if_card="--if-card" in flags,
            as_json="--json" in flags,
        )
    except CardiogramError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        echo("stopped; run the same command again to continue", err=True)
        sys.exit(130)
    except BrokenPipeError:  # whoever read the output has gone: nothing is left to write to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    return True
