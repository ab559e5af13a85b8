"""Options that say who rates, how language models are asked, and how judges are combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from cardiogram import judge
from cardiogram.cli.options import (
    FILE,
    Decorator,
    gather,
    make_said_option,
    not_from_file,
    print_results,
)
from cardiogram.errors import ConfigError
from cardiogram.judge import ensemble, llm
from cardiogram.report import terminal

if TYPE_CHECKING:
    from cardiogram.judge import Coverage, Judge, OnEstimate
    from cardiogram.judge.llm import (
        AskedModel,
        Budget,
        CostEstimate,
        ModelOptions,
        RequestMode,
    )
    from cardiogram.judge.llm.transport import Price


class Terms(TypedDict):
    """What asking may cost, how it is done, and who hears of the estimate first."""

    budget: Budget
    via: RequestMode
    on_estimate: OnEstimate


@dataclass(frozen=True, slots=True)
class Asking:
    """How language models are asked, and what that may cost."""

    models: ModelOptions
    budget: Budget
    via: RequestMode

    def load_judges(self, judge_names: Sequence[str]) -> list[Judge]:
        """The judges of these names; one that is named twice counts once.

        Raises
        ------
        ConfigError
            A budget in dollars, and a model whose price is not known.
        """
        judges = [judge.load_judge(name, self.models) for name in dict.fromkeys(judge_names)]
        for rater in judges:
            if isinstance(rater, llm.LLMJudge):
                _check_price(rater.id, rater.price, self.budget)
        return judges

    def terms(self) -> Terms:
        """What a function that asks is told of budget and way."""

        def print_estimates(estimates: Mapping[str, CostEstimate]) -> None:
            click.echo(terminal.render_estimates(estimates, self.budget), err=True, nl=False)

        return {"budget": self.budget, "via": self.via, "on_estimate": print_estimates}


def _asking(
    *,
    max_cost: float | None,
    max_calls: int | None,
    max_minutes: float | None,
    via: RequestMode | None,
    **models: Any,
) -> Asking:
    budget = llm.Budget(max_cost=max_cost, max_calls=max_calls, max_minutes=max_minutes)
    return Asking(llm.ModelOptions(**models), budget, via or "calls")


def _check_price(model: str, price: Price | None, budget: Budget) -> None:
    if price is None and budget.max_cost is not None:
        raise ConfigError(
            f"--max-cost needs the price of {model}, which is not in the list",
            hint="Add --price-in and --price-out, in US dollars for a million tokens.",
        )


def _rewriter(
    *,
    model: str | None,
    base_urls: Sequence[str],
    max_cost: float | None,
    max_calls: int | None,
    max_minutes: float | None,
    price_in: float | None,
    price_out: float | None,
) -> AskedModel | None:
    """The model that rewords, with its answers in the user's folder of state."""
    if model is None:
        return None
    from cardiogram.improve import state_folder
    from cardiogram.judge.llm.transport import price_of

    budget = llm.Budget(max_cost, max_calls, max_minutes)
    name = llm.name_model(model, base_urls)
    if name.provider.wire == "decisions":
        raise ConfigError(f"{model} answers typed questions, and writes no sentences")
    price = price_of(name, price_in, price_out)
    _check_price(model, price, budget)
    return llm.AskedModel(name, price=price, budget=budget, answers=state_folder() / "answers")


names_option: Decorator = click.option(
    "--judge",
    "judge_names",
    multiple=True,
    default=("embedded",),
    help="Who rates: embedded, labels:FILE or PROVIDER/MODEL; several rate side by side.",
)

_URL = "Another server for language models, or PROVIDER=URL."
_cost_options = (
    click.option(
        "--max-cost",
        type=click.FloatRange(0),
        metavar="USD",
        help="Stop before this run costs more.",
    ),
    click.option("--max-calls", type=click.IntRange(0), help="Stop after so many answers."),
    click.option(
        "--max-minutes", type=click.FloatRange(0), help="Send no call after so many minutes."
    ),
    click.option(
        "--price-in",
        type=click.FloatRange(0),
        metavar="USD",
        help="Price of a million tokens of input, instead of the list's.",
    ),
    click.option(
        "--price-out",
        type=click.FloatRange(0),
        metavar="USD",
        help="Price of a million tokens of output.",
    ),
)

