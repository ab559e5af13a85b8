"""Options that several commands have, and how results are printed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.core import ParameterSource

from cardiogram import hub, store
from cardiogram.errors import ConfigError

if TYPE_CHECKING:
    from cardiogram.collect import Source
    from cardiogram.engine import Workers
    from cardiogram.store import Study

Function = Callable[..., object]
Decorator = Callable[[Function], Function]

DEFAULT_LIMIT = 1000
_SORTS = ("downloads", "likes", "trending", "created", "modified")

PATH = click.Path(path_type=Path)
EXISTING = click.Path(exists=True, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

CARD_TRIES = 5
"""Tries of a call to the Hub where somebody waits for one card."""


def _refuse_address(path: Path) -> Path:
    """Say what to do with a pasted address where a path is asked for."""
    text = str(path).replace(":/", "://", 1)  # as it was before it was a path
    pasted = ("://" in text or text.startswith(hub.HOSTS)) and not path.exists()
    address = hub.read_address(text) if pasted else None
    if address is None:
        return path
    owner, _, name = address.id.partition("/")
    study = f"cardiogram study {owner} --author {owner}"
    raise ConfigError(
        f"{text!r} is on the Hub, and no file or folder",
        hint=f"cardiogram check {address.id}" if name else study,
    )


folder_argument: Decorator = click.argument(
    "folder", type=PATH, callback=lambda context, parameter, path: _refuse_address(path)
)
seed_option: Decorator = click.option(
    "--seed", type=click.IntRange(0), default=0, help="Seed of every draw."
)
type_option: Decorator = click.option(
    "--type",
    "card_type",
    type=click.Choice(["model", "dataset"]),
    default="model",
    help="Whose card it is; a dataset's has a rubric of its own.",
)
id_option: Decorator = click.option(
    "--id",
    "model_id",
    default="",
    show_default=False,
    help="Id of the model, where a file or folder does not say it; OWNER/* names each card by its "
    "folder.",
)
judge_option: Decorator = click.option("--judge", default="embedded", help="Whose ratings.")


def _said(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    """Refuse an option that another folder's settings, or the environment, would set."""
    source = ctx.get_parameter_source(parameter.name or "")
    if value and source is not ParameterSource.COMMANDLINE:
        raise ConfigError(
            f"{parameter.opts[0]} counts on the command line only, so that no settings file sends",
            hint="Take it out of cardiogram.toml and the environment.",
        )
    return value


def make_said_option(name: str, variable: str, words: str, **kind: Any) -> Decorator:
    """An option that only the command line can set: a flag, or what click takes for its kind."""
    kind = kind or {"is_flag": True}
    return click.option(name, variable, callback=_said, help=words, **kind)


def not_from_file(ctx: click.Context, parameter: click.Parameter, value: object) -> object:
    """Refuse a server that the working folder's settings name: it would be given the key."""
    source = ctx.get_parameter_source(parameter.name or "")
    if value and source is ParameterSource.DEFAULT_MAP:
        raise ConfigError(
            f"cardiogram.toml may not set {parameter.opts[0]}: your key would go there",
            hint="Take it out; give it on the command line or in the environment.",
        )
    return value


json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def make_draws_option(fewest: int, default: int) -> Decorator:
    """How often a bootstrap draws."""
    return click.option(
        "--draws", type=click.IntRange(fewest), default=default, help="Draws of authors."
    )


def gather(
    name: str, make: Callable[..., object], *options: Decorator, also: tuple[str, ...] = ()
) -> Decorator:
    """Options that a command takes as one value: what `make` makes of them.

    Parameters
    ----------
    name
        Of the value.
    make
        Called with the options by their names.
    also
        Options that `make` and the command both are given.
    """

    def decorate(function: Function) -> Function:
        @wraps(function)
        def call(*args: object, **values: object) -> object:
            own = {key: values.pop(key) for key in own_names}
            shared = {key: values[key] for key in also}
            return function(*args, **{name: make(**own, **shared)}, **values)

        before = len(_parameters(call))
        for option in reversed(options):
            option(call)
        own_names = [parameter.name for parameter in _parameters(call)[before:]]
        return call

    return decorate


def _parameters(function: Function) -> list[click.Parameter]:
    """What click keeps of a function's options before it is a command."""
    return getattr(function, "__click_params__", [])


class _Limit(click.ParamType[int]):
    """A number of models, or all of them."""

    name = "N|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read either; all are 0."""
        return 0 if value == "all" else click.IntRange(1).convert(value, param, ctx)


def _open_study(*, folder: Path | None) -> Study | None:
    return None if folder is None else store.Study.open(folder)


def _workers(*, count: int | None, executor: str) -> Workers:
    from cardiogram.engine import Workers, leave_pandas_out

    leave_pandas_out()
    return Workers(executor, count)


