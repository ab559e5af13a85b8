import pytest
from hypothesis import given, strategies as st

from cardiogram.stats.agreement import count_confusion, quadratic_kappa

whole = st.integers(1, 5)


def by_hand(gold: list[int], given: list[int]) -> float | None:
    """Cohen (1968) by its definition, cell by cell."""
    n = len(gold)
    observed = sum((a - b) ** 2 for a, b in zip(gold, given, strict=True)) / n
    chance = sum((a - b) ** 2 for a in gold for b in given) / n**2
    return None if chance == 0 else 1 - observed / chance


@given(st.lists(st.tuples(whole, whole), min_size=1, max_size=40))
def test_kappa_is_that_of_its_definition(pairs: list[tuple[int, int]]) -> None:
    gold, given = (list(side) for side in zip(*pairs, strict=True))
    expected = by_hand(gold, given)
    found = quadratic_kappa(gold, given)
    if expected is None:
        assert found is None
    else:
        assert found == pytest.approx(expected, abs=1e-12)


def test_confusion_counts_gold_by_row() -> None:
    counts = count_confusion([1, 1, 5], [1, 2, 5])
    assert counts[0, 0] == counts[0, 1] == counts[4, 4] == 1
    assert counts.sum() == 3
