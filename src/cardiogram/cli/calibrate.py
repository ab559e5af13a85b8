"""The command that says how far a judge can be trusted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from cardiogram.cli.models import ASKING, asking_options, take_judge_options
from cardiogram.cli.options import json_option, seed_option
from cardiogram.cli.trust import Found, only_judge, run_audit, run_reliability
from cardiogram.errors import ConfigError

if TYPE_CHECKING:
    pass

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_ANY = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("ratings", type=_ANY)
@click.argument("gold", type=_ANY, required=False)
@click.option(
    "--judge",
    "judges",
    multiple=True,
    help="Whose ratings; several make a panel, "
    "measured against each other.  [the only judge there]",
)
@click.option("--gold-judge", help="Who of GOLD (or of RATINGS, without one) is right.")
@click.option(
    "--gold-cards",
    type=click.Choice(["all", "unseen"]),
    default="all",
    show_default=True,
    help="Which count; unseen leaves out those that the judge has learned from.",
)
@click.option(
    "--cards",
    type=_ANY,
    help="Where the cards are, for figures by kind, length and "
    "language; a study folder has its own.",
)
@click.option(
    "--save",
    type=click.Path(path_type=Path),
    help="Keep the calibration in this .json file, to apply it and to watch for drift.",
)
@click.option(
    "--since",
    type=_FILE,
    help="Compare with a kept calibration, on its cards and its "
    "gold; exits with 1 where agreement fell.",
)
@click.option(
    "--apply",
    "calibration",
    type=_FILE,
    help="Map the ratings of a study by a kept "
    "calibration; they are written beside the judge's own.",
)
@click.option(
    "--cascade",
    "mode",
    flag_value="cascade",
    default=None,
    help="Choose the tolerance of a cascade; RATINGS are the strong judge's.",
)
@click.option(
    "--audit",
    "mode",
    flag_value="audit",
    help="Change cards in known ways and rate "
    "them again; RATINGS are cards. Exits with 1 where a gate fails.",
)
@click.option(
    "--reliability",
    "mode",
    flag_value="reliability",
    help="Compare the answers that a "
    "judge gave to one card, by repeat and by order of the criteria (rate --samples "
    "--orders); nothing is asked.",
)
@click.option(
    "--written-by",
    type=_FILE,
    help="Of an audit: who wrote which card (`id`, "
    "`written_by`); with GOLD it finds self-preference.",
)
@click.option("--family", help="Of an audit: whose cards the judge may prefer.  [as its name says]")
@click.option(
    "--answers",
    type=click.Path(file_okay=False, path_type=Path),
    help="Of an audit: folder for what a language model answers.  [that of the study]",
)
@click.option(
    "--cheap",
    type=_ANY,
    help="Of a cascade: ratings of the judge that is asked first, "
    "on cards it has not learned from (train-judge --unseen).",
)
@click.option("--cheap-judge", help="Who of --cheap.  [the only judge there]")
@click.option(
    "--target",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.95,
    show_default=True,
    help="Of a cascade: QWK wished for.",
)
@click.option(
    "--agreement",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.85,
    show_default=True,
    help="Of a cascade: share of equal numbers to be guaranteed.",
)
@click.option(
    "--sample",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Of an audit: cards, drawn by seed.",
)
@click.option(
    "--draws",
    type=click.IntRange(100),
    default=1000,
    show_default=True,
    help="Bootstrap draws of authors.",
)
@asking_options
@seed_option
@json_option
@click.pass_context
def calibrate(ctx: click.Context, /, **asked: Any) -> None:
    """Measure how far a judge can be trusted: any judge, any gold.

    RATINGS is a study folder or a file of ratings (.jsonl, .csv, .parquet). GOLD is the same: a
    labels file, the ratings of several people, or a study; without it, --gold-judge names another
    judge of RATINGS. With --audit a language model is asked: the estimate comes first, and what it
    answers is kept.
    """
    judges = asked.pop("judges")
    as_json = asked.pop("as_json")
    asked["asking_options"] = take_judge_options(asked)
    _check_mode(ctx, asked["mode"])
    if asked["calibration"] is not None:
        found = _apply(asked)
    elif asked["mode"] is not None:
        found = _MODES[asked["mode"]](judges, asked)
    elif asked["since"] is not None:
        found = _drift(judges, asked)
    elif len(judges) > 1:
        found = _panel(judges, asked)
    else:
        found = _compare(judges, asked)
    results, text, code = found
    click.echo(json.dumps(results, indent=2) if as_json else text, nl=as_json)
    ctx.exit(code)


_USES = {"audit": {"written_by", "family", "answers", *ASKING}}
"""Options that one way of working alone looks at."""


def _check_mode(ctx: click.Context, mode: str | None) -> None:
    """An option that nothing would look at is a mistake."""
    for option in ctx.command.params:
        name = option.name or ""
        modes = [way for way, names in _USES.items() if name in names]
        given = ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE
        if modes and mode not in modes and given:
            raise ConfigError(
                f"{option.opts[0]} would change nothing here",
                hint=f"It goes with {' or '.join(f'--{way}' for way in modes)}.",
            )


def _compare(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    from cardiogram.judge.validation import calibrate as fit, save_calibration, validate
    from cardiogram.report.terminal import render_calibration, render_validation

    how = {name: asked[name] for name in ("gold_judge", "gold_cards", "draws", "seed")}
    how["judge"] = only_judge(judges)
    found = validate(asked["ratings"], asked["gold"], cards=asked["cards"], **how)
    results, text = found.as_dict(), render_validation(found)
    if asked["save"] is not None:
        saved = fit(asked["ratings"], asked["gold"], **how)
        save_calibration(saved, asked["save"])
        text += render_calibration(saved)
        click.echo(f"calibration: {asked['save']}", err=True)
        results["calibrated"] = {name: asdict(item) for name, item in saved.after.items()}
    return results, text, 0


def _apply(asked: dict[str, Any]) -> Found:
    from cardiogram.judge.ensemble import apply_calibration
    from cardiogram.store import Study

    study = Study.open(asked["ratings"])
    with study.lock():
        count = apply_calibration(study, asked["calibration"])
    text = f"{count} calibrated ratings in {study.root}\n"
    return {"ratings": count, "folder": str(study.root)}, text, 0


def _drift(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    from cardiogram.judge.gold import choose_judge, read_readings
    from cardiogram.judge.validation import find_drift, load_calibration
    from cardiogram.report.terminal import render_drift

    saved = load_calibration(asked["since"])
    found = read_readings(asked["ratings"])
    names = {reading.judge for reading in found}
    judge = only_judge(judges) or (saved.judge if saved.judge in names else None)
    now = choose_judge(found, judge, asked["ratings"])
    drift = find_drift(saved, now, seed=asked["seed"])
    return drift.as_dict(), render_drift(drift), int(bool(drift.fell))


def _panel(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    from cardiogram.judge.ensemble import measure_panel
    from cardiogram.report.terminal import render_panel
    from cardiogram.store import Study

    if asked["gold"] is not None:
        raise ConfigError("a panel is measured without GOLD", hint="With GOLD, name one --judge.")
    study = Study.open(asked["ratings"])
    found = measure_panel(study, judges, draws=asked["draws"], seed=asked["seed"])
    return found.as_dict(), render_panel(found), 0


def _cascade(judges: tuple[str, ...], asked: dict[str, Any]) -> Found:
    from cardiogram.judge.ensemble import choose_tolerance
    from cardiogram.report.terminal import render_cascade

    if asked["cheap"] is None:
        raise ConfigError(
            "a cascade needs --cheap: ratings of the first judge on cards it has not learned from",
            hint="cardiogram train-judge LABELS --cards CARDS --out DIR --unseen FILE",
        )
    options = {
        name: asked[name]
        for name in (
            "gold_judge",
            "gold_cards",
            "cheap_judge",
            "target",
            "agreement",
            "draws",
            "seed",
        )
    }
    strong = only_judge(judges)
    table = choose_tolerance(
        asked["ratings"], asked["gold"], asked["cheap"], strong_judge=strong, **options
    )
    return table.as_dict(), render_cascade(table), 0


_MODES = {
    "audit": run_audit,
    "cascade": _cascade,
    "reliability": run_reliability,
}
