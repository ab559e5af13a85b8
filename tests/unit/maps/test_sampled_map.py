"""A map that is fitted on a sample: who is in it, and where the others fall."""

from __future__ import annotations

import json
import shutil
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from cardiogram.engine import Workers
from cardiogram.maps import map as drawing
from cardiogram.maps.embedding import term_embedder
from cardiogram.maps.embedding.weighing import bags_of
from cardiogram.maps.neighbours import nearest
from cardiogram.maps.shards.fit_sample import allocate, choose_sample
from cardiogram.maps.shards.map_shard import shards_on_map
from cardiogram.maps.shards.reading import read_cards
from cardiogram.store import Study
from studies import Row, make_study

WORDS = ("river", "stone", "cloud", "amber", "violet", "copper", "meadow", "harbour", "lantern")
RARE = "time-series-forecasting"
ROWS = [
    Row(
        f"user{n % 9}/bert-{n}",
        1 + n % 5,
        10**6 if n == 77 else n % 90,
        n % 4,
        f"# BERT {n}\n\nOn {', '.join(words)}.\n",
        RARE if n in (30, 110) else "text-generation",
    )
    for n, words in enumerate(list(permutations(WORDS, 3))[::4])
]
LIMIT = 60


def _study(root: Path) -> Study:
    """One in three shards."""
    study = make_study(root, ROWS)
    for table in (study.models, study.ratings):
        rows = table.read_shard("0")
        for shard in range(3):
            table.write(str(shard), rows[shard::3])
    return study


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = _study(tmp_path_factory.mktemp("drawn"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "FIT_LIMIT", LIMIT)
        drawing.draw_map(study, draws=0)
    return study


def test_the_map_says_what_it_was_fitted_on_and_how_well_others_are_placed(drawn: Study) -> None:
    about = json.loads(drawn.map_path.read_text("utf-8"))
    assert (about["fitted_on"], about["of"], about["models"]) == (LIMIT, len(ROWS), len(ROWS))
    assert 0.5 < about["placing"]["same_segment"] < 1
    assert 0 < about["placing"]["distance"] < 0.3
    assert f"a sample of {LIMIT} of {len(ROWS)} cards, drawn by task" in about["notes"][0]


def test_every_card_has_a_place_and_the_bytes_do_not_depend_on_who_placed_it(
    drawn: Study, tmp_path: Path
) -> None:
    assert [row["id"] for row in drawn.map.rows()] == [row["id"] for row in drawn.models.rows()]
    again = Study(tmp_path / "again")
    shutil.copytree(drawn.root, again.root)
    for path in again.map.shards():
        path.unlink()
    drawing.draw_map(again, draws=0, workers=Workers("threads", 3))
    for path in drawn.map.folder.iterdir():
        assert (again.map.folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_sample_has_small_tasks_and_widely_used_models(drawn: Study) -> None:
    shards = shards_on_map(drawn)
    chosen = choose_sample(shards, LIMIT, np.random.default_rng(0))
    assert chosen.tolist() == choose_sample(shards, LIMIT, np.random.default_rng(0)).tolist()
    assert len(set(chosen.tolist())) == LIMIT
    ids = [row["id"] for row in drawn.models.rows()]
    sampled = {int(ids[place].rpartition("-")[2]) for place in chosen}
    assert {30, 77, 110} <= sampled


def test_shares_of_a_sample_are_by_the_square_root_and_full() -> None:
    sizes = np.array([10_000, 2_500, 100, 1, 1])
    assert allocate(sizes, 162).tolist() == [100, 50, 10, 1, 1]
    assert allocate(sizes, 12_602).tolist() == sizes.tolist()
    assert (allocate(sizes, 5_001) <= sizes).all()
    assert allocate(sizes, 5_001).sum() == 5_001


def test_a_model_that_comes_twice_is_on_the_map_where_it_comes_last(tmp_path: Path) -> None:
    study = _study(tmp_path)
    first, third = (study.models.read_shard(name) for name in ("0", "2"))
    study.models.write("2", [*third, {**first[3], "downloads": 5}])
    shards = shards_on_map(study)
    assert [shard.rows for shard in shards] == [len(first) - 1, len(first), len(third) + 1]
    assert first[3]["id"] not in shards[0].models(["id"])["id"].to_pylist()
    assert shards[2].models(["downloads"])["downloads"].to_pylist()[-1] == 5


def test_many_cards_are_embedded_to_the_bit_as_one_after_the_other(drawn: Study) -> None:
    shard = shards_on_map(drawn)[0]
    cards = [card.terms for card in read_cards(shard, shard.models())]
    for view in ("models", "templates"):
        fitted = term_embedder.fit_terms(cards, view=view)  # type: ignore[arg-type]
        shared = frozenset(card.pieces[0].shape for card in cards[::2])
        fitted = term_embedder.TermEmbedder(
            fitted.index, fitted.idf, fitted.weights, shared, fitted.view
        )
        for card, vector in zip(cards, fitted.embed(cards), strict=True):
            own = np.zeros_like(vector)
            for bag, length in bags_of(card, fitted.index, shared, fitted.view):
                rows = [fitted.index[term] for term in bag]
                weights = np.array(list(bag.values()), np.float32) * fitted.idf[rows]
                norm = float(np.linalg.norm(weights))
                own += (length / norm) * (weights @ fitted.weights[rows]) if norm else 0
            assert (term_embedder.unit(own[None])[0] == vector).all()


def test_the_nearest_of_many_are_found_without_sorting_all() -> None:
    rng = np.random.default_rng(0)
    base = rng.normal(size=(2_500, 8)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    base[-3:] = base[:3]
    found = nearest(base[:40], base)
    exact = np.sort(base[:40] @ base.T, axis=1)[:, ::-1][:, :15]
    assert (found.similarity == np.clip(exact, -1, 1)).all()
    assert set(found.index[0, :2].tolist()) == {0, 2_497}
