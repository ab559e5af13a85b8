"""Badges: what they say, that they can be read, and that nothing gets out of them."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.card import parse_card
from cardiogram.check import Checked, check
from cardiogram.errors import ConfigError, DataError
from cardiogram.report.figures.badge import (
    COLOURS,
    LABEL,
    Badge,
    badge_markdown,
    make_badge,
    percentile,
    reference,
    render_badge,
    render_endpoint,
    text_width,
    with_trend,
)
from cardiogram.track.history import CardEvent, CardHistory
from dataset_cards import FULL
from studies import Row, make_study

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "---\nlicense: mit\n---\n# Parrot\n\nA model that repeats what it hears, made by us.\n"


def checked(text: str = TEXT) -> Checked:
    return check("-", data=text.encode(), id="me/parrot")


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, as WCAG 2 defines it."""

    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, bright = sorted([light(one), light(other)])
    return (bright + 0.05) / (dark + 0.05)


def test_it_says_the_rating_or_a_criterion() -> None:
    found = checked()
    overall, usage = found.rating.scores["overall"], found.rating.scores["usage"]
    badge = make_badge(found)
    assert (badge.label, badge.message) == ("model card", f"{overall.expected:.1f} of 5")
    badge = make_badge(found, "usage")
    assert (badge.label, badge.message) == ("model card: usage", f"{usage.expected:.1f} of 5")
    with pytest.raises(ConfigError, match="no score 'beauty'"):
        make_badge(found, "beauty")


def test_a_dataset_has_one_too() -> None:
    badge = make_badge(check("-", data=FULL.encode(), id="me/garden-birds", of="dataset"), "rights")
    assert (badge.label, badge.message, badge.score) == ("dataset card: rights", "5.0 of 5", 5)


def test_it_says_where_the_card_stands_in_a_study(tmp_path: Path) -> None:
    found = checked()
    rows = [Row(f"a/{i}", score) for i, score in enumerate([1, 1, 5, 5])]
    study = make_study(tmp_path, rows)
    with pytest.raises(DataError, match="no ratings by embedded"):
        make_badge(found, study=study)
    ratings = study.ratings.read_shard("0")
    for row in ratings:
        row["judge_version"] = found.rating.judge_version
    study.ratings.write("0", ratings)
    badge = make_badge(found, study=study)
    assert badge.message == "better than 50 %"
    assert "of 4 cards" in badge.title
    ratings[0]["input_sha256"] = found.rating.input_sha256
    study.ratings.write("0", ratings)
    assert len(reference(study, found, "overall")) == 3  # the card itself is none of the others
    assert percentile(1.0, [1.0, 1.0]) == 50


@pytest.mark.parametrize("colour", [LABEL, *COLOURS.values()])
def test_white_text_can_be_read(colour: str) -> None:
    assert contrast("#ffffff", colour) >= 4.5


def test_it_is_a_picture_with_words_for_those_who_do_not_see_it() -> None:
    badge = make_badge(checked())
    root = ET.fromstring(render_badge(badge))
    assert root.get("role") == "img"
    assert root.get("aria-label") == badge.title
    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == badge.title
    texts = list(root.iter(f"{SVG}text"))
    assert [text.text for text in texts] == [badge.label, badge.message]
    for text in texts:
        assert text.get("textLength") == str(text_width(text.text or ""))
    grounds = root.findall(f"{SVG}g")[0].findall(f"{SVG}rect")
    assert sum(int(rect.get("width", 0)) for rect in grounds) == int(root.get("width", 0))


def test_a_trend_is_a_line_of_steps_within_it() -> None:
    def rated(day: int, rating: float | None) -> CardEvent:
        scores = None if rating is None else {"overall": rating}
        at = datetime(2026, 1, day, tzinfo=timezone.utc)
        files = ("me/parrot", "c", at, "", "edited", (), None, None)
        return CardEvent(*files, scores_after=scores)  # type: ignore[arg-type]

    plain = make_badge(checked())
    past = [rated(1, 1.0), rated(11, None), rated(6, 3.0), rated(3, 2.0), rated(11, 5.0)]
    badge = with_trend(plain, CardHistory("me/parrot", "model", tuple(past)))
    assert badge.title == f"{plain.title}; 1.0 on 2026-01-01"
    root = ET.fromstring(render_badge(badge))
    width = int(root.get("width", 0))
    assert width == int(ET.fromstring(render_badge(plain)).get("width", 0)) + 40
    (line,) = root.iter(f"{SVG}path")
    x = width - 40  # of a line that goes up from level 1 to 5, and never back in time
    steps = f"H{x + 17:.1f}V10.0H{x + 17:.1f}V13.0H{x + 34:.1f}V4.0H{x + 34}"
    assert line.get("d") == f"M{x} 16.0H{x:.1f}{steps}"
    kept = CardHistory("me/parrot", "model", tuple(past[:1]))
    assert [step.rating for step in with_trend(plain, kept, now=1.04).trend] == [1.0]
    assert [step.rating for step in with_trend(plain, kept, now=3.0).trend] == [1.0, 3.0]
    assert json.loads(render_endpoint(badge))["message"] == f"1.0 → {plain.message}"
    for message in ("1.0 of 5", "better than 20 %"):
        other = replace(badge, message=message)
        assert json.loads(render_endpoint(other))["message"] == message
    with pytest.raises(ConfigError, match="no rating"):
        with_trend(plain, CardHistory("me/parrot", "model", tuple(past)), "usage")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_gets_out_of_it(label: str, message: str) -> None:
    allowed = Badge(label, message, 3, label + message)
    svg = render_badge(allowed)
    assert json.loads(render_endpoint(allowed))["label"] == label
    assert "<script" not in svg
    root = ET.fromstring(svg)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg",
        "title",
        "clipPath",
        "rect",
        "g",
        "text",
    }


@given(st.text(max_size=30), st.text(max_size=30))
def test_the_line_is_one_picture_whatever_the_path(path: str, link: str) -> None:
    line = badge_markdown(Badge("model card", "4 of 5", 4, ""), f"a{path}", link and f"b{link}")
    card = parse_card(line)
    assert sum(item.image for item in card.document.links) == 1
    assert card.document.html_tags == 0


def test_wide_letters_are_wide() -> None:
    assert text_width("iii") < text_width("mmm")
    assert text_width("日") == text_width("W")
