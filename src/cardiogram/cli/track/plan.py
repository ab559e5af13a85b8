"""The command that plans an experiment with drafts, and draws who goes first."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import json_option, ledger_option, look_of, print_results
from cardiogram.errors import DataError
from cardiogram.report import terminal


@click.command("plan")
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@ledger_option
@click.option(
    "--effect", type=float, default=0.2, show_default=True, help="Gain to be seen: 0.2 is +20 %."
)
@click.option(
    "--seed", type=click.IntRange(0), help="Draw who changes first, and keep it in the ledger."
)
@click.option("--first", type=int, help="How many change first; half of them by default.")
@json_option
def command(
    targets: tuple[str, ...],
    ledger: Path,
    effect: float,
    seed: int | None,
    first: int | None,
    as_json: bool,
) -> None:
    """Say how many cards to change for how long; draw who goes first.

    It rests on how much the ledger's models move while their cards stay as they are. With --seed,
    half of the TARGETs (by default all models that you watch for themselves) are drawn to change
    first, and the draw is kept in design.toml: track effect then reads a true experiment.
    Exits with 1 where there is too little to plan by.
    """
    from cardiogram.track.effect import (
        FEWEST_DONORS,
        draw_turns,
        find_edited,
        fix_window,
        keep_draw,
        panel_of,
        plan_models,
        read_design,
    )
    from cardiogram.track.history import read_events
    from cardiogram.track.ledger import ModelLedger
    from cardiogram.track.series import read_series

    if first is not None and seed is None:
        raise click.UsageError("--first is a part of the draw: give --seed, too.")
    own = _portfolio(ledger, targets)
    events = [event for history in read_events(ledger) for event in history.events]
    edited = find_edited(ModelLedger(ledger))
    panel = panel_of(read_series(ledger), events, edited=edited)
    choice = fix_window(ledger, panel, drawn=seed is not None)
    plan = plan_models(panel.only_donors, choice, effect)
    draw = read_design(ledger).draw
    if seed is not None:
        draw = draw_turns(own, seed, first)
        keep_draw(ledger, draw)
    look = look_of("json" if as_json else "text", verbose=False)
    kept = str(ledger / "design.toml") if draw else ""
    where = terminal.name_ledger(ledger)
    following = "" if draw else f"cardiogram track plan --seed 1{where}"
    if plan.needed is None:
        task = "add --study FOLDER" if plan.donors < FEWEST_DONORS else "snapshot"
        following = f"cardiogram track {task}{where}"
    text = "" if as_json else terminal.render_experiment(plan, look, draw, kept, following)
    print_results(store.to_json({"plan": plan, "draw": draw}), text, as_json)
    sys.exit(1 if plan.needed is None and draw is None else 0)


def _portfolio(ledger: Path, targets: Sequence[str]) -> Sequence[str]:
    """The models that are drawn from: those named, or all that are watched for themselves."""
    from cardiogram.track.ledger import ModelLedger

    roles = {model.id: model.role for model in ModelLedger.open(ledger).watched()}
    if unknown := [target for target in targets if target not in roles]:
        raise DataError(
            f"the ledger does not watch {', '.join(map(repr, unknown))}",
            hint="Watch them first: cardiogram track add --help",
        )
    return targets or [id for id, role in roles.items() if role == "own"]
