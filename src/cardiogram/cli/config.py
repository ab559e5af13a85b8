"""Settings from cardiogram.toml: defaults for the options of the commands."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from cardiogram.errors import ConfigError
from cardiogram.text import parse_toml

_FILE = Path("cardiogram.toml")
_WRITTEN = frozenset({"figure", "figures", "out", "summary"})
"""Options that name what is written."""


def read_defaults(ctx: click.Context) -> None:
    """Defaults from a settings file in the working folder: one table a command, with its options.

    ::

        [check]
        min = 3

        [judges.measure]
        draws = 5000

    Raises
    ------
    ConfigError
        The file is not TOML, names a command or an option that is not there, or has something
        written out of its folder.
    """
    if not _FILE.is_file():
        return
    try:
        settings = parse_toml(_FILE.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"cannot read {str(_FILE)!r}: {error}", hint="Mend the file, or move it away."
        ) from error
    ctx.default_map = _defaults(ctx, settings)


def _defaults(ctx: click.Context, tables: Mapping[str, object]) -> dict[str, object]:
    """Settings of the commands of a group, by the names that click has for their options."""
    group = ctx.command
    assert isinstance(group, click.Group)
    defaults: dict[str, object] = {}
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise ConfigError(
                f"{str(_FILE)!r}: {name!r} is not a table",
                hint="Write one table a command, such as [check] with min = 3.",
            )
        command = group.get_command(ctx, name)
        if command is None:
            raise ConfigError(
                f"{str(_FILE)!r}: there is no command {name!r}",
                hint=f"Commands: {', '.join(group.list_commands(ctx))}",
            )
        below = click.Context(command, info_name=name, parent=ctx)
        is_group = isinstance(command, click.Group)
        defaults[name] = (_defaults if is_group else _settings)(below, table)
    return defaults


def _settings(ctx: click.Context, table: Mapping[str, object]) -> dict[str, object]:
    """Settings of one command."""
    options = [option for option in ctx.command.params if isinstance(option, click.Option)]
    destinations = {
        text.lstrip("-"): option.name or "" for option in options for text in option.opts
    }
    for key, value in table.items():
        if key in _WRITTEN and not _is_in_sight(Path(str(value))):
            raise ConfigError(
                f"{str(_FILE)!r} may have nothing written out of its folder, or into a hidden one: "
                f"{key} = {value!r}",
                hint=f"Take it out, and give --{key} on the command line.",
            )
        if key not in destinations:
            raise ConfigError(
                f"{str(_FILE)!r}: {ctx.info_name} has no option {key!r}",
                hint=f"Its options: {', '.join(destinations)}",
            )
    return {destinations[key]: value for key, value in table.items()}


def _is_in_sight(path: Path) -> bool:
    """Whether a path stays in the working folder, wherever links lead, and out of .git."""
    here, place = Path.cwd().resolve(), path.resolve()
    parts = place.relative_to(here).parts if place.is_relative_to(here) else ("..",)
    return not any(part.startswith(".") for part in parts)
