"""Options for language models as judges, and what is said of what they will cost and did."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from cardiogram.judge import Coverage, Judge, Status
    from cardiogram.judge.ensemble import Ensemble
    from cardiogram.judge.llm import Budget, CostEstimate, ModelOptions

F = TypeVar("F", bound=Callable[..., Any])


def judge_options(command: F) -> F:
    """Options that say who rates, and how language models are asked."""
    who = click.option(
        "--judge",
        "names",
        multiple=True,
        default=("embedded",),
        show_default=True,
        help="Who rates: embedded, labels:FILE or PROVIDER/MODEL; several rate side by side.",
    )
    return who(asking_options(command))


def asking_options(command: F) -> F:
    """Options that say how language models are asked, and what they may cost."""
    options = [
        click.option(
            "--base-url",
            "base_urls",
            multiple=True,
            metavar="URL",
            help="Another server for language models, or PROVIDER=URL.",
        ),
        click.option(
            "--samples",
            type=click.IntRange(1),
            default=1,
            show_default=True,
            help="Answers for each card.",
        ),
        click.option(
            "--orders",
            type=click.IntRange(1),
            help="Orders of the criteria among the "
            "samples, in turns; fewer than samples tells what an order does from what "
            "asking again does.  [one each]",
        ),
        click.option(
            "--temperature", type=click.FloatRange(0, 2), help="[0; 1 with several samples]"
        ),
        click.option(
            "--asking",
            type=click.Choice(["all", "each"]),
            default="all",
            show_default=True,
            help="One call for all numbers of a card, or one each.",
        ),
        click.option(
            "--levels",
            type=click.Choice(["none", "logprobs"]),
            default="none",
            show_default=True,
            help="Ask for a probability of each level too.",
        ),
        click.option(
            "--thinking",
            type=click.Choice(["minimal", "low", "medium", "high"]),
            help="How long a reasoning model may think.",
        ),
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
            show_default=True,
            help="Calls in flight at most, for each judge.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def ensemble_options(command: F) -> F:
    """Options that say how the ratings of several judges are combined."""
    options = [
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
            help="Of two judges, ask the second only where the first's doubt is above --tolerance.",
        ),
        click.option(
            "--tolerance",
            type=click.FloatRange(0, 8),
            default=1.8,
            show_default=True,
            help="Of a cascade, in rating points: how wide a 90 % interval about the "
            "first judge's number may be; cardiogram calibrate --cascade finds one.",
        ),
        click.option(
            "--calibration",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            help="Write ratings mapped by a kept calibration too.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def take_ensemble(asked: dict[str, Any]) -> Ensemble:
    """Take the options of :func:`ensemble_options` out of all that were given."""
    from cardiogram.judge.ensemble import Ensemble

    names = ("cascaded", "tolerance", "consensus", "calibration")
    return Ensemble(**{name: asked.pop(name) for name in names})


def take_judge_options(asked: dict[str, Any]) -> dict[str, Any]:
    """Take the options of :func:`asking_options` out of all that were given."""
    return {name: asked.pop(name) for name in ASKING}


ASKING = (
    "base_urls",
    "samples",
    "orders",
    "temperature",
    "asking",
    "levels",
    "thinking",
    "max_cost",
    "max_calls",
    "max_minutes",
    "price_in",
    "price_out",
    "concurrency",
    "via",
)
"""Names of the options of :func:`asking_options`."""


def model_options(seed: int, **asked: Any) -> ModelOptions:
    """How language models are asked, from the options."""
    from cardiogram.judge.llm import ModelOptions

    return ModelOptions(seed=seed, **asked)


def judges_of(
    names: Sequence[str], seed: int, asked: dict[str, Any]
) -> tuple[list[Judge], dict[str, Any]]:
    """The judges that the options name, and how `rate_all` is to ask them: budget and way.

    A judge that is named twice counts once.
    """
    from cardiogram.judge import load_judge
    from cardiogram.judge.llm import Budget

    limits = {name: asked.pop(name) for name in ("max_cost", "max_calls", "max_minutes")}
    via = asked.pop("via") or "calls"
    options = model_options(seed, **asked)
    judges = [load_judge(name, options) for name in dict.fromkeys(names)]
    budget = Budget(**limits)
    if budget.max_cost is not None:
        _need_prices(judges)
    return judges, {"budget": budget, "via": via, "on_estimate": partial(tell_estimates, budget)}


def _need_prices(judges: Sequence[Judge]) -> None:
    from cardiogram.errors import ConfigError
    from cardiogram.judge.llm import LLMJudge

    for judge in judges:
        if isinstance(judge, LLMJudge) and judge.price is None:
            raise ConfigError(
                f"--max-cost needs the price of {judge.id}, which is not in the list",
                hint="Add --price-in and --price-out, in US dollars for a million tokens.",
            )


def tell_estimates(budget: Budget, estimates: Mapping[str, CostEstimate]) -> None:
    """Say on stderr what language models will take, by what, and how far a budget goes."""
    from cardiogram.judge.llm.transport import price_list

    for judge, found in estimates.items():
        if not found.calls:
            click.echo(f"{judge}: every card has its answer, nothing is asked", err=True)
            continue
        cost = "price not known (--price-in, --price-out)"
        if found.cost_usd is not None:
            cost = (
                f"about {found.cost_usd:.3g} US dollars ({found.cost_low:.3g} to "
                f"{found.cost_high:.3g}; prices of {price_list()['date']})"
            )
        kept = f" ({found.cached_tokens:,} of them cached)" if found.cached_tokens else ""
        basis = f"by {found.answers} answers" if found.answers else "before any answer"
        click.echo(
            f"{judge}: {found.cards:,} cards, {found.calls:,} calls, about "
            f"{found.input_tokens:,} tokens in{kept} and {found.output_tokens:,} out "
            f"({found.output_low:,} to {found.output_high:,}), {cost}, "
            f"{_duration(found.seconds)} or more; {basis}",
            err=True,
        )
    whole = sum(found.cost_usd or 0.0 for found in estimates.values())
    if budget.max_cost is not None and whole > (left := budget.max_cost - budget.spent):
        click.echo(
            f"--max-cost {budget.max_cost:g} will do for about {max(0.0, left) / whole:.0%} of "
            "that; run the same command again to go on",
            err=True,
        )


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


_ENDS: tuple[Status, ...] = ("rated", "abstained", "refused", "unparsed", "failed")


def print_coverage(found: Sequence[Coverage], folder: Path, as_json: bool) -> None:
    """Print how many cards each judge has rated, and what became of the others."""
    total = sum(item.rated for item in found)
    if as_json:
        rows = [
            {
                "judge": item.judge,
                "version": item.version,
                **{name: item.ends.get(name, 0) for name in _ENDS},
                "calls": item.calls,
                "cost_usd": item.cost_usd,
                "failures": dict(item.failures),
                **({"answered_by": dict(item.answered_by)} if item.answered_by else {}),
            }
            for item in found
        ]
        click.echo(json.dumps({"ratings": total, "folder": str(folder), "judges": rows}))
        return
    for item in found:
        click.echo(_coverage_line(item, folder))
    _tell_failures(found)


def tell_coverage(found: Sequence[Coverage], folder: Path) -> None:
    """Say on stderr what became of the cards, where it is more than the built-in judge's."""
    for item in found:
        if item.calls or len(found) > 1 or item.rated < sum(item.ends.values()):
            click.echo(_coverage_line(item, folder), err=True)
    _tell_failures(found)


def _coverage_line(item: Coverage, folder: Path) -> str:
    others = [f"{item.ends[name]} {name}" for name in _ENDS[1:] if item.ends.get(name)]
    cost = f"; {item.calls} calls" if item.calls else ""
    if item.calls and item.cost_usd is not None:
        cost += f", {item.cost_usd:.4g} US dollars in all"
    rest = f" ({', '.join(others)})" if others else ""
    by = ", ".join(f"{count} by {judge}" for judge, count in sorted(item.answered_by.items()))
    by = f", {by}" if by else ""
    return f"{item.judge}: {item.rated} ratings{rest} in {folder}{by}{cost}"


def _tell_failures(found: Sequence[Coverage]) -> None:
    for item in found:
        for reason, count in item.failures.items():
            click.echo(f"  {count} failed: {reason}; run the same command again", err=True)


def is_complete(found: Sequence[Coverage]) -> bool:
    """Whether no card is left that failed."""
    return not any(item.failures for item in found)
