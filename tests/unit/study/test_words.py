from cardiogram.study.regression import Regression
from cardiogram.study.words import turns_the_sign


def slope(estimate: float | None) -> Regression:
    return Regression("a method", "a call", 20, estimate=estimate)


def test_an_author_turns_the_sign_only_where_both_slopes_are_known() -> None:
    assert turns_the_sign(slope(-1.0), slope(2.0))
    assert not turns_the_sign(slope(1.0), slope(2.0))
    assert not turns_the_sign(slope(None), slope(2.0))
    assert not turns_the_sign(slope(1.0), slope(None))
