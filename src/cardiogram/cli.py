"""The command line: options -> one call -> print -> exit code.

Data goes to stdout, everything else to stderr. Exit code 0 is fine, 1 findings, 2 could not do
it. A flag beats the environment (CARDIOGRAM_COMMAND_OPTION), that beats cardiogram.toml.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cardiogram.errors import CardiogramError, ConfigError

if TYPE_CHECKING:
    from cardiogram.cards.collect import Source
    from cardiogram.judge.check import Checked, Lint
    from cardiogram.progress import Progress

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_LIMIT = 1000
_SORTS = ("downloads", "likes", "trending", "created", "modified")
_STEPS = {"list": "listing models", "read": "reading cards", "rate": "rating cards"}


class _Group(click.Group):
    """Commands whose errors are one line and the command that mends them."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _errors_in_one_line():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with _errors_in_one_line():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped; run the same command again to continue", err=True)
            ctx.exit(130)


@contextlib.contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except CardiogramError as error:
        _tell(error)
        sys.exit(error.exit_code)
    except click.UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # not there before click 8.2
            raise
        command = error.ctx.command_path if error.ctx else "cardiogram"
        message = " ".join(error.format_message().split())
        _tell(ConfigError(message, hint=f"See: {command} --help"))
        sys.exit(error.exit_code)


