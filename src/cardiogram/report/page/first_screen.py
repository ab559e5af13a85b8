"""The report's first screen: the answer, its pictures, what is missing, and where to start."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cardiogram.analysis import (
    CardToMend,
    Conclusion,
    DoseLevel,
    Results,
    round_count,
    round_ratio,
    round_ratios,
)
from cardiogram.judge.embedded import AgreementRecord
from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    Markup,
    RatingBar,
    count_of,
    draw_ratings,
    draw_share,
    el,
    format_day,
    format_number,
    format_share,
    join_words,
    keep_units,
    read_bounds,
)
from cardiogram.report.page.explore import hub_link, map_island
from cardiogram.report.page.trust import measured_agreement
from cardiogram.report.page.what_to_do import describe_standing
from cardiogram.report.tables import READERS, describe_judge, describe_models, say_absent

_GAPS, _CARDS, _WIDE = 5, 4, 36
"""Gaps and cards that are shown, and letters of one line of what a card lacks."""


def first_screen(payload: Payload) -> Markup:
    """The answer as the title, the ratings beside the map, and three columns of what follows."""
    results = payload.results
    short = next((c.short for c in results.conclusions if c.about == "ratings"), "")
    day = format_day(payload.origin.created_at)
    judge = f"{describe_judge(results)}{_measured(measured_agreement(results.judge))}"
    based_on = (describe_models(results), judge, day)
    total = results.coverage.models
    question = f"How well {'is' if total == 1 else 'are'} {_these(total)} documented?"
    chart, caption = draw_dose(payload.results, payload.rubric.overall_names)
    drawn = [_found(payload), _missing(results), _start(payload)]
    if results.is_work_list:
        drawn = [_start(payload), _missing(results), _standing(payload)]
    columns = [column for column in drawn if column]
    return el(
        "header",
        el("p", "Model card study · ", payload.folder, class_="kicker"),
        el("h1", keep_units(short or question)),
        el("p", keep_units(" · ".join(filter(None, based_on))), class_="lede"),
        el(
            "div",
            el("figure", chart, el("figcaption", caption)),
            map_island(payload),
            class_="first" if payload.map else "first alone",
        ),
        el("div", columns, class_="columns") if columns else None,
        class_="title",
    )


def _measured(agreement: AgreementRecord | None) -> str:
    """The judge's agreement with its labels in a clause; "" where nobody has measured it."""
    kappa = agreement["scores"]["overall"]["qwk"] if agreement else None
    return "" if kappa is None else f" (agrees with its labels at kappa {kappa:.2f})"


def _these(total: int) -> str:
    return "this model" if total == 1 else f"these {total:,} models"


# The histogram -------------------------------------------------------------------------------


_CAPTION = "Cards by overall rating, in the rubric’s words."


def draw_dose(results: Results, words: Mapping[int, str]) -> tuple[Markup, str]:
    """Cards by overall rating, with what goes with each rating below it, and its caption.

    Parameters
    ----------
    words
        The rubric's names of the ratings.
    """
    levels = results.dose
    if not levels or results.is_work_list:
        rated = results.ratings.get("overall")
        counts = rated.histogram if rated else dict.fromkeys(words, 0)
        bars = [
            RatingBar(str(score), words[score].partition(" ")[0], (score, score), n)
            for score, n in counts.items()
        ]
        return draw_ratings(bars), _CAPTION
    rows = {
        "median of downloads in 30 days": [
            _show(level.medians.get("downloads"), round_count) for level in levels
        ],
        "liked at all": [
            _show(level.shares_above_zero.get("likes"), format_share) for level in levels
        ],
    }
    rows = {name: shown for name, shown in rows.items() if set(shown) != {"–"}}
    bars = [
        RatingBar(
            level.label,
            _name(words, level),
            (level.lowest, level.highest),
            level.cards,
            [shown[place] for shown in rows.values()],
        )
        for place, level in enumerate(levels)
    ]
    caption = "Cards by overall rating, and what their models have: what goes together, no more."
    return draw_ratings(bars, list(rows)), caption if rows else _CAPTION


