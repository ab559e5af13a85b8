from pathlib import Path

import pytest

from cardiogram.cards import parse_card
from cardiogram.cards.features import CardFeatures
from cardiogram.errors import DataError
from cardiogram.judge.expectations import explain
from cardiogram.report.data import model_choice, payload as payload_module, texts as module
from cardiogram.report.data.payload import build_payload
from cardiogram.report.data.shown_models import ShownModel
from cardiogram.report.page.drawings import scatter_points
from cardiogram.report.page.explore import model_section
from cardiogram.report.page.pairs import compared
from cardiogram.store import Study
from studies import HOSTILE, HOSTILE_ROWS, LONG_LINE, Row, make_study


def by_id(models: tuple[ShownModel, ...], id_: str) -> ShownModel:
    return next(model for model in models if model.id == id_)


def test_rows_are_sorted_by_downloads_and_hold_what_the_study_holds(tmp_path: Path) -> None:
    found = build_payload(make_study(tmp_path, HOSTILE_ROWS))
    assert [m.downloads for m in found.models[:3]] == [910, 900, 50]
    poor = by_id(found.models, "alpha/poor")
    assert (poor.overall, poor.likes, poor.created_at) == (1, 5, "2024-03-01")
    assert poor.scores["overall"].high == 1.5
    assert [(e.criterion, e.first_line, e.effect) for e in found.evidence_of(poor)] == [
        ("usage", 4, 0.4)
    ]
    unrated = by_id(found.models, "eta/none")
    assert unrated.overall is None
    assert found.text(unrated) is None
    assert unrated.problems == ("the repository has no README.md",)


def test_source_is_given_back_from_its_first_line(tmp_path: Path) -> None:
    text = "\n\n" + HOSTILE
    found = build_payload(make_study(tmp_path, [Row("a/b", 1, text=text)]))
    assert [card.text for card in found.texts.values()] == [text]


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
    kept = {model.id for model in found.models if found.text(model)}
    assert kept == {"p/poor", "g/good", "x/0", "x/1"}
    assert any(note.startswith("The texts of 7 cards") for note in found.notes)


def test_a_map_gives_each_model_its_place(tmp_path: Path) -> None:
    rows = [Row("a/b", 3, 9, place=(1.0, 2.0), segment="parrots"), Row("c/d", 3, 8)]
    found = build_payload(make_study(tmp_path, [*rows, Row("e/f", 3, 7, place=(0.0, 0.5))])).map
    assert found is not None
    places = [place and (place.x, place.y, place.segment) for place in found.points]
    assert places == [(1.0, 2.0, "parrots"), None, (0.0, 0.5, None)]
    assert [segment.name for segment in found.segments] == ["Parrots"]


def test_a_broken_map_names_the_command(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", 3, place=(1.0, 2.0))])
    study.segments_path.write_text("[", "utf-8")
    with pytest.raises(DataError, match=r"segments\.json") as caught:
        build_payload(study)
    assert "cardiogram map" in caught.value.hint


def test_evidence_and_pairs_of_a_large_study_are_of_the_most_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payload_module, "MAX_OPENED", 2)
    rows = [Row("a/good", 5, 90), Row("b/poor", 1, 80), Row("c/poor", 1, 70), Row("d/good", 5, 70)]
    found = build_payload(make_study(tmp_path, rows))
    assert [m.id for m in found.models if found.evidence_of(m)] == ["a/good", "b/poor"]
    assert [(pair.poor.id, pair.good.id) for pair in found.pairs] == [("b/poor", "a/good")]
    assert "What a card shows is here for the 2 most downloaded models." in found.notes


def test_evidence_that_is_not_written_is_read_off_the_card(tmp_path: Path) -> None:
    text = "---\nlicense: mit\n---\n# T\n\nA model.\n"
    study = make_study(tmp_path, [Row("a/b", 2, 9, text=text), Row("c/d", 2, 8)])
    rows = study.ratings.read_shard("0")
    study.ratings.write("0", [{**rows[0], "evidence": None}, *rows[1:]])
    made = build_payload(study)
    facts = explain(CardFeatures.of(parse_card(text, id="a/b")))
    assert made.evidence_of(by_id(made.models, "a/b")) == facts
    assert [fact.effect for fact in made.evidence_of(by_id(made.models, "c/d"))] == [0.4]


def test_of_very_many_models_a_page_shows_the_most_downloaded_and_a_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"MAX_MODELS": 39, "MAX_OPENED": 4, "SAMPLE": 10}.items():
        monkeypatch.setattr(model_choice, name, value)
        monkeypatch.setattr(payload_module, name, value, raising=False)
    rows = [
        Row(f"a/m{i}", 3, i, place=(i / 40, 0.0), segment="x" if i % 2 else None) for i in range(40)
    ]
    study = make_study(tmp_path, rows)
    models = study.models.read_shard("0")
    for shard in range(4):
        study.models.write(str(shard), models[shard::4])
    found = build_payload(study)
    ids = [model.id for model in found.models]
    assert ids[:4] == ["a/m39", "a/m38", "a/m37", "a/m36"]
    sampled = [model.id for model in found.models if model.is_sampled]
    assert len(sampled) == 10
    assert set(ids) == {*ids[:4], *sampled}
    assert [model.downloads for model in found.models] == [int(id[3:]) for id in ids]
    assert ids == [model.id for model in build_payload(study).models]
    assert found.map is not None
    assert (found.total, found.map.placed, found.map.outliers) == (40, 40, 20)
    assert (
        f"hold {len(ids)} of 40 models: the 4 most downloaded and a random sample of 10"
        in (found.notes[0])
    )
    assert {point.index for point in scatter_points(found, "downloads")} == {
        place for place, model in enumerate(found.models) if model.is_sampled
    }
    assert f"{len(ids)} of 40 models" in model_section(found)


def test_no_text_is_lost_where_a_smaller_cut_keeps_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CUTS", (1000, 100, 10))
    monkeypatch.setattr(module, "MAX_TEXT_BYTES", 450)
    rows = [Row(f"x/{i}", 3, text=f"{i}" * 500) for i in range(4)] + [Row("y/y", 3, text="short")]
    found = build_payload(make_study(tmp_path, rows))
    assert sorted(len(text.text) for text in found.texts.values()) == [5, 100, 100, 100, 100]
    assert [text.cut for text in found.texts.values() if len(text.text) == 5] == [False]


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
    assert found.link(found.models[0].id) == link


def test_no_link_for_an_id_that_the_hub_cannot_have(tmp_path: Path) -> None:
    found = build_payload(make_study(tmp_path, HOSTILE_ROWS))
    linked = {model.id for model in found.models if found.link(model.id)}
    assert linked == {"alpha/poor", "beta/good", "gamma/long", "eta/none"}


@pytest.mark.parametrize("overall", [None, 3, 5])
def test_without_a_poor_and_a_good_card_there_is_no_chapter(
    tmp_path: Path, overall: int | None
) -> None:
    found = build_payload(make_study(tmp_path, [Row("a/b", overall)]))
    assert found.pairs == ()
    assert compared(found) is None
