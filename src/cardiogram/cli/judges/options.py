"""Options that several commands about judges have."""

from __future__ import annotations

import click

from cardiogram.cli.options import EXISTING, make_draws_option

ratings_argument = click.argument("ratings", type=EXISTING)
gold_argument = click.argument("gold", type=EXISTING, required=False)
judge_option = click.option("--judge", help="Whose ratings.  [the only judge there]")
gold_judge_option = click.option(
    "--gold-judge", help="Who of GOLD (or of RATINGS, without one) is right."
)
gold_cards_option = click.option(
    "--gold-cards",
    type=click.Choice(["all", "unseen"]),
    default="all",
    show_default=True,
    help="Which count; unseen leaves out those that the judge has learned from.",
)
cards_option = click.option(
    "--cards",
    type=EXISTING,
    help="Where the cards are, for figures by kind, length and language; a study folder has its "
    "own.",
)
draws_option = make_draws_option(100, 1000)