def _tell(error: CardiogramError) -> None:
    click.echo(f"cardiogram: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def _settings(ctx: click.Context) -> None:
    """Defaults from cardiogram.toml in the working folder, if there is one."""
    path = Path("cardiogram.toml")
    if not path.is_file():
        return
    from cardiogram.config import read_settings

    ctx.default_map = {
        name: _named(path, name, table) for name, table in read_settings(path).items()
    }


def _named(path: Path, name: str, table: dict[str, Any]) -> dict[str, Any]:
    """The settings of one command, by the names that click has for its options."""
    command = main.commands.get(name)
    if command is None:
        raise ConfigError(
            f"{str(path)!r}: there is no command {name!r}",
            hint=f"Commands: {', '.join(main.commands)}",
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


@click.group(
    cls=_Group,
    context_settings={
        "auto_envvar_prefix": "CARDIOGRAM",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.version_option(package_name="cardiogram", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measure, map and improve the documentation of models on the Hugging Face Hub.

    Start with one card (cardiogram check README.md) or with a study of many (cardiogram study
    my-study --limit 100).
    """
    _settings(ctx)


def _source_options(command: F) -> F:
    """Options that say which models a study is about."""
    options = [
        click.option(
            "--limit", type=click.IntRange(1), help="Models to study.  [1000; a file: all]"
        ),
        click.option("--author", help="Only models of this user or organisation."),
        click.option("--task", help="Only models with this pipeline tag."),
        click.option("--library", help="Only models of this library."),
        click.option("--search", help="Only models with this in their id."),
        click.option("--sort", type=click.Choice(_SORTS), help="Order of the list.  [downloads]"),
        click.option(
            "--since",
            type=click.DateTime(["%Y-%m-%d"]),
            help="Only models created (--sort modified: changed) on or after this day.",
        ),
        click.option(
            "--from",
            "path",
            type=click.Path(path_type=Path),
            help="Cards from a .jsonl, .jsonl.gz or .parquet file or a folder of README.md files, "
            "or ids from a .txt file, instead of the Hub's list.",
        ),
        click.option(
            "--sample",
            type=click.Choice(["top", "stratified"]),
            help="The first models of the list, or as many from every decile of downloads, each "
            "decile's tasks in proportion.  [top]",
        ),
        click.option("--frame", type=click.IntRange(1), help="Models listed for a stratified "
                     "sample.  [20000]"),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def _source(seed: int, **asked: Any) -> Source | None:
    """The source that the options name; None where they name nothing."""
    from cardiogram.cards.collect import Source
    from cardiogram.cards.sample import Sample
    from cardiogram.cards.sources import kind_of
    from cardiogram.hub import Query

    if all(value is None for value in asked.values()):
        return None
    path, limit, since = asked.pop("path"), asked.pop("limit"), asked.pop("since")
    sample, frame = asked.pop("sample"), asked.pop("frame")
    if path is not None:
        kind_of(path)
        wrong = [f"--{name}" for name, value in {**asked, "since": since}.items() if value]
        if wrong:
            raise ConfigError(
                f"{', '.join(wrong)} cannot be used with --from",
                hint="These options choose from the Hub's list; with --from, use --limit.",
            )
    if frame is not None and sample != "stratified":
        raise ConfigError("--frame is for --sample stratified", hint="Add --sample stratified.")
    if limit is None and path is None:
        limit = DEFAULT_LIMIT
    day: date | None = since.date() if isinstance(since, datetime) else None
    query = Query(limit=limit, since=day, **{k: v for k, v in asked.items() if v is not None})
    chosen = Sample(sample or "top", seed, frame or Sample().frame)
    return Source(path, query, chosen)


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    """Bars on stderr, with rate and time left."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bars

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description:<15}"), BarColumn(), MofNCompleteColumn(), rate,
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    bars = Bars(*columns, console=Console(stderr=True))
    tasks: dict[str, Any] = {}

    def tell(step: str, done: int, total: int | None) -> None:
        if step not in tasks:
            bars.start()
            tasks[step] = bars.add_task(_STEPS[step], total=total, completed=done, rate="")
        task = tasks[step]
        speed = bars.tasks[task].finished_speed or bars.tasks[task].speed
        bars.update(task, completed=done, total=total, rate=f"{speed:.0f}/s" if speed else "")

    try:
        yield tell
    finally:
        if tasks:  # else a line would stay empty
            bars.stop()


_seed = click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw.")
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_source_options
@_seed
@_json
def study(folder: Path, seed: int, as_json: bool, **asked: Any) -> None:
    """Run a whole study: collect, rate, analyze, report.

    Everything is kept in FOLDER. Run the same command again to continue a study that was
    stopped; nothing is asked or rated twice.
    """
    from cardiogram.report.pipeline import run_study
    from cardiogram.study.analyze import render

    source = _source(seed, **asked)
    with _progress() as tell:
        done = run_study(folder, source, seed=seed, on_progress=tell)
    _print_results(done.results.as_dict(), render(done.results), as_json)
    click.echo(f"report: {done.study.report_path}", err=True)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@_source_options
@_seed
@_json
def collect(folder: Path, seed: int, as_json: bool, **asked: Any) -> None:
    """List models and read their cards into FOLDER."""
    from cardiogram.cards.collect import Source
    from cardiogram.cards.collect import collect as run
    from cardiogram.store import Study

    found = Study(folder)
    source = _source(seed, **asked) or Source.of(found.manifest())
    with found.lock(), _progress() as tell:
        count = run(found, source, on_progress=tell)
    _print_count("models", count, folder, as_json)


@main.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--judge", "judge_name", default="embedded", show_default=True, help="Who rates.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder of a new study, where SOURCE "
              "is a file of cards.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1), help="Cards to take from a file.  [all]")
@_json
def rate(source: Path, judge_name: str, out: Path | None, limit: int | None, as_json: bool) -> None:
    """Rate the cards of a study, or of a file with --out.

    SOURCE is a study folder, or a .jsonl, .jsonl.gz or .parquet file or a folder of README.md
    files. A card is rated again only when it, the judge or the rubric has changed.
    """
    from cardiogram.cards.collect import Source
    from cardiogram.cards.collect import collect as gather
    from cardiogram.cards.sources import kind_of
    from cardiogram.hub import Query
    from cardiogram.judge.rate import load_judge
    from cardiogram.judge.rate import rate as run
    from cardiogram.store import Study

    judge = load_judge(judge_name)
    if out is None and source.is_file():
        raise ConfigError(
            f"{str(source)!r} is a file of cards: its ratings need a folder",
            hint=f"cardiogram rate {source} --out FOLDER",
        )
    if out is not None:
        kind_of(source)
    found = Study.open(source) if out is None else Study(out)
    with found.lock(), _progress() as tell:
        if out is not None:
            gather(found, Source(source, Query(limit=limit)), on_progress=tell)
        count = run(found, judge, on_progress=tell)
    _print_count("ratings", count, found.root, as_json)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--judge", "judge_name", default="embedded", show_default=True, help="Whose ratings.")
@click.option("--draws", type=click.IntRange(1), default=2000, show_default=True,
              help="Bootstrap draws of authors.")  # fmt: skip
@click.option("--outliers", default="none", show_default=True,
              type=click.Choice(["none", "iqr", "mad", "iforest"]),
              help="Rule that drops outcomes from the main results.")  # fmt: skip
@click.option("--format", "form", default="text", show_default=True,
              type=click.Choice(["text", "markdown", "latex", "csv", "json"]),
              help="What to print; csv has one row a number.")  # fmt: skip
@_seed
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def analyze(
    folder: Path,
    judge_name: str,
    draws: int,
    outliers: Any,
    form: Any,
    seed: int,
    as_json: bool,
) -> None:
    """Relate ratings to downloads and likes; write results.json.

    No model is dropped as an outlier unless --outliers asks for it; what each rule would change
    is shown.
    """
    from cardiogram.store import Study
    from cardiogram.study.analyze import analyze as run
    from cardiogram.study.analyze import render

    found = Study.open(folder)
    with found.lock():
        results = run(found, judge=judge_name, draws=draws, seed=seed, outliers=outliers)
    if as_json or form == "json":
        click.echo(json.dumps(results.as_dict(), indent=2))
    else:
        click.echo(render(results, form), nl=False)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the page.  "
              "[FOLDER/report.html]")  # fmt: skip
@_json
def report(folder: Path, out: Path | None, as_json: bool) -> None:
    """Write the report of a study: one HTML file that needs no network."""
    from cardiogram.report import write_report
    from cardiogram.store import Study

    found = Study.open(folder)
    with found.lock():
        path = write_report(found, out)
    click.echo(json.dumps({"report": str(path)}) if as_json else str(path))


@main.command()
@click.argument("targets", nargs=-1, required=True)
@click.option("--min", "minimum", type=click.FloatRange(1, 5), help="Exit with 1 where a card's "
              "expected overall rating is below this.")  # fmt: skip
@click.option("--select", default="", help="Show findings of these rules only (CG1,CG203), and "
              "exit with 1 where one of them is an error.")  # fmt: skip
@click.option("--ignore", default="", help="Show no findings of these rules.")
@click.option("--fix", is_flag=True, help="First mend the files, where that is safe.")
@click.option("--format", "form", default="text", show_default=True, help="What to print.",
              type=click.Choice(["text", "json", "sarif", "markdown", "github"]))  # fmt: skip
@click.option("--id", "model_id", default="", help="Id of the model, where the target is a file.")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
def check(
    targets: tuple[str, ...], minimum: float | None, form: Any, as_json: bool, **asked: Any
) -> None:
    """Rate single cards and say what would help their readers most.

    TARGETS are model ids on the Hub, README.md files, folders with one, or - for standard input.
    """
    from cardiogram.judge.check import Lint, is_refused
    from cardiogram.report.checked import render

    rules = Lint.of(asked["select"], asked["ignore"])
    found, failed = [], False
    for target in targets:
        try:
            found.append(_check_one(target, rules, asked["model_id"], mend=asked["fix"]))
        except CardiogramError as error:
            failed = True
            if len(targets) == 1:
                raise
            _tell(error)
    click.echo(render(found, "json" if as_json else form), nl=False)
    sys.exit(2 if failed else int(is_refused(found, minimum, rules)))


def _check_one(target: str, rules: Lint, model_id: str, *, mend: bool) -> Checked:
    from cardiogram.judge.check import check as run
    from cardiogram.judge.check import fix

    if mend and (mended := fix(target, id=model_id, rules=rules)):
        click.echo(f"{target}: {len(mended)} mended", err=True)
    data = sys.stdin.buffer.read() if target == "-" else None
    return run(target, data=data, id=model_id, rules=rules)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("gold", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--judge", "judge_name", default="embedded", show_default=True, help="Whose ratings.")
@_seed
@_json
def calibrate(folder: Path, gold: Path, judge_name: str, seed: int, as_json: bool) -> None:
    """Compare the ratings of a study with gold ones: agreement, bias, coverage.

    GOLD is a .jsonl file: `card` (the id), optionally `sha256` of the text, and nine whole
    numbers in `first`.
    """
    from cardiogram.judge.calibrate import calibrate as run
    from cardiogram.report.calibration import render_calibration
    from cardiogram.store import Study

    found = run(Study.open(folder), gold, judge=judge_name, seed=seed)
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=2))
    else:
        click.echo(render_calibration(found), nl=False)


@main.command()
@_json
def judges(as_json: bool) -> None:
    """List the judges that are here, with their measured agreement."""
    from cardiogram.judge.embedded import embedded_judge

    about = embedded_judge().weights.about
    found = {
        "id": "embedded",
        "version": about["version"],
        "rubric": about["rubric"],
        "cost_usd_per_1000": 0.0,
        "agreement": about["agreement"],
    }
    if as_json:
        click.echo(json.dumps([found], indent=2))
        return
    agreement = about["agreement"]
    click.echo(f"embedded {about['version']}  built in, no key, no cost, rubric {about['rubric']}")
    click.echo(f"  agreement (quadratic-weighted kappa; {agreement['method']})")
    for name, value in agreement["scores"].items():
        click.echo(f"  {name:<12} {value['qwk']:.3f}  {value['low']:.3f} to {value['high']:.3f}")


@main.command()
@click.argument("version", default="model-card-v1")
@_json
def rubric(version: str, as_json: bool) -> None:
    """Print a rubric: the words that every judge rates by."""
    from dataclasses import asdict

    from cardiogram.judge.rubric import load_rubric

    found = load_rubric(version)
    click.echo(json.dumps(asdict(found), indent=2) if as_json else found.text, nl=as_json)


@main.command("train-judge")
@click.argument("labels", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--cards", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              required=True, help="The labelled cards (.jsonl or .jsonl.gz).")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the judge.")
@_seed
@_json
def train_judge(labels: Path, cards: Path, out: Path, seed: int, as_json: bool) -> None:
    """Train a built-in judge on ratings of your own.

    LABELS is a .jsonl file: `key` (or `id`), `first` (nine numbers) and optionally `second`.
    """
    from cardiogram.judge.train import read_labelled
    from cardiogram.judge.train import train_judge as run

    about = run(read_labelled(labels, cards), out, seed=seed)
    if as_json:
        click.echo(json.dumps(about, indent=2))
        return
    for name, value in about["agreement"]["scores"].items():
        click.echo(f"{name:<12} {value['qwk']:.3f}")


def _print_results(results: dict[str, Any], text: str, as_json: bool) -> None:
    click.echo(json.dumps(results, indent=2) if as_json else text, nl=as_json)


def _print_count(what: str, count: int, folder: Path, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({what: count, "folder": str(folder)}))
    else:
        click.echo(f"{count} {what} in {folder}")
