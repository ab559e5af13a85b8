"""Each sentence says what its numbers allow: every branch of every rule."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from cardiogram.analysis import Conclusion, GroupLink, StatedNumber, TraitOdds
from cardiogram.analysis.conclusions import (
    AuthorMove,
    HeldEqual,
    conclude_adjusted,
    conclude_between_authors,
    conclude_gap,
    conclude_in_organisation,
    conclude_near_duplicates,
    conclude_one_author,
    conclude_ratings,
    conclude_tasks,
    conclude_times,
    conclude_too_few,
    conclude_traits,
    conclude_without_outliers,
)
from cardiogram.stats.resampling import Interval

HELD = HeldEqual(("age", "library", "task"), ("size",))
BOTH = ("downloads", "likes")


def rho(
    outcome: str, estimate: float | None, low: float | None, high: float | None, missed: float = 0.2
) -> StatedNumber:
    return StatedNumber(
        name="rank correlation",
        outcome=outcome,
        n=473,
        estimate=estimate,
        low=low,
        high=high,
        missed=missed,
    )


def times(
    outcome: str, estimate: float, low: float | None, high: float | None, name: str = "times"
) -> StatedNumber:
    return StatedNumber(name=name, outcome=outcome, n=473, estimate=estimate, low=low, high=high)


DOWNLOADS, LIKES = rho("downloads", 0.317, 0.211, 0.402), rho("likes", 0.4, 0.25, 0.5)
PLAIN = (rho("downloads", 0.43, 0.3, 0.5), rho("likes", 0.44, 0.3, 0.5))


def adjusted(*numbers: StatedNumber) -> Conclusion:
    return conclude_adjusted(numbers, PLAIN, HELD)


def test_better_rated_cards_go_with_more_of_both() -> None:
    drawn = adjusted(DOWNLOADS, LIKES)
    assert drawn.words == (
        "Among models of like age, library and task, better rated cards go with more downloads "
        "(rank correlation 0.32, 0.21 to 0.40) and more likes (0.40, 0.25 to 0.50). Nothing held "
        "equal: 0.43 and 0.44. Model size is not known."
    )
    assert drawn.short == "Better rated cards go with more downloads and more likes"
    assert drawn.branches == {"downloads": "more", "likes": "more"}
    assert drawn.held_equal == ("age", "library", "task")
    assert drawn.evidence[0] == replace(DOWNLOADS, missed=None)


def test_better_rated_cards_go_with_fewer() -> None:
    drawn = adjusted(rho("downloads", -0.3, -0.4, -0.1), LIKES)
    assert (
        "go with fewer downloads (rank correlation -0.30, -0.40 to -0.10) and more" in drawn.words
    )


def test_a_link_of_size_was_not_seen_only_where_one_would_have_been() -> None:
    small = rho("likes", 0.01, -0.08, 0.1, missed=0.13)
    drawn = adjusted(DOWNLOADS, small)
    assert drawn.branches["likes"] == "no link"
    assert "; no link of 0.15 or more with likes was seen (0.01, -0.08 to 0.10)." in drawn.words
    assert drawn.short == "Better rated cards go with more downloads"
    assert adjusted(replace(small, missed=0.16)).branches["likes"] == "cannot be told"
    assert adjusted(replace(small, high=0.151)).branches["likes"] == "cannot be told"


def test_what_cannot_be_told_says_what_can_have_been_missed() -> None:
    drawn = adjusted(rho("downloads", 0.1, -0.1, 0.3, 0.27), rho("likes", 0.2, -0.05, 0.4, 0.31))
    assert (
        "whether better rated cards go with more or fewer downloads (0.10, -0.10 to 0.30; one "
        "under 0.27 can have been missed) or likes (0.20, -0.05 to 0.40; one under 0.31 can have "
        "been missed) cannot be told." in drawn.words
    )
    assert drawn.short == ""
    assert [number.missed for number in drawn.evidence[:2]] == [0.27, 0.31]


def test_without_an_interval_it_cannot_be_told() -> None:
    drawn = adjusted(rho("downloads", 0.9, None, None), rho("likes", None, None, None))
    assert "downloads (0.90, no interval) or likes (no interval) cannot be told" in drawn.words


def test_nothing_is_held_equal_where_nothing_is_known() -> None:
    drawn = conclude_adjusted([DOWNLOADS], PLAIN, HeldEqual((), ("age", "size")))
    assert drawn.words.startswith("Among the models, better rated")
    assert drawn.words.endswith(" Model age and size are not known.")
    assert "Nothing held equal" not in drawn.words


def test_changes_go_through_the_same_rule() -> None:
    grown = rho("downloads_change", -0.3, -0.4, -0.2)
    drawn = conclude_adjusted([grown], [], HELD, between="2026-10-01 and 2026-10-29")
    assert drawn.words.startswith("Between 2026-10-01 and 2026-10-29, among models of like age")
    assert "less growth of the monthly downloads" in drawn.words


def test_within_one_organisation_it_says_so() -> None:
    drawn = conclude_in_organisation(
        [DOWNLOADS, rho("likes", 0.04, -0.3, 0.38, 0.46)], {"downloads": 0.01}, "this one"
    )
    assert drawn.words == (
        "Within this one, better rated cards go with more downloads (rank correlation 0.32, 0.21 "
        "to 0.40); whether better rated cards go with more or fewer likes (0.04, -0.30 to 0.38; "
        "one under 0.46 can have been missed) cannot be told."
    )
    denied = conclude_in_organisation([DOWNLOADS], {"downloads": 0.05}, "this one")
    assert denied.branches == {"downloads": "cannot be told"}


def test_a_point_goes_with_times() -> None:
    found = (times("downloads", 2.65, 1.88, 3.83), times("likes", 1.56, 1.34, 1.76))
    drawn = conclude_times(found, HELD)
    assert drawn.words == (
        "A point of the rating goes with 2.6 times the downloads (1.88 to 3.8) and 1.56 times the "
        "likes (1.34 to 1.76; both counted from 1), by robust regression."
    )
    assert drawn.short == "A point goes with 2.6 times the downloads, 1.56 times the likes"
    assert len(drawn.short.split()) <= 12


def test_fewer_times_and_what_cannot_be_told() -> None:
    drawn = conclude_times((times("downloads", 0.5, 0.3, 0.8), times("likes", 1.2, 0.8, 1.9)), HELD)
    assert "0.50 times the downloads (0.30 to 0.80; counted from 1)" in drawn.words
    assert drawn.words.endswith(
        "; how many times the likes a point of the rating goes with cannot be told (0.80 to 1.90; "
        "counted from 1)."
    )
    assert drawn.branches == {"downloads": "fewer", "likes": "cannot be told"}
    nothing = conclude_times([times("likes", 1.2, None, None)], HELD)
    assert nothing.words.endswith("cannot be told (no interval).")
    assert nothing.short == ""
    both = conclude_times([times("downloads", 1, 0.8, 1.3), times("likes", 1, 0.9, 1.1)], HELD)
    assert both.words == (
        "How many times the downloads or likes a point of the rating goes with cannot be told "
        "(0.80 to 1.30 and 0.90 to 1.10; counted from 1)."
    )


def test_odds_where_no_robust_line_stands() -> None:
    found = (times("downloads", 2.0, 1.5, 2.6), times("likes", 3.0, 2.0, 4.4, "odds of any"))
    words = conclude_times(found, HELD).words
    assert "2.0 times the downloads (1.50 to 2.6; counted from 1)" in words
    assert "3.0 times the odds of any likes (2.0 to 4.4)" in words


def test_an_end_that_rounds_to_1_shows_on_which_side_it_lies() -> None:
    assert "(1.001 to 3.8;" in conclude_times([times("likes", 2.0, 1.0011, 3.8)], HELD).words


def test_without_outliers_the_pair_is_stated() -> None:
    found = (times("downloads", 2.65, 1.88, 3.83), times("likes", 1.56, 1.34, 1.76))
    less = (times("downloads", 1.87, 1.44, 2.62), times("likes", 1.38, 1.22, 1.51))
    drawn = conclude_without_outliers(found, less, {"downloads": 22, "likes": 32}, HELD)
    assert drawn.words == (
        "Without 22 and 32 outlying models 1.87 (1.44 to 2.6) and 1.38 (1.22 to 1.51)."
    )
    few = (less[0], times("likes", 1.01, 0.9, 1.2))
    drawn = conclude_without_outliers(found, few, {"downloads": 0, "likes": 32}, HELD)
    assert drawn.words == (
        "A few models decide this of likes: without the 32 outlying ones 1.01 (0.90 to 1.20), not "
        "1.56; no model's downloads are outlying."
    )
    assert drawn.branches == {"downloads": "more", "likes": "cannot be told"}


@pytest.mark.parametrize(
    ("low", "high", "words", "branch"),
    [
        (0.02, 0.2, "Likes go with it more closely than downloads (0.08, 0.02", "more"),
        (-0.2, -0.1, "Likes go with it less closely than downloads (0.08, -0.20", "fewer"),
        (-0.07, 0.2, "cannot be told (0.08, -0.07 to 0.20; one under 0.18", "cannot be"),
        (-0.01, 0.01, "Whether likes go with it more closely than downloads cannot", "cannot be"),
        (None, None, "cannot be told (no interval by author; one under", "cannot be told"),
    ],
)
def test_the_gap_is_said_where_its_interval_excludes_0(
    low: float | None, high: float | None, words: str, branch: str
) -> None:
    gap = rho("likes - downloads", 0.08, low, high, 0.18)
    drawn = conclude_gap(gap, ("likes", "downloads"), HELD, [rho("likes", 0.93, None, None)])
    assert words in drawn.words
    assert drawn.branches["likes - downloads"].startswith(branch)
    assert ("ties keep a correlation under 0.93 with likes" in drawn.words) == bool(drawn.short)


def link(outcome: str, low: float, high: float, **more: str) -> GroupLink:
    interval = Interval(0.95, low, high, "max-t", 9)
    about = {"by": "task", "group": "a", **more}
    return GroupLink(**about, outcome=outcome, n=20, authors=9, simultaneous=interval)


def test_tasks_are_counted() -> None:
    some = [link("downloads", 0.1, 0.5)] * 4 + [link("downloads", -0.3, 0.2)] * 3
    none = [link("likes", -0.3, 0.2)] * 7
    drawn = conclude_tasks([*some, *none])
    assert drawn is not None
    assert drawn.words == (
        "Of 7 tasks alone 4 show more downloads, none fewer; none shows more or fewer likes."
    )
    assert drawn.branches == {"downloads": "more", "likes": "cannot be told"}
    both = conclude_tasks([*[link("likes", 0.1, 0.2)] * 3, link("likes", -0.2, -0.1)])
    assert both is not None
    assert both.branches == {"likes": "stated"}
    fewer = conclude_tasks([*[link("likes", -0.1, 0.2)] * 3, link("likes", -0.2, -0.1)])
    assert fewer is not None
    assert fewer.branches == {"likes": "fewer"}
    assert conclude_tasks(none[:3]) is None


def test_ratings_are_counted() -> None:
    drawn = conclude_ratings({1: 67, 2: 245, 3: 101, 4: 55, 5: 5})
    assert drawn.words == "66 % of the cards are rated 1 or 2, 13 % 4 or 5."
    assert conclude_ratings({3: 3, 4: 28, 5: 3}).short == "91 % of the cards are rated 4 or 5"


def test_near_duplicates_are_said_where_they_are_many() -> None:
    single = (rho("downloads", 0.38, None, None), rho("likes", 0.3, None, None))
    assert conclude_near_duplicates(0.3, PLAIN, single).words == (
        "One card of each near-duplicate text: 0.38 and 0.30, not 0.43 and 0.44."
    )
    few = conclude_near_duplicates(0.03, PLAIN, single).words
    assert few == "3 % of the cards are near-duplicates of another."
    assert conclude_near_duplicates(0, PLAIN, single).words.startswith("No card is a near-dup")


def test_an_author_is_named_who_moves_it() -> None:
    moves = [
        AuthorMove("downloads", "TheBloke", 0.07, 473, 0.43, 0.37),
        AuthorMove("likes", "TheBloke", 0.07, 473, 0.44, 0.35),
    ]
    assert conclude_one_author(moves).words == (
        "Without TheBloke (7 % of the models) 0.37 and 0.35 with downloads and likes."
    )
    still = AuthorMove("downloads", "TheBloke", 0.07, 473, 0.43, 0.42)
    assert conclude_one_author([still]).words == (
        "Without any one author they move by 0.01 at most."
    )
    over = conclude_one_author([AuthorMove("likes", "a", 0.1, 50, 0.02, -0.01), still])
    assert over.words == "Without a (10 % of the models) -0.01 with likes."


def test_what_lies_between_authors_is_stated_and_within_them_only_what_is_seen() -> None:
    within = (times("downloads", 7.8, 2.4, 25), times("likes", 1.8, 0.8, 4.0))
    drawn = conclude_between_authors(0.11, 29, within, {"downloads": 0.02, "likes": 0.18})
    assert drawn.words == (
        "89 % of what tells ratings apart lies between authors: an association, not what a better "
        "card would bring. Within the 29 authors with several models: 7.8 times the downloads (2.4 "
        "to 25) per point; of likes it cannot be told."
    )
    assert drawn.branches == {"downloads": "more", "likes": "cannot be told"}
    chance = conclude_between_authors(0.11, 29, within, {"downloads": 0.06, "likes": 0.18})
    assert chance.branches["downloads"] == "cannot be told"
    few = conclude_between_authors(0.6, 19, within, {"downloads": 0.02, "likes": 0.18})
    assert few.words.endswith("not what a better card would bring.")
    assert few.branches == {"": "stated"}


def test_where_no_author_has_cards_rated_apart_no_share_is_stated() -> None:
    drawn = conclude_between_authors(None, 0, [], {})
    assert drawn.words == (
        "No author has cards that are rated apart: an association, not what a better card would "
        "bring."
    )
    assert drawn.evidence[0].estimate is None


def test_too_few_say_why() -> None:
    assert conclude_too_few(34, 19).words == (
        "19 authors are too few for a statement on popularity: 30 rated models by 20 authors are "
        "needed."
    )
    assert conclude_too_few(29, 25).words.startswith("29 rated models are too few")


def trait(name: str, outcome: str, estimate: float, q: float, kind: str = "writer") -> TraitOdds:
    ends = sorted((estimate / 1.5, estimate * 1.5))
    return TraitOdds(
        trait=name,
        words=f"a {name}",
        kind=kind,  # type: ignore[arg-type]
        outcome=outcome,
        n=400,
        held=40,
        estimate=estimate,
        cluster_interval=Interval(0.95, ends[0], ends[1], "random signs"),
        q_value=q,
        given=("age", "task"),
    )


def test_traits_that_a_writer_can_add_are_named() -> None:
    odds = [
        trait("comparison", "downloads", 4.7, 0.001),
        trait("quant_table", "downloads", 9.0, 0.001, "model"),
        trait("badge", "downloads", 3.0, 0.2),
        trait("paper", "likes", 1.2, 0.2),
    ]
    drawn = conclude_traits(odds, BOTH)
    assert drawn.words == (
        "Adjusted odds in the most downloaded quarter: a comparison 4.7 (3.1 to 7.1); most liked: "
        "none higher, none lower."
    )
    assert drawn.branches == {"downloads": "more", "likes": "cannot be told"}
    fewer = conclude_traits([trait("title", "likes", 0.4, 0.01)], BOTH)
    assert fewer.branches == {"likes": "fewer"}
    assert "the most liked quarter: a title 0.40 (0.27 to 0.60)" in fewer.words
    several = [*odds, trait("title", "downloads", 0.4, 0.0001), trait("code", "likes", 2, 0.01)]
    assert conclude_traits(several, BOTH).words == (
        "Adjusted odds in the most downloaded quarter: a comparison 4.7 (3.1 to 7.1); 1 higher, "
        "1 lower in all; most liked: 1 higher, none lower."
    )
    assert conclude_traits([odds[2]], BOTH).words.startswith("No trait that a writer can add")
    denied = replace(odds[0], cluster_interval=Interval(0.95, 0.9, 9.0, "random signs"))
    assert conclude_traits([denied], BOTH).branches == {"downloads": "cannot be told"}


numbers = st.tuples(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 0.9)).map(
    lambda n: (n[0], max(-1.0, n[0] - n[1]), min(1.0, n[0] + n[2]), n[3])
)


def claims(words: str, direction: str, outcome: str) -> bool:
    """Whether a sentence says that better cards go with more, or fewer, of an outcome."""
    return bool(re.search(rf"(?<!or ){direction} {outcome} \(", words))


@given(numbers, numbers)
def test_no_wording_claims_what_its_interval_denies(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> None:
    found = [rho(outcome, *n) for outcome, n in zip(BOTH, (first, second), strict=True)]
    for drawn in (
        conclude_adjusted(found, [], HELD),
        conclude_in_organisation(found, dict.fromkeys(BOTH, 0.0), "us"),
    ):
        for number in found:
            assert number.low is not None
            assert number.high is not None
            assert claims(drawn.words, "more", number.outcome) == (number.low > 0)
            assert claims(drawn.words, "fewer", number.outcome) == (number.high < 0)
            assert f"more {number.outcome}" not in drawn.short or number.low > 0
            assert f"fewer {number.outcome}" not in drawn.short or number.high < 0
        absent = re.search(r"no link of 0.15 or more with (.*?) was seen", drawn.words)
        for number in found:
            if absent and number.outcome in absent[1]:
                assert max(-(number.low or 0), number.high or 0) < 0.15
    gap = replace(found[0], outcome="likes - downloads")
    said = conclude_gap(gap, ("likes", "downloads"), HELD).words
    assert ("Likes go with it more closely" in said) == (first[1] > 0)
    assert ("Likes go with it less closely" in said) == (first[2] < 0)


@given(numbers, numbers)
def test_no_ratio_is_stated_whose_interval_holds_1(
    first: tuple[float, float, float, float], second: tuple[float, float, float, float]
) -> None:
    found = [
        times(outcome, *(10**end for end in n[:3]))
        for outcome, n in zip(BOTH, (first, second), strict=True)
    ]
    drawn = conclude_times(found, HELD)
    p_values = dict.fromkeys(BOTH, 0.01)
    within = conclude_between_authors(0.1, 20, found, p_values)
    for number in found:
        assert number.low is not None
        assert number.high is not None
        excludes = number.low > 1 or number.high < 1
        for conclusion in (drawn, within):
            stated = conclusion.branches[number.outcome] in ("more", "fewer")
            assert stated == excludes
            assert (f"times the {number.outcome} (" in conclusion.words) == excludes
