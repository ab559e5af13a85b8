"""Training on made-up labels: whole, repeatable, and refusing what it cannot use."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from numpy.typing import NDArray

from cardiogram.cards.card import Card, parse_card
from cardiogram.cards.features import read_features
from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.judge.embedded.judge import EmbeddedJudge, load_weights
from cardiogram.judge.gold.labelled import Copies, LabelledCards, read_labelled
from cardiogram.judge.training import kernel, train, trees
from cardiogram.judge.training.fit import learn_answer
from cardiogram.judge.training.lessons import Examples, make_examples
from cardiogram.judge.training.train import rate_out_of_fold, train_judge
from cardiogram.names import SCORES
from cardiogram.text import sha256

pytest.importorskip("sklearn")
threadpoolctl = pytest.importorskip("threadpoolctl")


def write(folder: Path, count: int, authors: int) -> tuple[Path, Path]:
    """Write cards whose labels are their length, and nothing else."""
    chance = random.Random(0)
    labels, cards = folder / "labels.jsonl", folder / "cards.jsonl"
    rows, texts = [], []
    for number in range(count):
        score = chance.randint(1, 5)
        text = "# Model\n\n" + "\n\n".join(
            f"Sentence {chance.random()} about the model." for _ in range(score * 6)
        )
        rows.append({"id": f"a{number % authors}/m{number}", "first": dict.fromkeys(SCORES, score)})
        texts.append({"id": rows[-1]["id"], "text": text})
    labels.write_text("\n".join(map(json.dumps, rows)))
    cards.write_text("\n".join(map(json.dumps, texts)))
    return labels, cards


def read(labels: Path, cards: Path, **more: Path) -> LabelledCards:
    return read_labelled([labels], [cards], **more)


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> LabelledCards:
    return read(*write(tmp_path_factory.mktemp("labels"), 96, 12))


def test_labels_are_joined_to_their_cards(labelled: LabelledCards) -> None:
    assert len(labelled.cards) == 96
    assert labelled.labels.shape == labelled.first.shape == (96, 9)
    assert len(set(labelled.authors)) == 12


def write_partial(folder: Path, cards: Path, **changes: object) -> Path:
    """Write a label for a copy of the first card without its third line and its second tag."""
    first = json.loads(cards.read_text().splitlines()[0])
    row = {
        "id": first["id"],
        "sha256": sha256(first["text"]),
        "without": [[3, 3], [5, 6]],
        "without_tags": [1],
        "first": dict.fromkeys(SCORES, 2),
        **changes,
    }
    partial = folder / "partial.jsonl"
    partial.write_text(json.dumps(row))
    return partial


def test_a_copy_without_some_lines_and_tags(tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 3, 1)
    rows = [json.loads(line) for line in cards.read_text().splitlines()]
    rows[0] |= {"text": "# Model\r\n\none\n\ntwo\nthree\nfour", "tags": ["license:mit", "fr", "de"]}
    cards.write_text("\n".join(map(json.dumps, rows)))
    text = rows[0]["text"].replace("\r", "")
    data = read(labels, cards, partial=write_partial(tmp_path, cards, sha256=sha256(text)))
    (copy,) = data.copies.cards
    assert copy.text == "# Model\n\n\nfour"
    assert copy.metadata.values == {"license": "mit", "language": ["de"]}
    assert data.copies.origin.tolist() == [0]
    assert data.copies.labels.tolist() == [[2.0] * 9]
    assert data.sha256 != read(labels, cards).sha256


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "nobody/knows"},
        {"sha256": "0" * 64},
        {"without": 3},
        {"without": [[1]]},
        {"without_tags": 1},
        {"without_tags": "ab"},
        {"first": None},
    ],
)
def test_a_copy_that_cannot_be_made(tmp_path: Path, changes: dict[str, object]) -> None:
    labels, cards = write(tmp_path, 3, 1)
    with pytest.raises(DataError):
        read(labels, cards, partial=write_partial(tmp_path, cards, **changes))


def test_lines_that_no_card_has_cost_nothing(tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 3, 1)
    partial = write_partial(tmp_path, cards, without=[[-5, 2], [9, 10**15]])
    (copy,) = read(labels, cards, partial=partial).copies.cards
    first = json.loads(cards.read_text().splitlines()[0])
    assert copy.text == "\n".join(first["text"].split("\n")[2:8])


def test_no_copies(labelled: LabelledCards, tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 96, 12)
    empty = tmp_path / "partial.jsonl"
    empty.write_text("")
    data = read(labels, cards, partial=empty)
    assert make_examples(data).labels.shape == (96, 9)


def write_changed(folder: Path, cards: Path, **changes: object) -> Path:
    """Write a copy of the first card that lost everything but its title."""
    first = json.loads(cards.read_text().splitlines()[0])
    row = {
        "base": first["id"],
        "text": "# Model",
        "labels": dict.fromkeys(SCORES, 1),
        "kind": "gone",
        "change": "removed",
        "criterion": "usage",
        **changes,
    }
    changed = folder / "changed.jsonl"
    changed.write_text(json.dumps(row))
    return changed


def test_a_copy_that_is_given_whole(tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 3, 1)
    copies = read(labels, cards, changed=write_changed(tmp_path, cards)).copies
    assert [copy.text for copy in copies.cards] == ["# Model"]
    assert (copies.kinds, copies.changes, copies.criteria) == (["gone"], ["removed"], ["usage"])
    assert copies.labels.tolist() == [[1.0] * 9]
    assert copies.origin.tolist() == [0]


@pytest.mark.parametrize(
    "changes",
    [
        {"base": "nobody/knows"},
        {"text": None},
        {"labels": {}},
        {"change": "polished"},
        {"criterion": "overall?"},
    ],
)
def test_a_changed_copy_that_is_none(tmp_path: Path, changes: dict[str, object]) -> None:
    labels, cards = write(tmp_path, 3, 1)
    with pytest.raises(DataError):
        read(labels, cards, changed=write_changed(tmp_path, cards, **changes))


def test_several_files_and_readings_that_take_the_place_of_labels(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
    first, second = write(one, 4, 2), write(other, 6, 3)
    for path in second:  # other cards by authors of the same names
        path.write_text(path.read_text().replace("/m", "/n"))
    whole = tmp_path / "whole.jsonl"
    whole.write_text(json.dumps({"key": "a0/n0", "whole": dict.fromkeys(SCORES, 4)}))
    files = [first[0], second[0]], [first[1], second[1]]
    data = read_labelled(*files, corrected=whole)
    assert [card.id for card in data.cards][3:5] == ["a1/m3", "a0/n0"]
    assert data.corrected.tolist() == [False] * 4 + [True] + [False] * 5
    assert data.labels[4].tolist() == data.first[4].tolist() == [4] * 9
    with pytest.raises(DataError, match="two labels"):
        read_labelled([first[0], first[0]], [first[1]])


def test_cards_of_one_author_or_of_one_text_stay_together() -> None:
    texts = ["# One", "# Two", "#  Two", "# Three", "# Four"]
    ids = ["a/x", "a/y", "b/x", "b/y", "c/x"]
    cards = [parse_card(text, id=id) for text, id in zip(texts, ids, strict=True)]
    rated = np.ones((5, 9), int)
    data = LabelledCards(cards, rated.astype(float), rated, ["l"] * 5, rated[:, 0] > 1, "")
    assert len(set(data.groups[:4].tolist())) == 1
    assert data.groups[4] != data.groups[0]


def with_copies(data: LabelledCards, copies: Copies) -> Examples:
    return make_examples(replace(data, copies=copies))


def many(cards: list[Card], rated: float, change: str = "removed") -> Copies:
    """A copy of each of the first cards, all rated the same."""
    count = len(cards)
    labels, words = np.full((count, 9), rated), [change] * count
    return Copies(cards, np.arange(count), labels, words, words, ["usage"] * count)


def test_no_copy_of_a_tested_author_is_learned_from(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = with_copies(labelled, many(labelled.cards, 3.0))
    x = extra.x.copy()
    x[:, 0] = np.tile(np.arange(96), 2)  # tells cards apart
    extra = replace(extra, x=x)
    learned: list[NDArray[np.int64]] = []

    class Still:
        def predict(self, x: np.ndarray) -> np.ndarray:
            return np.full((len(x), 9), len(learned))

    def spy(examples: Examples, seed: int) -> Still:
        learned.append(examples.x[:, 0].astype(int))
        assert (examples.x[examples.origin] == examples.x[examples.copy]).all()
        return Still()

    monkeypatch.setattr(train, "fit", spy)
    expected, mended = train.predict_out_of_fold(extra, labelled.groups, seed=0)
    for fold, rows in enumerate(learned, 1):
        tested = x[expected[:, 0] == fold, 0].astype(int)
        assert set(labelled.authors[rows]).isdisjoint(labelled.authors[tested])
    assert (expected[:96] == expected[96:]).all()
    assert (mended == expected[96:]).all()


SHORT = parse_card("# Model\n\nSentence 0.5 about the model.")


def features_of(cards: list[Card]) -> np.ndarray:
    return np.vstack([read.vector for read in read_features(cards)])


def test_copies_teach_by_their_weight(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels follow the length alone; where copies say another thing, trees and kernel bend."""
    monkeypatch.setitem(trees.TREES, "n_estimators", 40)
    plain, bent = make_examples(labelled), with_copies(labelled, many([SHORT] * 60, 5.0, "added"))
    assert len(bent.x) == len(plain.x) + 60
    x = features_of([SHORT])
    for learn in (trees.fit_trees, kernel.fit_kernel):
        rated = [learn(examples, 0).predict(x)[0, 0] for examples in (plain, bent)]
        assert rated[1] > rated[0] + 1


