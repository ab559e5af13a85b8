"""Options that several commands about judges have."""

from __future__ import annotations

from typing import Literal, TypedDict

import click

from cardiogram.cli.options import EXISTING, Decorator, gather, make_draws_option, seed_option

ratings_argument: Decorator = click.argument("ratings", type=EXISTING)
gold_argument: Decorator = click.argument("gold", type=EXISTING, required=False)
judge_option: Decorator = click.option("--judge", help="Whose ratings.  [the only judge there]")
cards_option: Decorator = click.option(
    "--cards",
    type=EXISTING,
    help="Where the cards are, for figures by kind, length and language; a study folder has its "
    "own.",
)
draws_option: Decorator = make_draws_option(100, 1000)


class GoldOptions(TypedDict):
    """How ratings are compared with gold ones."""

    gold_judge: str | None
    gold_cards: Literal["all", "unseen"]
    draws: int
    seed: int


gold_options: Decorator = gather(
    "how",
    GoldOptions,
    click.option("--gold-judge", help="Who of GOLD (or of RATINGS, without one) is right."),
    click.option(
        "--gold-cards",
        type=click.Choice(["all", "unseen"]),
        default="all",
        help="Which count; unseen leaves out those that the judge has learned from.",
    ),
    draws_option,
    seed_option,
)
"""Options that say how ratings are compared with gold ones."""
