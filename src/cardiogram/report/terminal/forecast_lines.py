"""What a study will take, as a person is told before it starts."""

from __future__ import annotations

from cardiogram.judge import Forecast
from cardiogram.judge.llm import Budget
from cardiogram.report.markup import count_of
from cardiogram.report.terminal.coverage import duration, render_estimates


def render_forecast(forecast: Forecast, budget: Budget, free: int) -> str:
    """Say how long a study takes, and how much disk, how many requests and how much money.

    Parameters
    ----------
    free
        Bytes that the disk has left.
    """
    models = count_of(forecast.models, "model")
    lines = [
        f"{models}; measured on {forecast.sample:,} of them",
        f"  time      about {duration(forecast.seconds)} on free cores: {_steps(forecast)}",
        f"  disk      about {_size(forecast.bytes)}; {_size(free)} are free",
        f"  requests  {_requests(forecast)}",
    ]
    if not forecast.costs:
        lines.append("  money     none")
    text = "".join(f"{line}\n" for line in lines)
    return text + render_estimates(dict(forecast.costs), budget)


def _steps(forecast: Forecast) -> str:
    parts = [
        ("read", forecast.reading),
        ("wait for the Hub", forecast.waiting),
        ("rate", forecast.rating),
        ("map, analyze and report", forecast.later),
    ]
    return ", ".join(f"{name} {duration(seconds)}" for name, seconds in parts if seconds)


def _requests(forecast: Forecast) -> str:
    if not forecast.requests:
        return "none"
    waits = "; the Hub gives more at once to whoever has a login" if forecast.waiting else ""
    return f"{forecast.requests:,} to the Hub{waits}"


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
