"""Pairs of cards: like models that many read, other authors, the same whatever the order."""

from __future__ import annotations

from cardiogram.judge.rating import Score
from cardiogram.report.data.match import MOST_PAIRS, select_pairs
from cardiogram.report.data.shown_models import ShownModel


def card(
    id: str, overall: int | None, downloads: int | None, task: str | None = None
) -> ShownModel:
    scores = {} if overall is None else {"overall": Score(overall, overall, None, None)}
    return ShownModel(id, id.partition("/")[0], downloads, pipeline_tag=task, scores=scores)


def pairs_of(models: list[ShownModel]) -> list[tuple[str, str]]:
    return [(pair.poor.id, pair.good.id) for pair in select_pairs(models)]


def test_the_closest_downloads_come_first() -> None:
    cards = [card("a/p", 2, 100), card("b/p", 1, 30), card("c/g", 4, 33), card("d/g", 5, 500)]
    assert pairs_of(cards) == [("b/p", "c/g"), ("a/p", "d/g")]


def test_pairs_prefer_downloads_and_different_authors() -> None:
    cards = [card("a/p", 2, 0), card("b/g", 4, 0), card("c/p", 1, 30), card("c/g", 5, 30)]
    assert pairs_of([*cards, card("d/g", 4, 60)])[0] == ("c/p", "d/g")


def test_pairs_prefer_the_same_task_and_then_the_most_readers() -> None:
    cards = [card("a/p", 2, 9_000, "fill-mask"), card("b/g", 4, 9_000, "text-generation")]
    cards += [card("c/p", 2, 800, "fill-mask"), card("d/g", 4, 7_000, "fill-mask")]
    assert pairs_of(cards)[0] == ("a/p", "d/g")
    few = [card("e/p", 2, 5), card("f/g", 4, 5)]
    many = [card("g/p", 2, 900), card("h/g", 4, 1_200)]
    assert pairs_of([*few, *many])[0] == ("g/p", "h/g")


def test_ties_go_to_more_downloads_then_the_wider_gap() -> None:
    cards = [card("a/p", 2, 5), card("b/g", 4, 5), card("c/p", 2, 9), card("d/g", 4, 9)]
    assert pairs_of([*cards, card("e/g", 5, 9)])[0] == ("c/p", "e/g")


def test_an_author_stands_in_one_pair_and_there_are_not_too_many() -> None:
    cards = [card(f"a/{i}", 1, 10) for i in range(3)] + [card(f"b/{i}", 5, 10) for i in range(3)]
    assert len(pairs_of(cards)) == 1
    many = [card(f"p{i}/m", 1, i) for i in range(9)] + [card(f"g{i}/m", 5, i) for i in range(9)]
    found = pairs_of(many)
    assert len(found) == MOST_PAIRS
    assert len({id for pair in found for id in pair}) == 2 * MOST_PAIRS


def test_pairs_do_not_depend_on_the_order_of_the_models() -> None:
    cards = [card("a/p", 1, 900), card("b/g", 5, 910), card("c/p", 2, 40), card("d/g", 4, 0)]
    assert pairs_of(cards) == pairs_of(cards[::-1])


def test_without_counts_or_ratings_there_is_no_pair() -> None:
    assert select_pairs([card("a/p", 1, None), card("b/g", 5, 3)]) == []
    assert select_pairs([card("a/p", 3, 1), card("b/g", None, 3)]) == []
    assert select_pairs([]) == []
