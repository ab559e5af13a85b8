import json
from pathlib import Path

import pytest

from cardiogram.analysis.analyze import analyze
from cardiogram.cards.card import parse_card
from cardiogram.collect.collect import Source, collect
from cardiogram.errors import DataError
from cardiogram.judge.gold.judge import read_labels_judge
from cardiogram.judge.load import load_judge
from cardiogram.judge.rate import rate_study
from cardiogram.names import SCORES
from cardiogram.store import Study
from cardiogram.text import sha256

SAMPLE = Path(__file__).parents[4] / "examples" / "sample"
NINE = {name: 1 + place % 5 for place, name in enumerate(SCORES)}


def write(path: Path, *rows: object) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_a_label_holds_for_its_id_and_its_text(tmp_path: Path) -> None:
    first, second = dict.fromkeys(SCORES, 4), dict.fromkeys(SCORES, 2)
    path = write(
        tmp_path / "labels-people.jsonl",
        {"card": "a/one", "sha256": sha256("# A"), "first": first, "second": second},
        {"id": "b/any-text", "overall": 3},
        {"sha256": sha256("# Any id"), **NINE},
    )
    judge = load_judge(f"labels:{path}")
    assert judge.id == "labels-people"
    texts = {"a/one": "# A", "b/any-text": "# B", "c/new": "# Any id", "a/two": "# A", "d": "# D"}
    cards = [parse_card(text, id=id) for id, text in texts.items()]
    found = judge.rate([*cards, parse_card("# A, edited", id="a/one")])
    assert [rating.status for rating in found] == ["rated"] * 3 + ["abstained"] * 3
    score = found[0].scores["overall"]
    assert (score.value, score.expected, score.low, score.high) == (4, 4, 4, 4)
    assert set(found[1].scores) == {"overall"}
    assert {name: score.value for name, score in found[2].scores.items()} == NINE


def test_a_spreadsheet_and_a_new_version(tmp_path: Path) -> None:
    path = tmp_path / "Ann Smith.csv"
    path.write_text("\ufeffid,overall,usage\na/one,5,\na/two,1,2\n", "utf-8")
    judge = read_labels_judge(path)
    assert (judge.id, len(judge.labels)) == ("labels-Ann-Smith", 2)
    (rating,) = judge.rate([parse_card("# A", id="a/one")])
    assert {name: score.value for name, score in rating.scores.items()} == {"overall": 5}
    path.write_text("id,overall\na/one,4\n", "utf-8")
    assert read_labels_judge(path).version != judge.version


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([{"card": "a/b", "first": {"overall": 6}}], "row 1 .* is no label"),
        ([{"card": "a/b", "first": {"overall": 3.5}}], "row 1 .* is no label"),
        ([{"card": "a/b", "first": {"usage": 3}}], "row 1 .* is no label"),
        ([{"card": "a/b", "first": None}], "row 1 .* is no label"),
        ([{"card": "a/b", "first": "nine"}], "row 1 .* is no label"),
        ([{"overall": 3}], "row 1 .* is no label"),
        ([{"id": "a", "overall": 3}, {"id": "a", "overall": 4}], "rates 'a' twice"),
        ([], "no labels in"),
        ([[1]], "not a JSON object"),
    ],
)
def test_what_is_no_label_is_refused(tmp_path: Path, rows: list[object], reason: str) -> None:
    with pytest.raises(DataError, match=reason):
        read_labels_judge(write(tmp_path / "labels.jsonl", *rows))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    for name in ("labels:", f"labels:{tmp_path / 'none.jsonl'}", f"labels:{tmp_path / 'n.csv'}"):
        with pytest.raises(DataError, match="cannot read"):
            load_judge(name)


def test_labels_are_analyzed_like_any_ratings(tmp_path: Path) -> None:
    study = Study(tmp_path / "s")
    collect(study, Source(SAMPLE))
    rows = [row for row in study.models.rows() if row["card_sha256"]]
    labels = [{"id": row["id"], "overall": 1 + place % 5} for place, row in enumerate(rows)]
    path = write(tmp_path / "gold.jsonl", *labels[:40])
    judge = load_judge(f"labels:{path}")
    assert rate_study(study, [judge])[0].rated == 40
    results = analyze(study, judge="labels-gold", draws=100).as_dict()
    assert results["judge"]["id"] == "labels-gold"
    assert results["coverage"]["rated"] == 40
    assert results["associations"][0]["n"] == 40
    with pytest.raises(DataError, match="no ratings by 'embedded'") as caught:
        analyze(study)
    assert "--judge labels-gold" in caught.value.hint
