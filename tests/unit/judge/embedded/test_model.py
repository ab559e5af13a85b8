"""Trees and kernel against their definitions, and sums that are the same everywhere."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.embedded.model import (
    Forest,
    Kernel,
    Model,
    answer_overall,
    measure_likeness,
)
from cardiogram.judge.embedded.units import (
    GRAINS,
    LEAF_UNIT,
    LIKENESS_UNIT,
    REACH,
    STEPS,
    WEIGHT_UNIT,
)

FAMILY = np.array([0, 0, 1], np.int32)
WIDTH = np.array([0.01, 0.02, 0.005], np.float32)


def steps(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-48, 49, (rows, 3)).astype(np.float32)


def test_likeness_is_the_formula() -> None:
    one, other = steps(7, 0), steps(5, 1)
    apart = (one[:, None].astype(float) - other) ** 2
    plain = [
        1 / (1 + 0.01 * apart[:, :, :2].sum(axis=2)),
        1 / (1 + 0.02 * apart[:, :, 2]),
        1 / (1 + 0.005 * apart.sum(axis=2)),
    ]
    assert measure_likeness(one, other, FAMILY, WIDTH) / LIKENESS_UNIT == pytest.approx(
        np.array(plain), abs=2e-5
    )


def test_a_row_is_like_itself() -> None:
    one = steps(6, 2)
    for alike in measure_likeness(one, one, FAMILY, WIDTH):
        assert (np.diag(alike) == LIKENESS_UNIT).all()


def test_likeness_is_whole_and_does_not_depend_on_the_other_rows() -> None:
    one, other = steps(40, 3), steps(30, 4)
    whole = measure_likeness(one, other, FAMILY, WIDTH)
    assert (whole == np.rint(whole)).all()
    assert (measure_likeness(one[::-1], other, FAMILY, WIDTH) == whole[:, ::-1]).all()
    alone = measure_likeness(one[5:6], other[9:10], FAMILY, WIDTH)
    assert (alone[:, 0, 0] == whole[:, 5, 9]).all()


def kernel() -> Kernel:
    return Kernel(
        np.array([GRAINS, 0.0, 0.0]),
        np.full(3, STEPS / GRAINS),
        FAMILY,
        WIDTH,
        np.array([[3, 0, 1], [0, 2, 5]], np.int64),
        np.array([[0, 0, 0], [16, 0, 0]], np.int8),
        np.array([[WEIGHT_UNIT, 0], [0, -WEIGHT_UNIT]], np.int64) // 10,
        np.array([2 * LEAF_UNIT, 3 * LEAF_UNIT], np.int64),
    )


def test_an_output_is_the_base_and_what_resembles_adds_by_its_shares() -> None:
    found = kernel().predict(np.array([[1, 0, 0], [2, 0, 0]], np.float32))
    whole, own = 1 / (1 + 0.005 * 256), 1 / (1 + 0.01 * 256)
    wanted = [
        [2 + 0.1 * (3 + 1), 3 - 0.1 * (2 + 5 * whole)],
        [2 + 0.1 * (3 * own + whole), 3 - 0.1 * (2 + 5)],
    ]
    assert found == pytest.approx(np.array(wanted), abs=1e-3)


def test_outputs_are_drawn_from_their_mean() -> None:
    x = np.array([[1, 0, 0], [2, 0, 0]], np.float32)
    leaf = np.array([[2 * LEAF_UNIT], [3 * LEAF_UNIT]], np.int32)
    none = np.zeros(0, np.int32)
    trees = Forest(
        none,
        np.zeros(0, np.float32),
        np.zeros((0, 2), np.int32),
        leaf,
        np.arange(2, dtype=np.int32),
        np.zeros(2, np.int64),
    )
    flat = Model(trees, kernel()).predict(x)
    sharp = Model(trees, kernel(), sharpness=np.array([[1.0, 3.0], [2.0, 1.0]])).predict(x)
    assert sharp[:, 0] == pytest.approx(2 + 2 * (flat[:, 0] - 2)), "above the mean"
    assert sharp[:, 1] == pytest.approx(np.clip(3 + 3 * (flat[:, 1] - 3), 1, 5)), "below it"
    alone = Model(trees, kernel(), share=np.array([0.0, 0.5])).predict(x)
    assert alone[:, 0] == pytest.approx(kernel().predict(x)[:, 0])
    assert (alone[:, 1] == flat[:, 1]).all()
    answer = np.array([0.5, 0.25, 0.5])
    answered = Model(trees, kernel(), answer=answer).predict(x)
    assert (answered == answer_overall(flat, answer)).all()


def test_the_first_output_answers_to_all_of_them() -> None:
    expected = np.array([[2.0, 3.0], [4.0, 5.0]])
    answered = answer_overall(expected, np.array([0.5, 0.25, 0.5]))
    assert answered.tolist() == [[2.5, 3.0], [4.0, 5.0]]
    assert answer_overall(expected, np.array([9.0, 0, 0]))[:, 0].tolist() == [5, 5], "at most 5"
    assert answer_overall(expected, np.zeros(0)) is expected


def test_facts_beyond_reach_are_all_alike() -> None:
    rows = np.array([[1 + REACH, 0, 0], [1e6, 0, 0]], np.float32)
    assert (kernel().predict(rows)[0] == kernel().predict(rows)[1]).all()


def test_the_shipped_sums_are_exact() -> None:
    shipped = embedded_judge().weights.evaluator.model.kernel
    features = len(shipped.family)
    assert 4 * features * (REACH * STEPS) ** 2 < 1 << 24  # distances in 32-bit floats
    weights = np.abs(shipped.weight).sum(axis=0) * shipped.share.sum(axis=1)
    assert LIKENESS_UNIT * weights.max() < 1 << 53
    assert (shipped.weight.astype(float) == shipped.weight).all()


def forest() -> Forest:
    """Two trees for the first output (one a lone leaf), one of depth 2 for the second."""
    leaf = np.array([[1, 1, 2, 2], [0.5] * 4, [10, 10, 20, 30]]) * LEAF_UNIT
    return Forest(
        np.array([0, 0, 0, 1], np.int32),
        np.array([1.5, 2.0, np.inf, 0.0], np.float32),
        np.array([[0, 2, 3], [2, 2, 2], [2, 2, 1]], np.int32),
        leaf.astype(np.int32),
        np.array([0, 0, 1], np.int32),
        np.array([LEAF_UNIT, 0], np.int64),
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
    lone = Forest(
        np.zeros(0, np.int32),
        np.zeros(0, np.float32),
        np.zeros((0, 2), np.int32),
        np.array([[LEAF_UNIT], [2 * LEAF_UNIT]], np.int32),
        np.zeros(2, np.int32),
        np.array([0], np.int64),
    )
    assert lone.predict(np.zeros((70, 1), np.float32)).tolist() == [[3.0]] * 70
