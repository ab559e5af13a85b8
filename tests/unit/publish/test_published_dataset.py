"""The published dataset without a Hub: tables, rights, changes, and the words of its card."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, strategies as st

import cardiogram
from cardiogram.cards.card import parse_card
from cardiogram.cards.lint.linter import lint
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.errors import ConfigError, DataError
from cardiogram.hub import HubSession, check_published_id
from cardiogram.names import SCORES
from cardiogram.publish import Options, Plan, plan_dataset, table_files
from cardiogram.publish.card import code_span, escape
from cardiogram.publish.changes import (
    Contents,
    HashedRows,
    Revision,
    compare,
    name_revision,
    read_contents,
    read_history,
    write_history,
)
from cardiogram.publish.licensed_texts import LicensedTexts, permissive_licenses
from cardiogram.publish.published_columns import describe_columns, features
from cardiogram.publish.tables import write_tables
from cardiogram.report.terminal.published import render_plan
from cardiogram.store import RATINGS, Study
from studies import HOSTILE_ROWS, Row, make_study

NOBODY = "http://127.0.0.1:1"


def planned(study: Study, folder: Path, **options: str) -> Plan:
    return plan_dataset(
        study, "me/cards", folder, Options(**options), session=HubSession(NOBODY), day="2026-01-01"
    )


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return make_study(tmp_path / "s", HOSTILE_ROWS)


# -- the card ------------------------------------------------------------------------------------


def test_the_card_rates_well_by_the_rubric_and_breaks_no_rule(study: Study, tmp_path: Path) -> None:
    plan = planned(study, tmp_path / "f")
    assert plan.scores["overall"].expected >= 4
    assert all(score.value >= 4 for score in plan.scores.values())
    text = (tmp_path / "f" / "README.md").read_bytes()
    findings = lint(parse_card(text, id="me/cards"), text, of="dataset")
    assert [item for item in findings if item.severity != "note"] == []


def test_cards_of_a_folder_are_not_said_to_be_the_hubs(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / "cards" / str(number)).mkdir(parents=True)
        text = f"# Model {number}\n\n" + "It sorts letters of a town hall. " * (number % 7)
        (tmp_path / "cards" / str(number) / "README.md").write_text(text)
    planned(cardiogram.study(tmp_path / "s", tmp_path / "cards").study, tmp_path / "f")
    text = (tmp_path / "f" / "README.md").read_text("utf-8")
    assert "contains 30 models and 30 ratings" in text
    assert "The models belong to 1 owner; " in text
    found = text.partition("## What the study found")[2].partition("## Loading")[0]
    assert "downloads" not in found


def test_the_metadata_is_yaml_that_names_every_column(study: Study, tmp_path: Path) -> None:
    planned(study, tmp_path / "f")
    text = (tmp_path / "f" / "README.md").read_text()
    data = yaml.safe_load(text.split("---\n")[1])
    assert [item["config_name"] for item in data["configs"]] == ["models", "ratings"]
    for info in data["dataset_info"]:
        file = next((tmp_path / "f" / info["config_name"]).glob("*.parquet"))
        assert [item["name"] for item in info["features"]] == pq.read_schema(file).names
        assert info["splits"][0]["num_examples"] == pq.read_metadata(file).num_rows
        for name in pq.read_schema(file).names:
            assert f"`{name}`" in text


def test_every_published_column_has_words() -> None:
    """A new column of the ratings is published or kept back, and not forgotten."""
    assert set(RATINGS.names) <= set(describe_columns("ratings")) | set(
        describe_columns("kept_back")
    )
    assert not set(describe_columns("ratings")) & set(describe_columns("kept_back"))
    for table in map(describe_columns, ("models", "ratings", "map", "cards")):
        assert all(field.meaning for field in table.values())


def test_nothing_from_outside_is_markup_in_the_card(tmp_path: Path) -> None:
    study = make_study(
        tmp_path / "s",
        HOSTILE_ROWS,
        query={"search": "`<script>|x", "author": "<b>\u202e"},
        source={"kind": "jsonl", "path": "/home/somebody/`<i>`.jsonl"},
    )
    planned(study, tmp_path / "f")
    text = (tmp_path / "f" / "README.md").read_text()
    assert "<script>|" not in text
    assert "\u202e" not in text
    assert "/home/somebody" not in text
    assert parse_card(text).document.html_tags == 0


def test_the_same_study_gives_the_same_bytes(study: Study, tmp_path: Path) -> None:
    for name in ("f", "g"):
        planned(study, tmp_path / name)
    for path in (tmp_path / "f").rglob("*"):
        if path.is_file():
            assert (
                path.read_bytes()
                == (tmp_path / "g" / path.relative_to(tmp_path / "f")).read_bytes()
            )


@given(st.text(max_size=60))
def test_a_code_span_cannot_be_left(text: str) -> None:
    card = parse_card(f"| a |\n|---|\n| {code_span(text)} |\n")
    assert card.document.html_tags == 0
    assert not card.document.links
    assert len(card.document.blocks) == 1
    assert parse_card(f"- {escape(text)}x").document.html_tags == 0


# -- tables --------------------------------------------------------------------------------------


def test_texts_stay_out_unless_asked_for(study: Study, tmp_path: Path) -> None:
    planned(study, tmp_path / "f")
    assert not (tmp_path / "f" / "cards").exists()
    whole = b"".join(path.read_bytes() for path in (tmp_path / "f").rglob("*") if path.is_file())
    assert b"window.__pwned" not in whole.replace(b"window.__pwned=5", b"").replace(
        b"window.__pwned=6", b""
    )


def test_only_texts_whose_models_all_allow_it_are_shared(tmp_path: Path) -> None:
    def model(id: str, sha: str, license: str | None, gated: str = "false") -> dict[str, object]:
        return {"id": id, "card_sha256": sha, "license": license, "gated": gated}

    rows = [
        model("a/mit", "1", "mit"),
        model("a/llama", "2", "llama3"),
        model("a/none", "3", None),
        model("a/gated", "4", "mit", "manual"),
        model("a/copied", "5", "mit"),
        model("b/copy", "5", "cc-by-nc-4.0"),
        model("c/both", "6", "apache-2.0"),
        model("d/both", "6", "mit"),
    ]
    study = Study(tmp_path)
    study.models.write("0", rows[:5])
    study.models.write("1", rows[5:])
    study.cards.write("0", [{"card_sha256": str(n), "body": f"# {n}"} for n in range(1, 7)])
    texts = LicensedTexts(study)
    assert texts.allow([*"123456", "7", None]).tolist() == [n in (0, 5) for n in range(8)]
    first = [[(row["ids"], row["text"]["body"]) for row in texts.first_in(name)] for name in "01"]
    assert first == [[(["a/mit"], "# 1")], [(["c/both", "d/both"], "# 6")]]


def test_permissive_licences_are_the_hubs_and_leave_share_alike_out() -> None:
    assert set(permissive_licenses()) <= set(load_vocabulary().licenses)
    for name in permissive_licenses():
        assert not {"nc", "nd", "sa", "gpl"} & set(name.replace("agpl", "gpl").split("-"))


def test_a_file_holds_some_shards_and_all_files_together_the_table(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tables(study, tmp_path / "one", with_cards=True)
    rows = study.models.read_shard("0")
    for number, row in enumerate(rows):
        study.models.write(str(number), [row])
    monkeypatch.setattr(table_files, "ROWS_PER_FILE", 2)
    configs = write_tables(study, tmp_path / "several", with_cards=True)
    assert [len(config.files) for config in configs[:2]] == [-(-len(rows) // 2), 1]
    for config in configs:
        whole, parts = (pq.read_table(tmp_path / name / config.name) for name in ("one", "several"))
        assert parts.equals(whole)
        assert config.rows == parts.num_rows


def test_facts_of_a_judge_that_may_quote_are_left_out(study: Study, tmp_path: Path) -> None:
    rows = study.ratings.read_shard("0")
    study.ratings.write("1", [{**row, "judge": "some-llm"} for row in rows])
    write_tables(study, tmp_path / "f", with_cards=False)
    found = pq.read_table(tmp_path / "f" / "ratings").to_pylist()
    assert {
        item["fact"] for row in found if row["judge"] == "some-llm" for item in row["evidence"]
    } == {None}
    assert all(
        item["fact"] for row in found if row["judge"] == "embedded" for item in row["evidence"]
    )


def test_types_are_said_as_the_hub_says_them() -> None:
    struct = pa.struct([("line", pa.int32())])
    schema = [pa.field("a", pa.list_(struct)), pa.field("b", pa.large_string())]
    assert features(schema) == [
        {"name": "a", "list": [{"name": "line", "dtype": "int32"}]},
        {"name": "b", "dtype": "large_string"},
    ]


# -- changes -------------------------------------------------------------------------------------


def test_changes_are_counted_over_what_both_have() -> None:
    def contents(cards: dict[str, str | None], overall: list[int]) -> Contents:
        ratings = HashedRows.of([("a", "j"), ("b", "j")], overall)
        return Contents(HashedRows.of(cards.keys(), cards.values()), ratings)

    before = contents({"a": "1", "b": "2", "c": None, "e": None}, [2, 3])
    now = contents({"a": "9", "b": "2", "d": "4", "e": None}, [4, 3])
    assert compare(before, now, "2026-01-02", 3.5) == Revision(
        "2026-01-02", 4, 2, 3.5, added=1, removed=1, cards_changed=1, ratings_changed=1
    )
    assert compare(None, now, "2026-01-02", None).added is None
    twice = HashedRows.join([now.cards, HashedRows.of(["a", "b", "a"], ["8", "2", "7"])])
    assert twice.compare(HashedRows.of(["a", "b", "x"], ["7", "2", "0"])) == (2, 0)


def test_a_history_comes_back_and_an_edited_one_is_not_believed() -> None:
    known = (Revision("2026-01-01", 3, 2, 3.5), Revision("2026-01-01.2", 4, 2, None, 1, 0, 0, 0))
    assert read_history(write_history(known, "abc")) == (known, "abc")
    for bad in (b"", b"[]", b"{}", b'{"revisions": 3, "readme_sha256": ""}', b"\xff"):
        assert read_history(bad) == ((), "")
    entry = {"name": "| <b> |", "models": 3, "ratings": 2}
    body = json.dumps(
        {
            "readme_sha256": "x",
            "revisions": [entry, {**entry, "name": "2026-01-01"}, {"name": "2026-01-02"}],
        }
    )
    assert [item.name for item in read_history(body.encode())[0]] == ["2026-01-01"]


def test_a_published_table_that_is_none_is_told() -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_contents([b"nothing"], [])


def test_a_day_is_numbered_where_it_is_taken() -> None:
    assert name_revision("2026-01-01", []) == "2026-01-01"
    assert name_revision("2026-01-01", ["2026-01-01", "2026-01-01.2"]) == "2026-01-01.3"


# -- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["cards", "a/b/c", "../x", "me/", "me/ca rds", "datasets/x/y"])
def test_an_id_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="no id of a dataset"):
        check_published_id(name)


def test_a_licence_that_is_none_is_refused(study: Study, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no licence"):
        planned(study, tmp_path / "f", license="My own")


def test_the_files_are_not_written_into_a_study(study: Study) -> None:
    with pytest.raises(ConfigError, match="holds a study"):
        planned(study, study.root)


def test_a_study_without_results_is_refused(tmp_path: Path) -> None:
    study = make_study(tmp_path / "s", [Row("a/b", 3)])
    study.results_path.unlink()
    with pytest.raises(DataError, match="no results"):
        planned(study, tmp_path / "f")


def test_the_plan_as_text_shows_every_file(study: Study, tmp_path: Path) -> None:
    plan = planned(study, tmp_path / "f")
    text = render_plan(plan, None)
    assert all(file.path in text for file in plan.files)
    assert "no measured agreement" in text
    assert text.endswith("Nothing was sent. To send it, add --send.\n")
    sent = render_plan(replace(plan, removed=("cards/x.parquet",)), "https://hub/datasets/me/cards")
    assert "cards/x.parquet" in sent
    assert sent.endswith("Published: https://hub/datasets/me/cards\n")
    assert set(plan.as_dict()["card"]) >= {"overall", "rights"}
    assert len(SCORES) == len(plan.scores)
