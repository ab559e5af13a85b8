"""The studies of the folder: what they found, and what somebody wants to know beyond that."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from cardiogram.analysis import Explorable, Exploration, Results, compare_studies
from cardiogram.app.api.card_at_hand import check_text
from cardiogram.app.api.endpoint import Endpoint
from cardiogram.app.application import App
from cardiogram.app.study_pages import state_of
from cardiogram.cards import parse_card
from cardiogram.errors import CardiogramError, DataError
from cardiogram.maps import NOWHERE, Neighbour, PlainMap, map_of, place
from cardiogram.report.page import draw_comparison
from cardiogram.store import Study

_MAPS, _EXPLORED = 4, 2
"""Studies whose map, and whose columns, are kept at hand."""

_MOST_CONCLUSIONS = 2


@dataclass(frozen=True, slots=True)
class StudySummary:
    """A study in a few numbers.

    Attributes
    ----------
    address
        Of its page.
    day
        When its models were read, ISO; "" where that is not known.
    histogram
        Cards by whole overall rating, 1 to 5.
    conclusions
        What was found, in short.
    has_map
        Whether a card can be placed in it.
    problem, hint
        Why there is no page of it, and what to do; "" where there is one.
    """

    name: str
    address: str
    day: str
    models: int = 0
    authors: int = 0
    rated: int = 0
    mean: float | None = None
    histogram: tuple[int, ...] = ()
    judge: str = ""
    conclusions: tuple[str, ...] = ()
    has_map: bool = False
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class StudiesAnswer:
    """The studies of the folder, by name."""

    studies: tuple[StudySummary, ...]


@dataclass(frozen=True, slots=True)
class ExploreQuestion:
    """Some models of a study, by their ids."""

    study: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonQuestion:
    """Two studies: differences are of `study` minus `earlier`."""

    study: str
    earlier: str


@dataclass(frozen=True, slots=True)
class ComparisonAnswer:
    """Two studies side by side.

    Attributes
    ----------
    markup
        HTML as the page of `cardiogram compare` has it: nothing in it runs.
    """

    study: str
    earlier: str
    markup: str


@dataclass(frozen=True, slots=True)
class PlaceQuestion:
    """A card that is to be placed on the map of a study.

    Attributes
    ----------
    id
        Of its model, which is no neighbour of itself; "" where it has none.
    """

    study: str
    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class NearCard:
    """A well documented model near a card, and the criteria in which it is worth copying."""

    id: str
    rating: float
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """Where a card falls on the map of a study.

    Attributes
    ----------
    x, y
        On the map, as its models are; null where the card has no word that the map knows.
    rating
        The card's, by the built-in judge.
    segment
        Null where its neighbours are of no one segment.
    rank, of
        Its place by rating among the segment's cards: 1 is the best; null where there is none.
    above, among
        Cards that are rated lower, of so many: those of `task`, or all where that is "".
    near
        A good card of the same task near it; null where there is none.
    reason
        Why it has no segment; "" where it has one.
    """

    x: float | None
    y: float | None
    rating: float
    segment: str | None
    rank: int | None
    of: int
    task: str
    above: int
    among: int
    near: NearCard | None
    reason: str = ""


def list_studies(app: App) -> StudiesAnswer:
    """Every study of the folder; strangers see those that have results."""
    studies = app.workspace.studies().items()
    summaries = (_summarise(app, name, study) for name, study in studies)
    return StudiesAnswer(tuple(each for each in summaries if not (app.is_public and each.problem)))


def _summarise(app: App, name: str, study: Study) -> StudySummary:
    address = f"/studies/{quote(name, errors='replace')}/"
    try:
        day = str(study.manifest().get("created_at", ""))[:10]
        results = _results(study.root, state_of(study.root))
    except CardiogramError as error:
        words = (app.workspace.shorten(part or "") for part in (error.message, error.hint))
        problem, hint = words
        return StudySummary(name, address, "", problem=problem, hint=hint)
    overall = results.ratings.get("overall")
    histogram = overall.histogram if overall else {}
    short = [conclusion.short for conclusion in results.conclusions if conclusion.short]
    return StudySummary(
        name=name,
        address=address,
        day=day,
        models=results.coverage.models,
        authors=results.coverage.authors,
        rated=results.coverage.rated,
        mean=overall.mean if overall else None,
        histogram=tuple(histogram.get(score, 0) for score in range(1, 6)) if overall else (),
        judge=results.judge.id,
        conclusions=tuple(short[:_MOST_CONCLUSIONS]),
        has_map=(study.map.folder / "fitted.npy").is_file(),
    )


def explore(app: App, question: ExploreQuestion) -> Exploration:
    """Relate ratings to downloads and likes for some models of a study."""
    study = _find(app, question.study)
    return _explorable(study.root, state_of(study.root)).explore(question.models)


def compare(app: App, question: ComparisonQuestion) -> ComparisonAnswer:
    """Compare a study with an earlier one."""
    study, earlier = _find(app, question.study), _find(app, question.earlier)
    both = compare_studies(earlier, study)
    return ComparisonAnswer(question.study, question.earlier, str(draw_comparison(both)))


def place_card(app: App, question: PlaceQuestion) -> PlacedCard:
    """Rate a card and place it on the map of a study."""
    study = _find(app, question.study)
    data = check_text(question.text, question.id)
    fitted = _map(study.root, state_of(study.root))
    card = parse_card(data, id=question.id)
    (rating,) = app.judge.rate([card])
    if not rating.scores:
        raise DataError("the card cannot be rated", hint="Write a few sentences first.")
    placed = place(card, rating.scores, fitted, name=question.study)
    is_placed = (placed.x, placed.y) != NOWHERE
    return PlacedCard(
        x=placed.x if is_placed else None,
        y=placed.y if is_placed else None,
        rating=rating.scores["overall"].expected,
        segment=placed.segment,
        rank=placed.rank,
        of=placed.of,
        task=placed.task,
        above=placed.above,
        among=placed.among,
        near=next(map(_near, placed.neighbours), None),
        reason=placed.reason or "",
    )


def _near(neighbour: Neighbour) -> NearCard:
    criteria = tuple(part.criterion for part in neighbour.parts)
    return NearCard(neighbour.id, neighbour.rating, criteria)


def _find(app: App, name: str) -> Study:
    study = app.workspace.studies().get(name)
    if study is None:
        raise DataError(f"there is no study {name[:100]!r} in the folder that the app shows")
    return study


@lru_cache(_EXPLORED)
def _explorable(root: Path, state: object) -> Explorable:
    return Explorable.of(Study(root))


@lru_cache(_MAPS)
def _map(root: Path, state: object) -> PlainMap:
    return map_of(root)


@lru_cache
def _results(root: Path, state: object) -> Results:
    return Results.load(Study(root).results_path)


ENDPOINTS = (
    Endpoint("GET", "/api/studies", list_studies, "The studies of the folder.", public=True),
    Endpoint(
        "POST",
        "/api/studies/explore",
        explore,
        "Ratings related to downloads and likes for some models of a study.",
        public=True,
        heavy=True,
    ),
    Endpoint(
        "POST", "/api/studies/compare", compare, "Two studies compared.", public=True, heavy=True
    ),
    Endpoint(
        "POST", "/api/studies/place", place_card, "A card on the map of a study.", public=True
    ),
)