def _name(words: Mapping[int, str], level: DoseLevel) -> str:
    """The first word of the rubric's name of a rating, or what two or more have in common."""
    first, last = (words[score].partition(" ")[0] for score in (level.lowest, level.highest))
    if level.lowest == level.highest:
        return first
    return f"{first} or better" if level.highest == 5 else f"{first} to {last}"


def _show(value: float | None, write: Callable[[float], str]) -> str:
    return "–" if value is None else write(value)


# Three columns -------------------------------------------------------------------------------


def _found(payload: Payload) -> Markup | None:
    """What goes with the rating, in the words of the conclusions; nothing of few authors."""
    results = payload.results
    said = {conclusion.about: conclusion for conclusion in results.conclusions}
    if results.is_work_list:
        return None
    main = said.get("adjusted") or said.get("too_few")
    lines = [*say_absent(results)[:2], *([_first_sentence(main)] if main else [])]
    times = list(_times(said["times"])) if "times" in said else []
    if times:
        held = join_words(said["times"].held_equal)
        like = f"Among models of like {held}, one" if held else "One"
        lines = [f"{like} point of the rating goes with"]
    after = [_first_sentence(said["between_authors"])] if "between_authors" in said else []
    return el(
        "div",
        el("h2", main.short if main and main.short else "Rating and popularity"),
        [el("p", keep_units(line)) for line in lines],
        times,
        [el("p", keep_units(line), class_="quiet") for line in after],
        el("p", el("a", "All that was found", href="#popularity")),
    )


def _times(conclusion: Conclusion) -> Iterator[Markup]:
    """How many times the downloads and likes, large; nothing where one cannot be told."""
    for number in conclusion.evidence:
        told = conclusion.branches.get(number.outcome) in ("more", "fewer")
        bounds = read_bounds(number)
        if told and number.estimate is not None and bounds:
            ends = round_ratios(*bounds)
            yield el(
                "p",
                el("b", f"{round_ratio(number.estimate)}×"),
                f" the {number.outcome} ",
                el("span", ends, class_="quiet"),
                class_="times",
            )


def _first_sentence(conclusion: Conclusion) -> str:
    return f"{conclusion.words.partition('. ')[0].removesuffix('.')}."


def _missing(results: Results) -> Markup | None:
    """What is missing most, each with a bar of its share."""
    gaps = results.gaps[:_GAPS]
    if not gaps:
        return None
    rows = [
        el(
            "li",
            el("span", gap.name),
            draw_share(gap.share),
            el("span", keep_units(format_share(gap.share)), class_="number"),
        )
        for gap in gaps
    ]
    return el(
        "div",
        el("h2", "Missing most"),
        el("ul", rows, class_="shares"),
        el(
            "p", f"Of {count_of(gaps[0].n, 'card')}. ", el("a", "All that is missing", href="#work")
        ),
    )


def _start(payload: Payload) -> Markup | None:
    """The cards to mend first: the most readers, the most to gain."""
    mend = payload.results.mend
    if mend is None or not mend.cards:
        return None
    return el(
        "div",
        el("h2", "Start here"),
        el("ul", [_card(payload, card) for card in mend.cards[:_CARDS]], class_="start"),
        el(
            "p",
            f"By {READERS[mend.readers].partition(';')[0]}. ",
            el("a", "More to mend", href="#work"),
        ),
    )


def _standing(payload: Payload) -> Markup | None:
    """Where the cards of few authors stand beside the Hub's."""
    if payload.standing is None:
        return None
    said = describe_standing(payload.standing)
    return el("div", el("h2", "Beside the Hub’s"), el("p", keep_units(said)))


def _card(payload: Payload, card: CardToMend) -> Markup:
    level = next((model.overall for model in payload.models if model.id == card.id), None) or 1
    readers = card.likes if card.downloads is None else card.downloads
    rating = "–" if card.rating is None else f"{card.rating:.1f}"
    lacks = ", ".join(card.lacks)
    lacks = lacks if len(lacks) <= _WIDE else ", ".join(card.lacks[:1])
    return el(
        "li",
        el("span", rating, class_=f"chip s{level}"),
        el("div", hub_link(payload, card.id), el("span", lacks, class_="sub")),
        el("span", format_number(readers), class_="number quiet") if readers is not None else None,
    )
