"""The group of all commands: their defaults from cardiogram.toml, their errors in one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from cardiogram.errors import CardiogramError, ConfigError


class Group(click.Group):
    """Commands whose errors are one line and the command that mends them."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line."""
        with errors_in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C ends it with 130."""
        try:
            with errors_in_one_line():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped; run the same command again to continue", err=True)
            ctx.exit(130)


@contextlib.contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Exit on an error with what it says and what helps, instead of a traceback."""
    try:
        yield
    except CardiogramError as error:
        tell_error(error)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # not there before click 8.2
            raise
        command = error.ctx.command_path if error.ctx else "cardiogram"
        message = " ".join(error.format_message().split())
        tell_error(ConfigError(message, hint=f"See: {command} --help"))
        sys.exit(error.exit_code)


def tell_error(error: CardiogramError) -> None:
    """Say on stderr what went wrong and what helps."""
    click.echo(f"cardiogram: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def read_defaults(ctx: click.Context) -> None:
    """Defaults from cardiogram.toml in the working folder, if there is one."""
    path = Path("cardiogram.toml")
    if not path.is_file():
        return
    from cardiogram.cli.config import read_settings

    ctx.default_map = {
        name: _named(ctx, path, name, table) for name, table in read_settings(path).items()
    }


def _named(ctx: click.Context, path: Path, name: str, table: dict[str, Any]) -> dict[str, Any]:
    """The settings of one command, by the names that click has for its options."""
    commands = ctx.command.commands if isinstance(ctx.command, click.Group) else {}
    command = commands.get(name)
    if command is None:
        raise ConfigError(
            f"{str(path)!r}: there is no command {name!r}",
            hint=f"Commands: {', '.join(commands)}",
        )
    options = [option for option in command.params if isinstance(option, click.Option)]
    names = {text.lstrip("-"): option.name or "" for option in options for text in option.opts}
    known = names | {name: name for name in names.values()}
    for key in table:
        if key not in known:
            raise ConfigError(
                f"{str(path)!r}: {name} has no option {key!r}",
                hint=f"Its options: {', '.join(names)}",
            )
    return {known[key]: value for key, value in table.items()}
