"""Settings from cardiogram.toml: defaults for the options of the commands."""

from __future__ import annotations

from pathlib import Path

from cardiogram.errors import ConfigError
from cardiogram.text import parse_toml


def read_settings(path: Path) -> dict[str, object]:
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
        settings = parse_toml(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read {str(path)!r}: {error}", hint="Mend the file, or move it away."
        ) from error
    return settings