def test_what_a_copy_lost_teaches_beside_what_it_is_rated(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies of weight 0 as cards of their own: only the difference from their card is learned."""
    monkeypatch.setitem(trees.TREES, "n_estimators", 40)
    long = [n for n, label in enumerate(labelled.labels[:, 0]) if label >= 4]
    copies = replace(many([SHORT] * len(long), 1.0), origin=np.array(long))
    x = features_of([*(labelled.cards[n] for n in long), SHORT])
    for learn in (trees.fit_trees, kernel.fit_kernel):
        falls = []
        for pair in (0.0, 5.0):
            examples = with_copies(labelled, copies)
            row = np.r_[np.ones(96), np.full(len(long), 0.001)]
            given = replace(examples, row=row, pair=np.full(len(long), pair))
            rated = learn(given, 0).predict(x)[:, 0]
            falls.append((rated[:-1] - rated[-1]).mean())
        wanted = (labelled.labels[long, 0] - 1).mean()
        assert abs(falls[1] - wanted) < abs(falls[0] - wanted)


def test_the_forest_rates_as_its_trees_were_grown(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left of the labels after the last tree is what the forest misses."""
    monkeypatch.setitem(trees.TREES, "n_estimators", 20)
    monkeypatch.setattr(trees, "BAGS", 1)
    left = []
    grow = trees._worth

    def spy(ends: np.ndarray, nodes: int, missing: np.ndarray, *rest: object) -> np.ndarray:
        worth = grow(ends, nodes, missing, *rest)
        left.append(missing - worth[ends])
        return worth

    monkeypatch.setattr(trees, "_worth", spy)
    examples = make_examples(labelled)
    rated = trees.fit_trees(examples, 0).predict(examples.x)
    ended = np.stack(left[19::20], axis=1)
    assert rated == pytest.approx(examples.labels - ended, abs=1e-4)


def test_a_trained_judge_rates_and_the_same_seed_trains_the_same(
    labelled: LabelledCards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(trees.TREES, "n_estimators", 6)
    monkeypatch.setitem(kernel.KERNEL, "landmarks", 16)
    with threadpoolctl.threadpool_limits(1):  # many threads for tiny trees only wait
        about = train_judge(labelled, tmp_path / "one", seed=1)
        train_judge(labelled, tmp_path / "two", seed=1)
    for name in ("judge.json", "judge.npy", "seen.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert (about["seed"], about["cards"], about["authors"]) == (1, 96, 12)
    assert about["data_sha256"] == labelled.sha256
    judge = EmbeddedJudge(load_weights(tmp_path / "one"))
    short, long = judge.rate(
        [
            parse_card("# Model\n\nSentence 0.5 about the model."),
            max(labelled.cards, key=lambda card: len(card.text)),
        ]
    )
    assert short.scores["overall"].expected + 0.3 < long.scores["overall"].expected
    assert set(about["agreement"]["scores"]) == set(SCORES)


def test_the_command_tells_agreement_and_responsiveness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of each card is taken away and rated lower; the judge sees length, and follows."""
    monkeypatch.setitem(trees.TREES, "n_estimators", 20)
    monkeypatch.setitem(kernel.KERNEL, "landmarks", 16)
    labels, cards = write(tmp_path, 96, 12)
    rated = {row["id"]: row["first"] for row in map(json.loads, labels.read_text().splitlines())}
    rows = []
    for row in map(json.loads, cards.read_text().splitlines()):
        score = rated[row["id"]]["overall"]
        if score > 1:
            gone = [[(score * 12) // 2 + 2, score * 12 + 1]]
            lower = dict.fromkeys(SCORES, (score + 1) // 2)
            rows.append(
                {"id": row["id"], "sha256": sha256(row["text"]), "without": gone, "first": lower}
            )
    partial = tmp_path / "partial.jsonl"
    partial.write_text("\n".join(map(json.dumps, rows)))
    asked = [
        "judges",
        "train",
        str(labels),
        "--cards",
        str(cards),
        "--out",
        str(tmp_path / "judge"),
        "--partial",
        str(partial),
        "--seed",
        "1",
    ]
    with threadpoolctl.threadpool_limits(1):
        done = CliRunner().invoke(main, asked)
    assert done.exit_code == 0, done.output
    assert re.match(r"overall +(0\.[5-9]\d\d|1\.000)  changes 0\.[5-9]\d\n", done.stdout)
    about = json.loads((tmp_path / "judge" / "judge.json").read_text())
    assert about["copies"]["partial"] == about["responsiveness"]["overall"]["n"] == len(rows)
    assert about["responsiveness"]["overall"]["direction"] > 0.9


@pytest.mark.parametrize(("count", "authors"), [(49, 10), (80, 4), (1, 1)])
def test_too_few_labels(tmp_path: Path, count: int, authors: int) -> None:
    data = read(*write(tmp_path, count, authors))
    with pytest.raises(DataError, match="at least 50"):
        train_judge(data, tmp_path / "out")
    assert not (tmp_path / "out").exists()


NOT_NUMBERS = json.dumps({"id": "a0/m0", "first": dict.fromkeys(SCORES, "x")})


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        '{"id": "nobody/knows", "first": {}}',
        pytest.param("no json"),
        pytest.param("[]"),
        pytest.param('{"id": "a0/m0"}'),
        pytest.param('{"id": "a0/m0", "first": {"overall": 3}}'),
        pytest.param(NOT_NUMBERS),
    ],
)
def test_a_label_that_is_none(tmp_path: Path, line: str) -> None:
    labels, cards = write(tmp_path, 3, 1)
    labels.write_text(line)
    with pytest.raises(DataError):
        read(labels, cards)


def test_overall_answers_to_the_criteria_and_more_so_where_copies_say_it() -> None:
    """By the cards overall is as expected; by the copies it falls with half of a criterion."""
    chance = np.random.default_rng(0)
    cards, copies = 4000, 400
    expected = chance.normal(3, 0.5, (cards + copies, 9))
    expected[cards:] = expected[:copies]
    expected[cards:, 1] -= 1.0
    labels = expected.copy()
    labels[cards:, 0] -= 0.5
    blank = np.zeros((len(expected), 1), np.float32)
    examples = Examples(
        x=blank,
        labels=labels,
        row=np.ones(len(expected)),
        origin=np.arange(copies),
        copy=cards + np.arange(copies),
        pair=np.full(copies, 3.0),
        mended=blank[cards:],
        cards=cards,
    )
    start, *weights = learn_answer(examples, expected)
    assert weights[0] == pytest.approx(1, abs=0.02)
    assert 0.2 < weights[1] < 0.5
    assert start == pytest.approx(3 * (1 - sum(weights)), abs=0.1)
    alone = learn_answer(replace(examples, pair=np.zeros(copies)), expected)
    assert alone[1:] == pytest.approx([1, *[0] * 8], abs=0.01), "where no pair counts, as it is"


def test_overall_answers_out_of_fold(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(trees.TREES, "n_estimators", 6)
    monkeypatch.setitem(kernel.KERNEL, "landmarks", 16)
    found = rate_out_of_fold(labelled, make_examples(labelled), seed=0)
    assert (found.expected[:, 1:] == found.unanswered[:, 1:]).all()
    assert (found.expected[:, 0] != found.unanswered[:, 0]).mean() > 0.9
    assert (found.bounds[:, 0, 0] <= found.expected[:, 0]).all(), "intervals are of the answer"
