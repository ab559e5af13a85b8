"""What language models will take, and what became of the cards that were rated, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cardiogram.judge import Coverage, Status
from cardiogram.judge.llm import Budget, CostEstimate
from cardiogram.judge.llm.transport import price_list
from cardiogram.report.markup import count_of

_STATUSES: tuple[Status, ...] = ("rated", "abstained", "refused", "unparsed", "failed")


def render_estimates(estimates: Mapping[str, CostEstimate], budget: Budget) -> str:
    """Say what language models will take, by what, and how far a budget goes."""
    lines = [_estimate_line(judge, estimate) for judge, estimate in estimates.items()]
    whole = sum(estimate.cost_usd or 0.0 for estimate in estimates.values())
    if budget.max_cost is not None and whole > (left := budget.max_cost - budget.spent):
        lines.append(
            f"--max-cost {budget.max_cost:g} will do for about {max(0.0, left) / whole:.0%} of "
            "that; run the same command again to go on"
        )
    return "".join(f"{line}\n" for line in lines)


def _estimate_line(judge: str, estimate: CostEstimate) -> str:
    if not estimate.calls:
        return f"{judge}: every card has its answer, nothing is asked"
    cost = "price not known (--price-in, --price-out)"
    if estimate.cost_usd is not None:
        cost = (
            f"about {estimate.cost_usd:.3g} US dollars ({estimate.cost_low:.3g} to "
            f"{estimate.cost_high:.3g}; prices of {price_list()['date']})"
        )
    cached = f" ({estimate.cached_tokens:,} of them cached)" if estimate.cached_tokens else ""
    basis = f"by {estimate.answers} answers" if estimate.answers else "before any answer"
    return (
        f"{judge}: {count_of(estimate.cards, 'card')}, {count_of(estimate.calls, 'call')}, about "
        f"{estimate.input_tokens:,} tokens in{cached} and {estimate.output_tokens:,} out "
        f"({estimate.output_low:,} to {estimate.output_high:,}), {cost}, "
        f"{duration(estimate.seconds)} or more; {basis}"
    )


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def coverage_as_dict(coverage: Sequence[Coverage], folder: Path) -> dict[str, object]:
    """How many cards each judge has rated, as JSON has it."""
    judges = [
        {
            "judge": judged.judge,
            "version": judged.version,
            **{status: judged.ends.get(status, 0) for status in _STATUSES},
            "calls": judged.calls,
            "cost_usd": judged.cost_usd,
            "failures": dict(judged.failures),
            **({"answered_by": dict(judged.answered_by)} if judged.answered_by else {}),
        }
        for judged in coverage
    ]
    total = sum(judged.rated for judged in coverage)
    return {"ratings": total, "folder": str(folder), "judges": judges}


def render_coverage(coverage: Sequence[Coverage], folder: Path) -> str:
    """Say how many cards each judge has rated, and what became of the others; a line a judge."""
    return "".join(f"{_coverage_line(judged, folder)}\n" for judged in coverage)


def _coverage_line(judged: Coverage, folder: Path) -> str:
    others = [
        f"{judged.ends[status]} {status}" for status in _STATUSES[1:] if judged.ends.get(status)
    ]
    cost = f"; {judged.calls} calls" if judged.calls else ""
    if judged.calls and judged.cost_usd is not None:
        cost += f", {judged.cost_usd:.4g} US dollars in all"
    unrated = f" ({', '.join(others)})" if others else ""
    by = ", ".join(f"{count} by {judge}" for judge, count in sorted(judged.answered_by.items()))
    by = f", {by}" if by else ""
    return f"{judged.judge}: {judged.rated} ratings{unrated} in {folder}{by}{cost}"