workers_options: Decorator = gather(
    "workers",
    _workers,
    click.option(
        "--workers", "count", type=click.IntRange(1), help="Shards worked on at once.  [cores]"
    ),
    click.option(
        "--executor",
        default="processes",
        metavar="KIND",
        help="What works on them: processes, threads, ray or ray://HOST:PORT. The files are the "
        "same.",
    ),
)
"""Who works on the shards of a study."""

ledger_option: Decorator = click.option(
    "--ledger", type=PATH, default="cardiogram-ledger", help="Folder of the ledger."
)

study_argument: Decorator = gather("study", _open_study, folder_argument)
"""The folder of a study that is there already, opened."""

any_study_argument: Decorator = gather(
    "study", _open_study, click.argument("folder", type=PATH, required=False)
)
"""The same where the command does something without a study, too."""


def _source(
    *,
    seed: int,
    paths: tuple[Path, ...],
    limit: int | None,
    since: datetime | None,
    sample: Literal["top", "stratified"] | None,
    frame: int | None,
    **query: Any,
) -> Source | None:
    """The source that the options name; None where they name nothing."""
    from cardiogram.collect import Sample, Source, kind_of

    if query["author"] is not None:
        query["author"] = _owner(query["author"])
    chosen_query = {key: value for key, value in query.items() if value is not None}
    if not chosen_query and not paths and (limit, since, sample, frame) == (None,) * 4:
        return None
    if paths:
        kinds = [kind_of(_refuse_address(path)) for path in paths]
        if len(paths) > 1 and {*kinds} != {"parquet"}:
            raise ConfigError("only Parquet files are joined", hint="Give --from once.")
        wrong = [f"--{key}" for key, value in {**query, "since": since}.items() if value]
        wrong = ["--sort"] if query["sort"] else [] if kinds[0] == "parquet" else wrong
        if wrong:
            raise ConfigError(
                f"{', '.join(wrong)} cannot be used with --from {paths[0]}",
                hint="These options choose from the Hub's list; with --from, use --limit.",
            )
    if frame is not None and sample != "stratified":
        raise ConfigError("--frame is for --sample stratified", hint="Add --sample stratified.")
    if limit is None and not paths:
        limit = DEFAULT_LIMIT
    limit = limit or None
    day = since.date() if since else None
    chosen = Sample(sample or "top", seed, frame or Sample().frame)
    asked = hub.Query(limit=limit, since=day, **chosen_query)
    return Source(paths[0] if paths else None, asked, chosen, also=paths[1:])


def _owner(author: str) -> str:
    """An owner's name, as it is or from a pasted address of theirs or of one of their models."""
    address = hub.read_address(author)
    return address.id.partition("/")[0] if address else author


source_options: Decorator = gather(
    "source",
    _source,
    click.option("--limit", type=_Limit(), help="Models to study.  [1000; a file: all]"),
    click.option("--author", help="Only models of this user or organisation."),
    click.option("--task", help="Only models with this pipeline tag."),
    click.option("--library", help="Only models of this library."),
    click.option("--search", help="Only models with this in their id."),
    click.option("--sort", type=click.Choice(_SORTS), help="Order of the list.  [downloads]"),
    click.option(
        "--since",
        type=click.DateTime(["%Y-%m-%d"]),
        help="Only models created (--sort modified, or --from Parquet files: changed) on or after "
        "this day; with --from, a study of Parquet files goes on with a newer dump.",
    ),
    click.option(
        "--from",
        "paths",
        type=PATH,
        multiple=True,
        help="Cards from a .jsonl, .jsonl.gz or .parquet file, a folder of .parquet or README.md "
        "files, hf://datasets/OWNER/NAME/... or ids and addresses from a .txt file, instead of "
        "the Hub's list. Several Parquet sources are joined on the id.",
    ),
    click.option(
        "--sample",
        type=click.Choice(["top", "stratified"]),
        help="The first models of the list, or as many from every decile of downloads, each "
        "decile's tasks in proportion.  [top]",
    ),
    click.option(
        "--frame", type=click.IntRange(1), help="Models listed for a stratified sample.  [20000]"
    ),
    also=("seed",),
)
"""Options that say which models a study is about."""


def print_results(results: Mapping[str, object] | list[object], text: str, as_json: bool) -> None:
    """Print results as JSON or as text, which ends with a line's end."""
    click.echo(json.dumps(results, indent=2) if as_json else text, nl=as_json)


def print_unread(count: int) -> None:
    """Say on stderr, last of all, that the Hub did not give every card."""
    if count:
        cards = "1 card" if count == 1 else f"{count} cards"
        click.echo(f"{cards} could not be read: run again", err=True)
