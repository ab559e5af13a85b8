import numpy as np
from numpy.typing import NDArray

from cardiogram.judge.embedded.model import LEAF_UNIT, Forest


def forest() -> Forest:
    """Two trees for the first output (one a lone leaf), one of depth 2 for the second."""
    feature = [0, 0, 0, 0, 1, 0, 0, 0, 0]
    threshold = [1.5, np.inf, np.inf, np.inf, 0.0, np.inf, 2.0, np.inf, np.inf]
    left = [1, 1, 2, 3, 5, 5, 7, 7, 8]
    right = [2, 1, 2, 3, 6, 5, 8, 7, 8]
    leaf = np.array([0, 1, 2, 0.5, 0, 10, 0, 20, 30]) * LEAF_UNIT
    return Forest(
        np.array(feature, np.int32),
        np.array(threshold, np.float32),
        np.array(left, np.int32),
        np.array(right, np.int32),
        leaf.astype(np.int64),
        np.array([0, 3, 4], np.int32),
        np.array([0, 0, 1], np.int32),
        np.array([LEAF_UNIT, 0], np.int64),
        2,
    )


def by_hand(row: NDArray[np.float32]) -> list[float]:
    first = 1 + (1 if row[0] <= 1.5 else 2) + 0.5
    second = 10 if row[1] <= 0 else (20 if row[0] <= 2 else 30)
    return [first, second]


def test_every_row_takes_its_way_through_every_tree() -> None:
    x = np.array([[a, b] for a in (0, 1.5, 1.6, 2, 3) for b in (-1, 0, 1)], np.float32)
    assert forest().predict(x).tolist() == [by_hand(row) for row in x]


def test_a_row_is_worth_the_same_alone_and_among_others() -> None:
    x = np.random.default_rng(0).normal(1, 2, (200, 2)).astype(np.float32)
    whole = forest().predict(x)
    assert (whole[::-1] == forest().predict(x[::-1])).all()
    for index in (0, 77, 199):
        assert (forest().predict(x[index : index + 1]) == whole[index]).all()


def test_no_rows() -> None:
    assert forest().predict(np.zeros((0, 2), np.float32)).shape == (0, 2)


def test_trees_of_a_lone_leaf() -> None:
    leaf = np.array([LEAF_UNIT, 2 * LEAF_UNIT], np.int64)
    nothing, alone = np.zeros(2, np.int32), np.array([0, 1], np.int32)
    lone = Forest(
        nothing,
        np.zeros(2, np.float32),
        alone,
        alone,
        leaf,
        alone,
        nothing,
        np.array([0], np.int64),
        0,
    )
    assert lone.predict(np.zeros((70, 1), np.float32)).tolist() == [[3.0]] * 70
