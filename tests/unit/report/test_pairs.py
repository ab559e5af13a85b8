"""The compared cards: marks at the evidence's lines, choices that need no script."""

from __future__ import annotations

from pathlib import Path

from cardiogram.judge.rating import Evidence
from cardiogram.report.data.payload import build_payload
from cardiogram.report.data.texts import CardText
from cardiogram.report.page.pairs import EXCERPT_LINES, _excerpt, _marks, compared
from studies import Row, make_study


def test_marks_say_what_begins_and_hold_until_it_ends() -> None:
    marks = _marks(
        [
            Evidence("usage", "code to run the model", 3, 5, 0.4),
            Evidence("usage", "intended use", 3, 3, None),
            Evidence("data", "no dataset named"),
            Evidence("structure", "fences are closed", 1, 90, None),
        ]
    )
    assert marks == {3: ["usage: code to run the model, intended use"], 4: [], 5: []}


def test_the_excerpt_marks_lines_and_says_what_is_cut() -> None:
    text = "\n".join(f"line {i} <b>" for i in range(1, EXCERPT_LINES + 4))
    page = _excerpt(CardText(text, len(text), False), {2: ["usage: <code>"], 3: []}, "Source")
    assert page.count('class="marked"') == 2
    assert "usage: &lt;code&gt;" in page
    assert "<b>" not in page
    assert "3 more lines." in page


def test_each_pair_has_a_choice_and_the_first_is_chosen(tmp_path: Path) -> None:
    rows = [Row(f"p{i}/m", 1, 10 * i) for i in range(1, 4)]
    rows += [Row(f"g{i}/m", 5, 10 * i) for i in range(1, 4)]
    page = compared(build_payload(make_study(tmp_path, rows)))
    assert page is not None
    assert page.count('type="radio"') == 3
    assert page.count("checked") == 1
    assert page.index("checked") < page.index('id="pick-2"')
    assert page.count('class="leaf"') == 3


def test_one_pair_needs_no_choice(tmp_path: Path) -> None:
    page = compared(build_payload(make_study(tmp_path, [Row("a/p", 1, 5), Row("b/g", 5, 5)])))
    assert page is not None
    assert 'type="radio"' not in page
    assert page.count('class="leaf"') == 1
