"""The command that trains a judge."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram.cli.options import FILE, PATH, json_option, print_results, seed_option
from cardiogram.judge import gold, training


@click.command("train")
@click.argument("labels", type=FILE, nargs=-1, required=True)
@click.option(
    "--cards",
    type=FILE,
    multiple=True,
    required=True,
    help="The labelled cards (.jsonl or .jsonl.gz); give it again for a further file.",
)
@click.option("--out", type=PATH, required=True, help="Folder for the judge.")
@click.option(
    "--partial", type=FILE, help="Ratings of the same cards with parts taken away (.jsonl)."
)
@click.option("--changed", type=FILE, help="Rated copies of the same cards, with their texts.")
@click.option("--corrected", type=FILE, help="Ratings that take the place of those in LABELS.")
@click.option(
    "--out-of-fold",
    type=PATH,
    help="File (.jsonl) for the ratings of each card by a judge that saw none of its author: what "
    "a cascade is tuned on.",
)
@seed_option
@json_option
def command(
    labels: tuple[Path, ...],
    cards: tuple[Path, ...],
    out: Path,
    partial: Path | None,
    changed: Path | None,
    corrected: Path | None,
    out_of_fold: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Train a built-in judge on ratings of your own.

    LABELS are .jsonl files: `key` (or `id`), `first` (nine numbers) and optionally `second`. Prints
    quadratic-weighted kappa on authors that were not seen and, with --partial or --changed, how
    far the judge's changes go with those of the ratings.
    """
    labelled = gold.read_labelled(
        labels, cards, partial=partial, changed=changed, corrected=corrected
    )
    about = training.train_judge(labelled, out, seed=seed, out_of_fold=out_of_fold)
    lines = []
    for name, value in about["agreement"]["scores"].items():
        change = about["responsiveness"].get(name)
        changes = f"  changes {_format(change['correlation'], '.2f')}" if change else ""
        lines.append(f"{name:<12} {_format(value['qwk'], '.3f')}{changes}\n")
    for kind, figures in about["changes"].items():
        lines.append(
            f"{kind:<12} ratings {_format(figures['rated'], '+.2f')}"
            f"  judge {_format(figures['judged'], '+.2f')}\n"
        )
    print_results(about, "".join(lines), as_json)


def _format(value: float | None, form: str) -> str:
    return "undefined" if value is None else format(value, form)
