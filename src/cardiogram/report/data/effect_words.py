"""What may be said of an effect, in words and as what is drawn: no more than its numbers carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cardiogram.analysis import round_p_value
from cardiogram.report.markup import Bounds, DayChange, Ends, count_of, format_change, read_bounds
from cardiogram.track.effect import DayPoint, Effect, PlaceboDates, SelectionCheck

OUTCOMES = {"downloads": "new downloads", "likes": "new likes"}


def say_verdict(effect: Effect) -> str:
    """The one thing that may be said, without a full stop.

    Examples
    --------
    >>> from cardiogram.track.effect import EffectVerdict
    >>> rising = EffectVerdict("not identified", "", "edited while rising")
    >>> say_verdict(Effect("downloads", rising, 14, "all-time", "author"))
    'What the changes did to new downloads is not identified: edited while rising'
    """
    what, verdict = OUTCOMES[effect.outcome], effect.verdict
    if verdict.kind == "not identified" or effect.estimate is None:
        reason = f": {verdict.reason}" if verdict.reason else ""
        return f"What the changes did to {what} is not identified{reason}"
    if verdict.kind == "effect":
        return f"{say_estimate(effect.estimate, effect.interval)} {what} after the card was changed"
    seen = f"; one of {say_share(effect.detectable)} would show" if effect.detectable else ""
    return f"No effect on {what} seen{seen}"


def say_estimate(estimate: float, interval: Ends | None) -> str:
    """A logarithmic change as a percentage, with its interval where there is one.

    Examples
    --------
    >>> say_estimate(0.1133, Bounds(-0.0305, 0.2546))
    '+12 % (−3 to +29 %)'
    """
    bounds = read_bounds(interval)
    if bounds is None:
        return format_change(estimate)
    low, high = map(format_change, bounds)
    low = low.removesuffix(" %") if high.endswith(" %") else low
    return f"{format_change(estimate)} ({low} to {high})"


def say_p_value(p_value: float | None) -> str:
    """A p value after a comma; nothing where there is none."""
    return "" if p_value is None else f", p {round_p_value(p_value)}"


def say_share(share: float) -> str:
    """A share that is gained as a percentage."""
    return f"{100 * share:+,.0f} %".replace("-", "−")


def say_rest(effect: Effect) -> str:
    """What it rests on."""
    return (
        f"{count_of(effect.models, 'changed model')} by {count_of(effect.authors, 'author')}, "
        f"{count_of(effect.donors, 'model')} like them, {effect.window} days before and after"
    )


def say_placebo(placebo: PlaceboDates) -> str:
    """How often the line is crossed where nothing happened."""
    return (
        f"{placebo.crossed:,} of {placebo.runs:,} cross the line, {placebo.expected:,.0f} expected"
    )


def say_selection(check: SelectionCheck) -> str:
    """Whether models were changed while they rose or fell."""
    said = "not the same as" if check.differs else "no different from"
    return f"{say_estimate(check.estimate, check.interval)}, {said} models like them"


def day_changes(days: Sequence[DayPoint]) -> Iterator[DayChange]:
    """Days of an event study as they are drawn."""
    for day in days:
        yield DayChange(
            day.day, day.estimate, _pair(day.low, day.high), _pair(day.band_low, day.band_high)
        )


def _pair(low: float | None, high: float | None) -> Bounds | None:
    return None if low is None or high is None else Bounds(low, high)


def say_checks(effect: Effect) -> list[tuple[str, str]]:
    """What was checked, and what came of it."""
    rows: list[tuple[str, str]] = []
    if effect.placebo:
        rows.append(("placebo dates", say_placebo(effect.placebo)))
    if effect.selection:
        rows.append(("growth before", say_selection(effect.selection)))
    if (dose := effect.dose) and dose.slope is not None and dose.interval:
        slope = say_estimate(dose.slope, dose.interval)
        rows.append(("rating", f"{slope} for each point it rose"))
    if (cross := effect.cross_check) and cross.estimate is not None:
        p = say_p_value(cross.p_value)
        rows.append(("cross-check", f"{format_change(cross.estimate)}{p} (Callaway and Sant'Anna)"))
    return rows
