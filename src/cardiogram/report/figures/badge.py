"""A badge: a card's rating as a small picture for a README, with the Markdown that shows it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from cardiogram.check import Checked
from cardiogram.errors import ConfigError, DataError
from cardiogram.names import DATA, SCORES_OF, CardType
from cardiogram.report.markup import Markup, el, level_of

if TYPE_CHECKING:
    from cardiogram.store import Study
    from cardiogram.track.history import CardHistory

COLOURS = {1: "#b42318", 2: "#b04a00", 3: "#7a6200", 4: "#4a7300", 5: "#1a7431"}
"""Ground of the right half by rating; white text on each has a contrast of 4.5 or more."""

LABEL = "#4a4f57"
_HEIGHT, _PAD, _SIZE = 20, 6, 11
_LINE, _TOP, _FOOT = 40, 4, 16
"""Width of the line that shows a trend, and where level 5 and level 1 are."""
_MOST_STEPS = 200
_OF = " of 5"
_MOVED = 0.05
"""What one decimal shows of a change."""


@dataclass(frozen=True, slots=True)
class Badge:
    """What a badge says.

    Attributes
    ----------
    label, message
        Its left and right half.
    score
        Level 1-5, for the colour.
    title
        The whole sentence, which a screen reader reads out and a pointer shows.
    trend
        Ratings since days before now, the oldest first; none draws no line.
    """

    label: str
    message: str
    score: int
    title: str
    trend: tuple[RatedSince, ...] = ()


class RatedSince(NamedTuple):
    """A rating that a card has had since so many days before its latest change."""

    days: float
    rating: float


def make_badge(checked: Checked, score: str = "overall", study: Study | None = None) -> Badge:
    """Say a card's rating, or where it stands among the cards of a study.

    Parameters
    ----------
    score
        Which of the nine numbers: "overall" or a criterion.
    study
        A study to compare with: the badge then tells the share of its cards that are rated lower.

    Raises
    ------
    ConfigError
        There is no such score.
    DataError
        The study has no ratings by the same judge in the same version.
    """
    of = "dataset" if set(checked.rating.scores) == set(SCORES_OF["dataset"]) else "model"
    if score not in checked.rating.scores:
        raise ConfigError(f"no score {score!r}", hint=f"Scores: {', '.join(checked.rating.scores)}")
    number = checked.rating.scores[score]
    label = f"{of} card" + ("" if score == "overall" else f": {score}")
    about = f"by rubric {checked.rating.rubric_version}, judge {checked.rating.judge}"
    if study is None:
        message = f"{number.expected:.1f}{_OF}"
        return Badge(label, message, level_of(number.expected), f"{label}: {message} {about}")
    others = reference(study, checked, score)
    message = f"better than {round(percentile(number.expected, others))} %"
    title = f"{label}: {message} of {len(others):,} cards {about}"
    return Badge(label, message, level_of(number.expected), title)


def with_trend(
    badge: Badge, history: CardHistory, score: str = "overall", now: float | None = None
) -> Badge:
    """The badge with the line of a card's ratings, from its first text to its latest.

    Parameters
    ----------
    now
        Its rating at present: the end of the line, where the history was read before the last edit.

    Raises
    ------
    ConfigError
        The history has no rating by this name.
    """
    scored = [(event.at, event.scores_after or {}) for event in history.events]
    rated = [(at, scores[score]) for at, scores in scored if score in scores]
    if not rated:
        raise ConfigError(f"no rating in the history of {history.repo!r}")
    latest = max(at for at, _ in rated)
    steps = [RatedSince((latest - at).total_seconds() / 86400, value) for at, value in rated]
    if now is not None and abs(now - steps[-1].rating) >= _MOVED:
        steps.append(RatedSince(0.0, now))
    first, value = rated[0]
    title = f"{badge.title}; {value:.1f} on {first:%Y-%m-%d}"
    return replace(badge, title=title, trend=tuple(steps[-_MOST_STEPS:]))


def reference(study: Study, checked: Checked, score: str) -> Sequence[float]:
    """Expected ratings of the other cards in a study, by the judge and version of this one.

    Raises
    ------
    DataError
        There are none.
    """
    rating = checked.rating
    columns = ["id", "input_sha256", "judge", "judge_version", f"{score}_expected"]
    values = [
        float(row[f"{score}_expected"])
        for row in study.ratings.rows(columns)
        if (row["judge"], row["judge_version"]) == (rating.judge, rating.judge_version)
        and row[f"{score}_expected"] is not None
        and row["input_sha256"] != rating.input_sha256
    ]
    if not values:
        raise DataError(
            f"no ratings by {rating.judge} {rating.judge_version} in {str(study.root)!r}",
            hint=f"cardiogram rate {study.root}",
        )
    return values


def percentile(value: float, others: Sequence[float]) -> float:
    """Share of the others that are lower, in per cent; equals count half.

    Examples
    --------
    >>> percentile(3.0, [1.0, 2.0, 3.0, 5.0])
    62.5
    """
    below = sum(other < value for other in others) + sum(other == value for other in others) / 2
    return 100 * below / len(others)


def render_badge(badge: Badge) -> str:
    """The badge as SVG: flat, 20 px high, as wide as its text; nothing in it runs or is loaded."""
    left, right = (text_width(text) + 2 * _PAD for text in (badge.label, badge.message))
    right += _LINE if badge.trend else 0
    whole = left + right
    return str(
        el(
            "svg",
            el("title", badge.title),
            el("clipPath", el("rect", width=whole, height=_HEIGHT, rx=3), id="round"),
            el(
                "g",
                el("rect", width=left, height=_HEIGHT, fill=LABEL),
                el("rect", x=left, width=right, height=_HEIGHT, fill=COLOURS[badge.score]),
                clip_path="url(#round)",
            ),
            el(
                "g",
                _words(badge.label, _PAD, left - 2 * _PAD),
                _words(badge.message, left + _PAD, text_width(badge.message)),
                fill="#fff",
                font_family="Verdana,DejaVu Sans,Geneva,sans-serif",
                font_size=_SIZE,
            ),
            _draw_trend(badge, whole - _LINE) if badge.trend else None,
            xmlns="http://www.w3.org/2000/svg",
            width=whole,
            height=_HEIGHT,
            viewBox=f"0 0 {whole} {_HEIGHT}",
            role="img",
            aria_label=badge.title,
        )
        + "\n"
    )


def render_endpoint(badge: Badge) -> str:
    """The badge as shields.io reads it from an address; a trend is its first rating and an arrow.

    Examples
    --------
    >>> print(render_endpoint(Badge("model card", "4 of 5", 4, "")), end="")
    {"schemaVersion": 1, "label": "model card", "message": "4 of 5", "color": "#4a7300"}

    References
    ----------
    https://shields.io/badges/endpoint-badge
    """
    message = badge.message
    if badge.trend and message.endswith(_OF) and message != f"{badge.trend[0].rating:.1f}{_OF}":
        message = f"{badge.trend[0].rating:.1f} → {message}"
    said = {"label": badge.label, "message": message}
    shown = {"schemaVersion": 1, **said, "color": COLOURS[badge.score]}
    return json.dumps(shown, ensure_ascii=False) + "\n"


def _draw_trend(badge: Badge, x: int) -> Markup:
    """The ratings as a line of steps, up to the right half's padding."""
    longest = max(1.0, *(step.days for step in badge.trend))
    width = _LINE - _PAD
    points: list[str] = []
    nearest = longest
    for step in badge.trend:
        nearest = min(nearest, step.days)  # dates may run backwards, a line does not
        place = f"{x + width * (1 - nearest / longest):.1f}"
        height = f"{_FOOT - (_FOOT - _TOP) * (step.rating - 1) / 4:.1f}"
        points += [f"H{place}", f"V{height}"] if points else [f"M{x} {height}H{place}"]
    line = "".join([*points, f"H{x + width}"])
    return el("path", d=line, fill="none", stroke="#fff", stroke_width=1.5)


