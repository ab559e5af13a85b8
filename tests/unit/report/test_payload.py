import json
from pathlib import Path

import pytest

from cardiogram.errors import DataError
from cardiogram.report import payload as module
from cardiogram.report.payload import Model, build_payload
from cardiogram.store import Study
from studies import HOSTILE, HOSTILE_ROWS, LONG_LINE, Row, make_study


def by_id(models: tuple[Model, ...], id_: str) -> Model:
    return next(model for model in models if model.id == id_)


def test_rows_are_sorted_by_downloads_and_hold_what_the_study_holds(tmp_path: Path) -> None:
    found = build_payload(make_study(tmp_path, HOSTILE_ROWS))
    assert [m.downloads for m in found.models[:3]] == [910, 900, 50]
    poor = by_id(found.models, "alpha/poor")
    assert (poor.overall, poor.likes, poor.created_at) == (1, 5, "2024-03-01")
    assert poor.scores["overall"].high == 1.5
    assert [(e.criterion, e.first_line, e.effect) for e in poor.evidence] == [("usage", 4, 0.4)]
    unrated = by_id(found.models, "eta/none")
    assert unrated.overall is None
    assert unrated.text is None
    assert unrated.problems == ("the repository has no README.md",)


def test_source_is_given_back_from_its_first_line(tmp_path: Path) -> None:
    text = "\n\n" + HOSTILE
    found = build_payload(make_study(tmp_path, [Row("a/b", 1, text=text)]))
    assert [card.text for card in found.texts] == [text]


def test_long_text_is_cut_and_the_cut_is_stated(tmp_path: Path) -> None:
    found = build_payload(make_study(tmp_path, HOSTILE_ROWS))
    card = found.text(by_id(found.models, "gamma/long"))
    assert card is not None
    assert (len(card.text), card.bytes, card.cut) == (60_000, len(LONG_LINE), True)
    assert any("cut at 60 kB" in note for note in found.notes)


def test_texts_over_the_budget_leave_the_pair_and_the_most_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [Row(f"x/{i}", 3, 1000 - i, text=f"# {i}\n" + "y" * 1000) for i in range(9)]
    rows += [Row("p/poor", 1, 5, text="p" * 1000), Row("g/good", 5, 5, text="g" * 1000)]
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 4500)
    found = build_payload(make_study(tmp_path, rows))
    kept = {model.id for model in found.models if model.text is not None}
    assert kept == {"p/poor", "g/good", "x/0", "x/1"}
    assert any(note.startswith("The texts of 7 cards") for note in found.notes)


def test_browser_part_is_strict_json(tmp_path: Path) -> None:
    value = build_payload(make_study(tmp_path, HOSTILE_ROWS)).for_browser()
    assert json.loads(json.dumps(value, allow_nan=False)) == value


def test_rating_of_an_older_text_is_not_shown(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", 4)])
    rating = study.ratings.read_shard("0")[0]
    study.ratings.write("0", [{**rating, "card_sha256": "0" * 64}])
    assert build_payload(study).models[0].overall is None


def test_no_results_yet_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no results") as caught:
        build_payload(Study(tmp_path))
    assert "cardiogram analyze" in caught.value.hint


@pytest.mark.parametrize(
    ("endpoint", "link"),
    [
        ("https://hub.test/", "https://hub.test/a/b"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/a/b"),
        ("javascript:alert(1)", None),
        ("https://user:secret@hub.test", None),
        ("https://[bad", None),
        ("", None),
    ],
)
def test_links_only_to_a_plain_web_address(tmp_path: Path, endpoint: str, link: str | None) -> None:
    source = {"kind": "hub", "endpoint": endpoint}
    found = build_payload(make_study(tmp_path, [Row("a/b", 3)], source=source))
    assert found.link(found.models[0]) == link


def test_no_link_for_an_id_that_the_hub_cannot_have(tmp_path: Path) -> None:
    found = build_payload(make_study(tmp_path, HOSTILE_ROWS))
    linked = {model.id for model in found.models if found.link(model)}
    assert linked == {"alpha/poor", "beta/good", "gamma/long", "eta/none"}


@pytest.mark.parametrize(
    ("overall", "reason"),
    [(None, "No card was rated"), (3, "rated 4 or 5"), (5, "rated 1 or 2")],
)
def test_no_pair_says_why(tmp_path: Path, overall: int | None, reason: str) -> None:
    found = build_payload(make_study(tmp_path, [Row("a/b", overall)]))
    assert found.pairs == ()
    assert reason in found.pair_reason
