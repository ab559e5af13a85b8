from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cardiogram.analysis.analyze import analyze
from cardiogram.cards import Card, parse_card, parse_row
from cardiogram.cards.features import CardFeatures
from cardiogram.collect.collect import Source, collect
from cardiogram.collect.sources import read_source
from cardiogram.errors import DataError, JudgeError
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.expectations import name_missed
from cardiogram.judge.load import load_judge
from cardiogram.judge.rate import rate_study
from cardiogram.judge.rating import Rating, Score
from cardiogram.names import SCORES
from cardiogram.store import Study
from dataset_cards import FULL

SAMPLE = Path(__file__).parents[3] / "examples" / "sample"


@dataclass(frozen=True)
class CountingJudge:
    """Rate by length, and remember whom."""

    version: str = "1"
    id: str = "counting"
    rubric_version: str = "r1"
    rated: list[str] = field(default_factory=list)

    def rate(self, cards: Sequence[Card]) -> list[Rating]:
        self.rated.extend(card.id for card in cards)
        return [
            Rating(
                self.id,
                self.version,
                self.rubric_version,
                card.input_sha256,
                scores=dict.fromkeys(SCORES, Score(min(5, 1 + len(card.text) // 1000), 1, 1, 1)),
            )
            for card in cards
        ]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = Study(tmp_path)
    collect(study, Source(SAMPLE))
    return study


def times(study: Study) -> list[int]:
    return [path.stat().st_mtime_ns for path in study.ratings.shards()]


def test_every_model_with_a_card_is_rated_once(study: Study) -> None:
    judge = CountingJudge()
    with_card = [row["id"] for row in study.models.rows() if row["card_sha256"]]
    told: list[tuple[str, int, int | None]] = []
    assert rate_study(study, [judge], on_progress=lambda *now: told.append(now))[0].rated == len(
        with_card
    )
    assert judge.rated == with_card
    assert [row["id"] for row in study.ratings.rows()] == with_card
    assert told[-1] == ("rate", 50, 50)
    before = times(study)
    assert rate_study(study, [judge])[0].rated == len(with_card)
    assert judge.rated == with_card
    assert times(study) == before


def test_only_a_new_version_or_rubric_rates_again(study: Study) -> None:
    count = rate_study(study, [CountingJudge()])[0].rated
    for judge in (CountingJudge("2"), CountingJudge("2", rubric_version="r2")):
        assert rate_study(study, [judge])[0].rated == len(judge.rated) == count
    assert {row["judge_version"] for row in study.ratings.rows()} == {"2"}


def test_judges_do_not_touch_each_others_ratings(study: Study) -> None:
    count = rate_study(study, [CountingJudge()])[0].rated
    before = times(study)
    assert rate_study(study, [embedded_judge()])[0].rated == count
    rows = list(study.ratings.rows())
    assert len(rows) == 2 * count
    assert {row["judge"] for row in rows} == {"counting", "embedded"}
    assert times(study)[: len(before)] == before


def test_a_changed_card_is_rated_again_and_no_other(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "README.md").write_text(f"# {name}\n")
    study = Study(tmp_path / "s")
    collect(study, Source(tmp_path / "cards"))
    rate_study(study, [CountingJudge()])
    (tmp_path / "cards" / "b" / "README.md").write_text("# b\n" + "words " * 1000)
    collect(study, Source(tmp_path / "cards"))
    judge = CountingJudge()
    assert rate_study(study, [judge])[0].rated == 3
    assert judge.rated == ["b"]
    assert [row["overall"] for row in study.ratings.rows()] == [1, 5, 1]


def _row_of(card: Card) -> dict[str, object]:
    """What a study keeps of a card: what it misses in place of evidence."""
    (rating,) = embedded_judge().rate([card])
    missed = name_missed(CardFeatures.of(card))
    return {**rating.row(card.id, card.sha256), "evidence": None, "missed": missed}


def test_a_study_is_rated_as_check_rates_a_single_card(study: Study) -> None:
    rate_study(study, [embedded_judge()])
    found = {row["id"]: row for row in study.ratings.rows()}
    for row in read_source(SAMPLE):
        if row["data"] is None:
            continue
        card = parse_row(row, row["data"])
        for key, value in _row_of(card).items():
            assert found[row["id"]][key] == value, (row["id"], key)


def test_odd_texts_are_rated_as_check_rates_them(tmp_path: Path) -> None:
    texts = {
        "bom": b"\xef\xbb\xbf\xef\xbb\xbf---\nlicense: mit\n---\n# T\n",
        "blank": b"\n\n  ---\nlicense: mit\n---\n# T\n```\nx",
        "crlf": b"---\r\nlicense: mit\r\n---\r\n# T\r\n",
        "latin": "---\nlicense: mit\n---\n# Modèle à trois têtes\n".encode("latin-1"),
        "no-end": b"---\nlicense: mit\n---",
        "empty-front": b"---\n---\n# T",
        "nul": b"# T\0\n---\n",
        "cut": b"# T\n" + b"words \xc3\xa9 " * 200_000,
    }
    for name, data in texts.items():
        (tmp_path / "cards" / name).mkdir(parents=True)
        (tmp_path / "cards" / name / "README.md").write_bytes(data)
    study = Study(tmp_path / "s")
    collect(study, Source(tmp_path / "cards"))
    rate_study(study, [embedded_judge()])
    rows = {row["id"]: row for row in study.ratings.rows()}
    assert set(rows) == set(texts)
    for name, data in texts.items():
        card = parse_card(data, id=name)
        for key, value in _row_of(card).items():
            assert rows[name][key] == value, (name, key)


def test_a_model_without_a_card_has_no_rating(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text('{"id": "a/none"}\n{"id": "a/card", "text": ""}\nnot json\n')
    study = Study(tmp_path / "s")
    assert collect(study, Source(path)) == 3
    assert rate_study(study, [embedded_judge()])[0].rated == 1
    (row,) = study.ratings.rows()
    assert (row["id"], row["overall"], row["problems"]) == ("a/card", 1, ["empty"])


def test_load_judge() -> None:
    assert load_judge("embedded") is embedded_judge()
    with pytest.raises(JudgeError, match="no judge 'nobody'") as caught:
        load_judge("nobody")
    assert "embedded" in caught.value.hint


def test_cards_of_datasets_are_rated_by_their_own_judge(tmp_path: Path) -> None:
    folder = tmp_path / "cards" / "me" / "birds"
    folder.mkdir(parents=True)
    (folder / "README.md").write_text(FULL)
    study = Study(tmp_path / "s")
    collect(study, Source(tmp_path / "cards", type="dataset"))
    with pytest.raises(JudgeError, match="rates cards of models"):
        rate_study(study, [load_judge("embedded")])
    assert rate_study(study, [load_judge("dataset-rules")])[0].rated == 1
    (row,) = study.ratings.rows()
    assert (row["overall"], row["rights"], row["overall_low"]) == (5, 5, None)
    assert rate_study(study, [load_judge("dataset-rules")])[0].rated == 1
    with pytest.raises(DataError, match="dataset cards"):
        analyze(study)