def _words(text: str, x: int, width: int) -> Markup:
    """A text of a fixed length: where the font is another one, it still fits."""
    return el("text", text, x=x, y=14, textLength=width)


def text_width(text: str) -> int:
    """Width of a text in the badge's font, in whole pixels, rounded up."""
    widths = _widths()
    widest = widths["W"]
    return -(-sum(widths.get(character, widest) for character in text) // 100)


@cache
def _widths() -> Mapping[str, int]:
    file = DATA / "badge-widths.json"
    widths: dict[str, int] = json.loads(file.read_text("utf-8"))["widths"]
    return widths


def badge_markdown(badge: Badge, picture: str, link: str = "") -> str:
    """The line that shows the badge in a README.

    Parameters
    ----------
    picture
        Path or address of the SVG.
    link
        Where a click leads; none where empty.

    Examples
    --------
    >>> badge_markdown(Badge("model card", "4 of 5", 4, ""), "badge.svg")
    '![model card: 4 of 5](badge.svg)'
    """
    alt = re.sub(r"([\\`*_\[\]<>])", r"\\\1", f"{badge.label}: {badge.message}")
    shown = f"![{alt}]({_target(picture)})"
    return f"[{shown}]({_target(link)})" if link else shown


def endpoint_address(file: str, repo: str, of: CardType = "model") -> str:
    """The picture that shields.io draws of a badge's JSON in a repository on the Hub.

    Examples
    --------
    >>> endpoint_address("badge.json", "a/b")
    'https://img.shields.io/endpoint?url=https%3A%2F%2Fhuggingface.co%2Fa%2Fb%2Fraw%2Fmain%2Fbadge.json'
    """
    place = "datasets/" if of == "dataset" else ""
    address = f"https://huggingface.co/{place}{repo}/raw/main/{file}"
    return f"https://img.shields.io/endpoint?url={quote(address, safe='', errors='replace')}"


def _target(address: str) -> str:
    """An address that cannot leave its parentheses."""
    return quote(address, safe="/:?#@!$&*+,;=%~", errors="replace")