asking_options: Decorator = gather(
    "asking",
    _asking,
    click.option(
        "--base-url",
        "base_urls",
        multiple=True,
        metavar="URL",
        callback=not_from_file,
        help=_URL,
    ),
    click.option("--samples", type=click.IntRange(1), default=1, help="Answers for each card."),
    click.option(
        "--orders",
        type=click.IntRange(1),
        help="Orders of the criteria among the "
        "samples, in turns; fewer than samples tells what an order does from what "
        "asking again does.  [one each]",
    ),
    click.option("--temperature", type=click.FloatRange(0, 2), help="[0; 1 with several samples]"),
    click.option(
        "--asking",
        type=click.Choice(["all", "each"]),
        default="all",
        help="One call for all numbers of a card, or one each.",
    ),
    click.option(
        "--levels",
        type=click.Choice(["none", "logprobs"]),
        default="none",
        help="Ask for a probability of each level too.",
    ),
    click.option(
        "--thinking",
        type=click.Choice(["minimal", "low", "medium", "high"]),
        help="How long a reasoning model may think.",
    ),
    *_cost_options,
    click.option(
        "--batch",
        "via",
        flag_value="batches",
        default=None,
        help="Ask through the provider's batch interface: half the price, within a "
        "day; run again to collect.",
    ),
    click.option(
        "--concurrency",
        type=click.IntRange(1, 512),
        default=32,
        help="Calls in flight at most, for each judge.",
    ),
    also=("seed",),
)
"""Options that say how language models are asked, and what they may cost."""

rewriting_options: Decorator = gather(
    "rewriter",
    _rewriter,
    make_said_option(
        "--rewrite",
        "model",
        "A language model smooths the sentences that were added; each is checked.",
        metavar="PROVIDER/MODEL",
    ),
    make_said_option("--base-url", "base_urls", _URL, multiple=True, metavar="URL"),
    *_cost_options,
)
"""Options that say which language model rewords a draft, and what it may cost.

A model's repository may hold a settings file of somebody else's: it names no model and no server.
"""

ensemble_options: Decorator = gather(
    "how",
    lambda **options: ensemble.Ensemble(**options),
    click.option(
        "--consensus",
        type=click.Choice(["median", "severity"]),
        help="Of several "
        "judges, write a panel's rating too: their median, or their mean once "
        "strictness is taken out.",
    ),
    click.option(
        "--cascade",
        "cascaded",
        is_flag=True,
        help="Of two judges, ask the second only where the uncertainty of the first is above "
        "--tolerance.",
    ),
    click.option(
        "--tolerance",
        type=click.FloatRange(0, 8),
        default=1.8,
        help="Of a cascade, in rating points: how wide a 90 % interval about the "
        "first judge's number may be; cardiogram judges cascade finds one.",
    ),
    click.option(
        "--calibration", type=FILE, help="Write ratings mapped by a kept calibration too."
    ),
)
"""Options that say how the ratings of several judges are combined."""


def print_coverage(coverage: Sequence[Coverage], folder: Path, as_json: bool) -> None:
    """Print how many cards each judge has rated, and what became of the others."""
    results = terminal.coverage_as_dict(coverage, folder)
    print_results(results, terminal.render_coverage(coverage, folder), as_json)
    if not as_json:
        print_failures(coverage)


def print_failures(coverage: Sequence[Coverage]) -> None:
    """Say on stderr why cards are left without an answer."""
    for covered in coverage:
        for reason, count in covered.failures.items():
            click.echo(f"  {count} failed: {reason}; run the same command again", err=True)


def is_complete(coverage: Sequence[Coverage]) -> bool:
    """Whether no card is left that failed."""
    return not any(covered.failures for covered in coverage)
