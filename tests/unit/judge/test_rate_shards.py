"""A study is rated by workers as by one process, also where a card kills them."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from deadly_judge import MARK, DeadlyJudge

from cardiogram.collect import Source, collect
from cardiogram.engine import Workers
from cardiogram.errors import DataError
from cardiogram.judge import Coverage, rate_study, read_coverage
from cardiogram.judge.embedded import embedded_judge
from cardiogram.store import Study, Table


def make_study(folder: Path, texts: dict[str, str]) -> Study:
    for name, text in texts.items():
        (folder / "cards" / name).mkdir(parents=True)
        (folder / "cards" / name / "README.md").write_text(text)
    study = Study(folder / "study")
    collect(study, Source(folder / "cards"))
    return study


def files(study: Study) -> dict[str, bytes]:
    tables = (study.features, study.ratings)
    return {p.name + t.folder.name: p.read_bytes() for t in tables for p in t.shards()}


TEXTS = {"a": "# A\n", "b": f"# B\n{MARK}\n", "c": "# C\n\n" + "words " * 300, "d": "# A\n"}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return make_study(tmp_path_factory.mktemp("four"), TEXTS)


@pytest.fixture(scope="module")
def poisoned(study: Study) -> Coverage:
    """Rated by processes, of which one card kills every one."""
    judges = [embedded_judge(), DeadlyJudge()]
    coverage = rate_study(study, judges, workers=Workers(count=2))
    assert coverage[1].ends == {"rated": 3, "failed": 1}
    return coverage[1]


def test_a_card_that_kills_is_a_row_that_says_poisoned(study: Study, poisoned: Coverage) -> None:
    assert poisoned.failures == {"poisoned": 1}
    rows = {row["id"]: row for row in study.ratings.rows() if row["judge"] == "deadly"}
    assert [rows[name]["status"] for name in "abcd"] == ["rated", "failed", "rated", "rated"]
    assert "poisoned" in rows["b"]["problems"]
    assert rows["b"]["overall"] is None
    counted = {row["id"]: row["problems"] for row in study.features.rows()}
    assert "poisoned" in counted["b"]


def test_it_is_not_tried_again_and_counts_come_from_notes(
    study: Study, poisoned: Coverage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = files(study)
    load = Table.load

    def load_models(table: Table, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        assert table.folder.name == "models"  # no row of another table is read
        return load(table, name, columns)

    monkeypatch.setattr(Table, "load", load_models)
    judges = [embedded_judge(), DeadlyJudge()]
    assert rate_study(study, judges)[1] == poisoned  # in this process, which lives on
    monkeypatch.undo()
    assert files(study) == before


def test_coverage_is_read_from_rows_as_it_was_counted(study: Study, poisoned: Coverage) -> None:
    assert read_coverage(study, "deadly") == poisoned


def test_processes_and_this_process_write_the_same_bytes(tmp_path: Path) -> None:
    texts = {name: text for name, text in TEXTS.items() if MARK not in text}
    by_processes, here = (make_study(tmp_path / name, texts) for name in ("there", "here"))
    rate_study(by_processes, [embedded_judge()], workers=Workers(count=2))
    rate_study(here, [embedded_judge()])
    assert files(by_processes) == files(here)


def test_counters_that_change_daily_rate_nothing_again(tmp_path: Path) -> None:
    study = make_study(tmp_path, {"a": "# A\n"})
    rate_study(study, [DeadlyJudge()])
    before = files(study)
    (path,) = study.models.shards()
    rows = study.models.load(path.stem)
    place = rows.column_names.index("downloads")
    study.models.write(path.stem, rows.set_column(place, "downloads", pa.array([7])))
    rate_study(study, [DeadlyJudge()])
    assert files(study) == before


def test_a_text_may_lie_in_an_earlier_shard_and_may_not_be_lost(tmp_path: Path) -> None:
    study = make_study(tmp_path, {"a": "# A\n", "b": "# B\n", "c": "# B\n"})
    (path,) = study.models.shards()
    models = study.models.load(path.stem)
    study.models.write(path.stem, models.slice(0, 2))
    study.models.write("later", models.slice(2))
    (coverage,) = rate_study(study, [DeadlyJudge()])
    assert coverage.ends == {"rated": 3}
    ratings = [(row["id"], row["card_sha256"]) for row in study.ratings.rows()]
    assert ratings == [(row["id"], row["card_sha256"]) for row in models.to_pylist()]
    study.features.shards()[0].unlink()
    study.cards.write(path.stem, study.cards.load(path.stem).slice(0, 1))
    with pytest.raises(DataError, match="the texts of 1 cards are not in"):
        rate_study(study, [DeadlyJudge()])
