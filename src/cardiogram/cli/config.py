"""Settings from cardiogram.toml: defaults for the options of the commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from cardiogram.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover
    import tomli as tomllib


def read_settings(path: Path) -> dict[str, Any]:
    """Read a settings file: one table a command, with the names of its options.

    ::

        [check]
        min = 3

        [judges.measure]
        draws = 5000

    Raises
    ------
    ConfigError
        The file is not TOML.
    """
    try:
        settings: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read {str(path)!r}: {error}", hint="Mend the file, or move it away."
        ) from error
    return settings
