import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, strategies as st

from cardiogram.collect.sample import Sample, choose

TASKS = ("text-generation", "fill-mask", None)
LISTED = [
    {"id": f"a/{n}", "downloads": n * n, "pipeline_tag": TASKS[n % 7 // 3]}
    for n in range(1000, 0, -1)
]
STRATIFIED = Sample("stratified")


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_top_is_the_head_of_the_list() -> None:
    chosen = choose(LISTED, Sample(), 10)
    assert ids(chosen) == ids(LISTED[:10])
    assert {(row["stratum"], row["weight"]) for row in chosen} == {("all", 1.0)}
    assert ids(choose(LISTED, Sample(), None)) == ids(LISTED)
    assert ids(choose(LISTED, STRATIFIED, 5000)) == ids(LISTED)
    assert choose([], STRATIFIED, 5) == []


def test_a_model_that_is_listed_twice_is_studied_once() -> None:
    twice = [*LISTED[:5], {**LISTED[0], "downloads": 7}, *LISTED[5:10]]
    chosen = choose(twice, Sample(), None)
    assert ids(chosen) == ids(LISTED[:10])
    assert chosen[0]["downloads"] == LISTED[0]["downloads"]


def test_stratified_draws_equally_from_every_decile() -> None:
    chosen = choose(LISTED, STRATIFIED, 200)
    assert len(chosen) == len(set(ids(chosen))) == 200
    deciles = Counter(row["stratum"].partition("/")[0] for row in chosen)
    assert deciles == {f"d{n:02}": 20 for n in range(1, 11)}
    strata = Counter(row["stratum"] for row in chosen)
    whole = Counter(row["stratum"] for row in choose(LISTED, STRATIFIED, 999))
    for name, count in strata.items():
        assert abs(count - whole[name] / 5) <= 1
    top = [row["downloads"] for row in chosen if row["stratum"].startswith("d10")]
    assert min(top) > 900**2


def test_the_weights_add_up_to_the_list() -> None:
    for limit in (100, 123, 700):
        chosen = choose(LISTED, STRATIFIED, limit)
        assert sum(row["weight"] for row in chosen) == pytest.approx(1000)


def test_a_task_too_rare_to_be_drawn_is_stood_for_by_the_others() -> None:
    rare = [{**row, "id": f"b/{n}", "pipeline_tag": f"task-{n}"} for n, row in enumerate(LISTED)]
    chosen = choose([*LISTED, *rare[::10]], STRATIFIED, 60)
    assert len(chosen) == 60
    assert sum(row["weight"] for row in chosen) == pytest.approx(1100)


def test_the_draw_depends_on_the_seed_and_not_on_the_order() -> None:
    shuffled = random.Random(1).sample(LISTED, len(LISTED))
    same = choose(shuffled, STRATIFIED, 100)
    assert set(ids(same)) == set(ids(choose(LISTED, STRATIFIED, 100)))
    assert set(ids(same)) != set(ids(choose(LISTED, Sample("stratified", seed=1), 100)))


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.text("ab/1", max_size=3) | st.none(),
                "downloads": st.integers(0, 5) | st.none(),
                "pipeline_tag": st.sampled_from(TASKS),
            }
        ),
        max_size=40,
    ),
    st.integers(1, 50),
)
def test_any_list_gives_as_many_as_there_are(listed: list[dict[str, Any]], limit: int) -> None:
    unique = len({row["id"] for row in listed})
    chosen = choose(listed, STRATIFIED, limit)
    assert len(chosen) == len({row["id"] for row in chosen}) == min(limit, unique)


def test_the_manifest_says_what_matters() -> None:
    assert Sample().manifest() == {"method": "top"}
    assert Sample("stratified", 3, 50).manifest() == {
        "method": "stratified",
        "seed": 3,
        "frame": 50,
    }
