"""Groups of commands: each is imported when it is used, and its error is one line."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import chain
from typing import Any

import click

from cardiogram.cli.printing import print_error
from cardiogram.errors import CardiogramError, ConfigError


class Group(click.Group):
    """Commands under headings, each imported when it is run or its help is shown.

    Parameters
    ----------
    headings
        Modules below `cardiogram.cli` by heading. A module has the name of its command and
        defines it as `command`.
    """

    def __init__(
        self, *args: Any, headings: Mapping[str, Sequence[str]] | None = None, **settings: Any
    ) -> None:
        super().__init__(*args, **{"options_metavar": "[--help]", **settings})
        self.headings: Mapping[str, Sequence[str]] | dict[str, Sequence[str]] = headings or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, as the headings have them."""
        return [*map(_name, chain.from_iterable(self.headings.values()))] or list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, and name the environment variables of its options by their flags."""
        for module in chain.from_iterable(self.headings.values()):
            if _name(module) == cmd_name and cmd_name not in self.commands:
                self.add_command(import_module(f"cardiogram.cli.{module}").command, cmd_name)
        command = super().get_command(ctx, cmd_name)
        for option in command.params if command else ():
            if isinstance(option, click.Option):
                words = (str(ctx.auto_envvar_prefix), cmd_name, option.opts[0].lstrip("-"))
                option.envvar = "_".join(words).upper().replace("-", "_")
                option.allow_from_autoenv = False
        return command

    def get_short_help_str(self, limit: int = 45) -> str:
        """Name the commands of the group, after what it is for where there is room."""
        commands = ", ".join(self.list_commands(click.Context(self)))
        words = f"{super().get_short_help_str(limit).rstrip('.')}: {commands}"
        return words if len(words) <= limit else commands

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the commands; the group's own two options stand in the line of its usage."""
        rows = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        width = max(map(len, rows), default=0)
        formatter.write_paragraph()
        for heading, modules in (self.headings or {"Commands": list(rows)}).items():
            formatter.write_heading(heading)
            for name in map(_name, modules):
                command = rows[name]
                if command is not None:
                    words = command.get_short_help_str(formatter.width - width - 4)
                    formatter.write(f"  {name:<{width}}  {words}\n")

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line."""
        with errors_in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it with 130."""
        try:
            with errors_in_one_line():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped; run the same command again to continue", err=True)
            ctx.exit(130)


def modules(folder: str, commands: str) -> tuple[str, ...]:
    """Modules of the commands in a folder, for the headings of a group."""
    return tuple(f"{folder}.{command}" for command in commands.split())


def _name(module: str) -> str:
    return module.rpartition(".")[2]


def root_context(group: click.Group) -> click.Context:
    """The context of the whole command line, without running it."""
    return click.Context(group, info_name="cardiogram", **group.context_settings)


def walk_commands(above: click.Context) -> Iterator[click.Context]:
    """Contexts of the commands below a group's, those of groups below it included."""
    group = above.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        if command is not None:
            below = click.Context(command, info_name=name, parent=above)
            yield from walk_commands(below) if isinstance(command, click.Group) else (below,)


@contextlib.contextmanager
def errors_in_one_line() -> Iterator[None]:
    """Exit on an error with what it says and what helps, instead of a traceback."""
    try:
        yield
    except CardiogramError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # not there before click 8.2
            raise
        command = error.ctx.command_path if error.ctx else "cardiogram"
        message = " ".join(error.format_message().split())
        print_error(ConfigError(message, hint=f"See: {command} --help"))
        sys.exit(error.exit_code)
