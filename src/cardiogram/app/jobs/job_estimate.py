"""What a job will take, before it starts: cards, requests, money and time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from cardiogram.app.jobs.job_folder import JudgeCost
from cardiogram.app.jobs.job_request import JobRequest
from cardiogram.app.jobs.job_terms import (
    check_request,
    ensemble_of,
    load_judges,
    models_of,
    source_of,
    study_of,
)
from cardiogram.cards import Card, parse_card
from cardiogram.collect import Source, read_cards
from cardiogram.errors import ConfigError
from cardiogram.hub import HubSession, Query, list_pages, read_readmes
from cardiogram.judge import (
    Judge,
    costs_by_sample,
    estimate_models,
    read_coverage,
    seconds_after_rating,
)
from cardiogram.judge.ensemble import UnsureCards

if TYPE_CHECKING:
    from cardiogram.app.workspace import Workspace

_PAGES, _PAGE = 5, 1000
_SAMPLE = 40
"""Cards of a new study that are read for an estimate of what language models will take."""

_CALLS, _FILES, _WINDOW = 500, 3000, 300.0
"""API calls and files that the Hub gives to whoever has no login, in so many seconds."""

_READ_SECONDS = 0.025
_RATE_SECONDS = 0.0013
"""What a card takes to be rated: see docs/benchmarks.md."""

_DRAFT_CALLS, _DRAFT_FILES, _DRAFT_SECONDS = 4, 10, 0.6
"""Of a draft: medians of the repositories of docs/benchmarks.md."""
_COUNT_CALLS, _COUNT_SECONDS = 3, 0.1


@dataclass(frozen=True, slots=True)
class JobEstimate:
    """What a job will take.

    Attributes
    ----------
    cards
        Models or cards that it is about.
    is_exact
        Whether they were counted; elsewhere it may be fewer.
    requests
        To the Hub.
    seconds
        Until it ends, waiting for the Hub's quota included.
    costs
        One a language model.
    cost_usd, cost_low, cost_high
        US dollars in all; None where a price is not known.
    notes
        What else is to be known, a sentence each.
    """

    cards: int
    is_exact: bool = True
    requests: int = 0
    seconds: float = 0.0
    costs: tuple[JudgeCost, ...] = ()
    cost_usd: float | None = 0.0
    cost_low: float | None = 0.0
    cost_high: float | None = 0.0
    notes: tuple[str, ...] = ()


def estimate_job(request: JobRequest, workspace: Workspace, session: HubSession) -> JobEstimate:
    """Estimate what a job will take; nothing is begun, and no language model is asked.

    Raises
    ------
    CardiogramError
        It cannot be done, or the Hub does not answer.
    """
    check_request(request, workspace)
    if request.kind == "portfolio":
        return _portfolio(request, session)
    if request.kind == "snapshot":
        return _snapshot(request, workspace)
    judges = load_judges(request)
    make = _new_study if request.kind == "study" else _panel
    return _with_costs(make(request, workspace, session, judges), request)


def _portfolio(request: JobRequest, session: HubSession) -> JobEstimate:
    ids, is_exact = _list(session, Query(author=request.owner))
    if not ids:
        raise ConfigError(f"{request.owner!r} has no models on the Hub")
    calls = len(ids) * _DRAFT_CALLS + -(-len(ids) // _PAGE)
    return _on_hub(len(ids), is_exact, calls, len(ids) * _DRAFT_FILES, len(ids) * _DRAFT_SECONDS)


def _snapshot(request: JobRequest, workspace: Workspace) -> JobEstimate:
    from cardiogram.track.ledger import ModelLedger

    watched = ModelLedger.open(workspace.inside(request.folder)).watched()
    own = sum(model.role == "own" for model in watched)
    pages = -(-(len(watched) - own) // _PAGE)
    calls, seconds = own * _COUNT_CALLS + pages, own * _COUNT_SECONDS + pages
    return _on_hub(len(watched), True, calls, 0, seconds)


def _panel(
    request: JobRequest, workspace: Workspace, session: HubSession, judges: list[Judge]
) -> JobEstimate:
    """What it takes to rate a study again; answers that it keeps cost nothing."""
    study, only = study_of(request, workspace), None
    notes: tuple[str, ...] = ()
    cards = sum(study.models.count_rows(path.stem) for path in study.models.shards())
    if request.combine == "cascade":
        if read_coverage(study, judges[0].id).rated:
            only = UnsureCards(judges[0].id, ensemble_of(request).tolerance)
        else:
            notes = ("The second judge is asked about fewer cards than this.",)
    made = estimate_models(study, models_of(judges), only)
    costs = tuple(JudgeCost.of(judge, cost) for judge, cost in made.items())
    return JobEstimate(cards, seconds=_seconds(cards), costs=costs, notes=notes)


def _new_study(
    request: JobRequest, workspace: Workspace, session: HubSession, judges: list[Judge]
) -> JobEstimate:
    source = source_of(request, workspace)
    if source.path is not None:
        return _of_files(source, judges, request)
    ids, is_exact = _list(session, source.query)
    if not ids:
        raise ConfigError("the Hub lists no model for this question")
    count = len(ids) if is_exact else source.query.limit or len(ids)
    costs: tuple[JudgeCost, ...] = ()
    if models_of(judges):
        some = ids[:: max(1, len(ids) // _SAMPLE)][:_SAMPLE]
        read = read_readmes(session, some)
        sample = [parse_card(card.data, id=card.id) for card in read if card.data]
        costs = _costs(judges, sample, count * len(sample) / len(some), request)
    seconds = count * _READ_SECONDS + _seconds(count)
    made = _on_hub(count, is_exact, -(-count // _PAGE), count, seconds)
    return replace(made, costs=costs)


def _on_hub(cards: int, is_exact: bool, calls: int, files: int, seconds: float) -> JobEstimate:
    """What a job takes that asks the Hub, which gives only so much at once."""
    waits = max((calls - 1) // _CALLS, (files - 1) // _FILES, 0)
    notes: tuple[str, ...] = ()
    if waits:
        notes = (
            f"Time is of somebody without a login, to whom the Hub gives {_CALLS:,} calls and "
            f"{_FILES:,} files in five minutes; with one it gives more.",
        )
    return JobEstimate(cards, is_exact, calls + files, seconds + waits * _WINDOW, notes=notes)


def _of_files(source: Source, judges: list[Judge], request: JobRequest) -> JobEstimate:
    assert source.path is not None
    ceiling = _PAGES * _PAGE
    limit = source.query.limit or ceiling + 1
    cards = read_cards(source.path)
    sample = list(islice(cards, _SAMPLE))
    count = len(sample) + sum(1 for _ in islice(cards, min(limit, ceiling + 1) - len(sample)))
    notes = (f"There are more than {ceiling:,} cards.",) if count > ceiling else ()
    costs = _costs(judges, sample, count, request)
    return JobEstimate(count, count <= ceiling, 0, _seconds(count), costs, notes=notes)


def _list(session: HubSession, query: Query) -> tuple[list[str], bool]:
    """Ids of the first models of a list, and whether these are all."""
    ids: dict[str, None] = {}
    is_all = True
    for number, page in enumerate(list_pages(session, query, fields=("downloads",)), 1):
        ids.update((str(row["id"]), None) for row in page.rows if row["id"])
        is_all = page.next_cursor is None
        if number == _PAGES:
            break
    return [*ids], is_all


def _seconds(cards: int) -> float:
    """What a study takes once its cards are read."""
    return cards * _RATE_SECONDS + seconds_after_rating(cards)


def _costs(
    judges: Sequence[Judge], sample: Sequence[Card], count: float, request: JobRequest
) -> tuple[JudgeCost, ...]:
    """What language models take for so many cards, by some of them."""
    times = count / max(1, len(sample))
    made = costs_by_sample(judges, ensemble_of(request), sample, times)
    return tuple(JudgeCost.of(judge, cost) for judge, cost in made)


def _with_costs(estimate: JobEstimate, request: JobRequest) -> JobEstimate:
    """The sums over language models, and what is to be said of them."""
    costs, notes = estimate.costs, [*estimate.notes]
    if not costs:
        return estimate
    likely, low, high = (
        None if any(cost is None for cost in column) else sum(filter(None, column))
        for column in zip(*((c.cost_usd, c.cost_low, c.cost_high) for c in costs), strict=True)
    )
    if likely is None:
        unknown = [cost.judge for cost in costs if cost.cost_usd is None]
        notes.append(f"The price of {', '.join(unknown)} is not in the list.")
    calls = sum(cost.calls for cost in costs)
    for limit, whole in ((request.max_cost, likely), (request.max_calls, calls)):
        if limit is not None and whole and whole > limit:
            notes.append(f"The limit will do for about {limit / whole:.0%} of that.")
    return replace(
        estimate,
        seconds=estimate.seconds + max(cost.seconds for cost in costs),
        cost_usd=likely,
        cost_low=low,
        cost_high=high,
        notes=tuple(notes),
    )
