"""Training on made-up labels: whole, repeatable, and refusing what it cannot use."""

import json
import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.vector import feature_matrix
from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.judge.embedded.judge import EmbeddedJudge, load_weights
from cardiogram.judge.gold.label_files import LabelledCards, PartialCopies, read_labelled
from cardiogram.judge.training import fit, train
from cardiogram.judge.training.train import make_copies, train_judge
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


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> LabelledCards:
    return read_labelled(*write(tmp_path_factory.mktemp("labels"), 96, 12))


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
    data = read_labelled(labels, cards, write_partial(tmp_path, cards, sha256=sha256(text)))
    (copy,) = data.partial.cards
    assert copy.text == "# Model\n\n\nfour"
    assert copy.metadata.values == {"license": "mit", "language": ["de"]}
    assert data.partial.origin.tolist() == [0]
    assert data.partial.labels.tolist() == [[2.0] * 9]
    assert data.sha256 != read_labelled(labels, cards).sha256


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
        read_labelled(labels, cards, write_partial(tmp_path, cards, **changes))


def test_lines_that_no_card_has_cost_nothing(tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 3, 1)
    partial = write_partial(tmp_path, cards, without=[[-5, 2], [9, 10**15]])
    (copy,) = read_labelled(labels, cards, partial).partial.cards
    first = json.loads(cards.read_text().splitlines()[0])
    assert copy.text == "\n".join(first["text"].split("\n")[2:8])


def test_no_copies(labelled: LabelledCards, tmp_path: Path) -> None:
    labels, cards = write(tmp_path, 96, 12)
    empty = tmp_path / "partial.jsonl"
    empty.write_text("")
    data = read_labelled(labels, cards, empty)
    assert make_copies(data, 0).labels.shape == make_copies(labelled, 0).labels.shape


def test_no_copy_of_a_tested_author_is_learned_from(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = PartialCopies(labelled.cards, np.arange(96), np.full((96, 9), 3.0))
    extra = make_copies(replace(labelled, partial=copies), 0)
    learned: list[set[int]] = []

    class Still:
        def predict(self, x: np.ndarray) -> np.ndarray:
            return np.full((len(x), 9), len(learned))

    def spy(x: object, labels: object, extra: fit.WeightedCopies, seed: int) -> Still:
        learned.append(set(extra.origin.tolist()))
        return Still()

    monkeypatch.setattr(train, "fit", spy)
    expected, rated = train.predict_out_of_fold(
        feature_matrix(labelled.cards), labelled.labels, labelled.authors, extra, seed=0
    )
    for fold, origins in enumerate(learned, 1):
        tested = np.flatnonzero(expected[:, 0] == fold)
        owners = set(labelled.authors[sorted(origins)])
        assert owners.isdisjoint(labelled.authors[tested])
        assert set(extra.origin[rated[:, 0] == fold]) <= set(tested)
    assert (rated > 0).all()


def test_copies_teach_by_their_weight(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Labels follow the length alone; where copies say another thing, the trees bend to it."""
    monkeypatch.setitem(fit.TREES, "n_estimators", 30)
    short = parse_card("# Model\n\nSentence 0.5 about the model.")
    copies = PartialCopies([short] * 60, np.arange(60), np.full((60, 9), 5.0))
    plain, bent = (
        make_copies(replace(labelled, partial=partial), 0) for partial in (PartialCopies(), copies)
    )
    assert len(bent.x) == len(plain.x) + 60
    x = feature_matrix([short])
    fitted = [
        fit.fit_trees(feature_matrix(labelled.cards), labelled.labels, extra, 0).predict(x)[0, 0]
        for extra in (plain, bent)
    ]
    assert fitted[1] > fitted[0] + 1


def test_the_trees_rate_as_those_of_scikit_learn(
    labelled: LabelledCards, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fit.TREES, "n_estimators", 20)
    x, none = feature_matrix(labelled.cards), make_copies(labelled, 0).of(np.array([-1]))
    regressor = pytest.importorskip("sklearn.ensemble").GradientBoostingRegressor
    bags = [
        regressor(**fit.TREES, random_state=bag).fit(x, labelled.labels[:, 0])
        for bag in range(fit.BAGS)
    ]
    rated = fit.fit_trees(x, labelled.labels, none, 0).predict(x)[:, 0]
    assert rated == pytest.approx(np.mean([bag.predict(x) for bag in bags], axis=0), abs=1e-4)


def test_a_trained_judge_rates_and_the_same_seed_trains_the_same(
    labelled: LabelledCards, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(fit.TREES, "n_estimators", 6)
    monkeypatch.setitem(fit.KERNEL, "landmarks", 16)
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
    monkeypatch.setitem(fit.TREES, "n_estimators", 20)
    monkeypatch.setitem(fit.KERNEL, "landmarks", 16)
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
    assert about["partial"] == about["responsiveness"]["overall"]["n"] == len(rows)
    assert about["responsiveness"]["overall"]["direction"] > 0.9


@pytest.mark.parametrize(("count", "authors"), [(49, 10), (80, 4), (1, 1)])
def test_too_few_labels(tmp_path: Path, count: int, authors: int) -> None:
    data = read_labelled(*write(tmp_path, count, authors))
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
        read_labelled(labels, cards)
