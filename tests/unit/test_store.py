import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cardiogram.analysis import Results
from cardiogram.errors import DamagedFile, DataError, StudyBusy
from cardiogram.names import SCORES
from cardiogram.store import RATINGS, Study, Table, run_step, write_atomically

SCHEMA = pa.schema([("id", pa.string()), ("n", pa.int64())])


@pytest.fixture
def table(tmp_path: Path) -> Table:
    return Table(tmp_path / "rows", SCHEMA)


def test_rows_come_back_with_their_schema_in_the_order_of_the_shards(table: Table) -> None:
    table.write("00001", [{"id": "b", "n": 2}])
    table.write("00000", [{"id": "a"}])
    assert [path.stem for path in table.shards()] == ["00000", "00001"]
    assert list(table.rows()) == [{"id": "a", "n": None}, {"id": "b", "n": 2}]
    assert table.read().schema == SCHEMA
    assert table.read(["n"]).to_pylist() == [{"n": None}, {"n": 2}]
    assert table.read(prefix="00001").num_rows == 1
    assert table.read_shard("00001", ["id"]) == [{"id": "b"}]


def test_nothing_is_there_before_it_is_written(table: Table) -> None:
    assert not table.has("00000")
    assert table.shards() == []
    assert table.read_shard("00000") == []
    assert list(table.rows()) == []
    assert table.read().schema == SCHEMA


def test_a_note_is_kept_beside_the_rows(table: Table) -> None:
    table.write("00000", [{"id": "a"}], {"next_cursor": "ü"})
    table.write("00001", [{"id": "b"}])
    assert table.note("00000") == {"next_cursor": "ü"}
    assert table.note("00001") == {}
    assert table.read().schema.metadata is None


def test_the_same_rows_are_the_same_bytes(table: Table) -> None:
    rows = [{"id": str(n), "n": n} for n in range(1000)]
    table.write("a", rows)
    table.write("b", rows)
    first, second = (path.read_bytes() for path in table.shards())
    assert first == second


def test_a_damaged_or_foreign_shard_is_named_with_the_way_out(table: Table) -> None:
    table.write("00000", [{"id": "a", "n": 1}])
    path = table.folder / "00000.parquet"
    whole = path.read_bytes()
    for data in (b"", b"PAR1", whole[:-20], b"x" * 500):
        path.write_bytes(data)
        for read in (table.read, lambda: list(table.rows()), lambda: table.note("00000")):
            with pytest.raises(DataError, match=r"cannot read .*00000") as caught:
                read()
            assert caught.value.hint.startswith("Delete that file")
    pq.write_table(pa.table({"id": ["a"]}), path)
    with pytest.raises(DataError, match="cannot read"):
        table.read()
    pq.write_table(pa.table({"id": ["a"], "n": ["no number"]}), path)
    with pytest.raises(DataError, match="cannot read"):
        table.read_shard("00000")


def test_a_shard_of_an_earlier_release_has_null_in_the_columns_that_came_later(
    tmp_path: Path,
) -> None:
    place = Study(tmp_path).ratings
    first = RATINGS.get_field_index("reason")
    early = pa.table(
        {name: pa.nulls(1, RATINGS.field(name).type) for name in RATINGS.names[:first]}
    )
    place.folder.mkdir()
    pq.write_table(early.set_column(0, "id", pa.array(["a"])), place.folder / "embedded-0.parquet")
    row = place.read_shard("embedded-0")[0]
    assert row["id"] == "a"
    assert row["quotes"] is None
    assert row["overall_levels"] is None
    assert place.read(["id", "seconds"]).to_pylist() == [{"id": "a", "seconds": None}]


def test_a_failed_write_keeps_the_old_file_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    code = (
        "import resource, sys, pathlib\n"
        "from cardiogram.store import write_atomically\n"
        "from cardiogram.errors import DataError\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"
        "try:\n    write_atomically(pathlib.Path(sys.argv[1]), b'x' * 1000)\n"
        "except DataError as error:\n    print(error.message)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, capture_output=True, text=True
    )
    assert found.stdout == f"cannot write {str(path)!r}: File too large\n"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "s").write_text("not a folder")
    with pytest.raises(DataError, match="no study in"):
        Study.open(tmp_path / "s")
    with pytest.raises(DataError, match="cannot write"), Study(tmp_path / "s").lock():
        pass


def test_open(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no study in") as caught:
        Study.open(tmp_path)
    assert caught.value.hint.startswith("Start one: cardiogram study")
    Study(tmp_path).write_manifest({"judges": ["embedded"]})
    assert Study.open(str(tmp_path)).manifest() == {"format": 1, "judges": ["embedded"]}
    with pytest.raises(DataError, match="no results yet"):
        Results.load(Study.open(tmp_path).results_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("format = 2", "newer cardiogram"),
        ('format = "x"', "newer cardiogram"),
        ("format = [", "cannot read"),
        (b"\xff\xfe", "cannot read"),
    ],
)
def test_a_manifest_that_cannot_be_used(tmp_path: Path, text: str | bytes, words: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "study.toml").write_bytes(data)
    with pytest.raises(DataError, match=words):
        Study.open(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"coverage": {}, "judge": {"id": 3}}'])
def test_damaged_results(tmp_path: Path, text: str) -> None:
    (tmp_path / "results.json").write_text(text)
    with pytest.raises(DataError, match=r"results\.json") as caught:
        Results.load(Study(tmp_path).results_path)
    assert "cardiogram analyze" in caught.value.hint


def test_the_lock_says_who_holds_it_and_is_free_afterwards(tmp_path: Path) -> None:
    study = Study(tmp_path / "s")
    with (
        study.lock(),
        pytest.raises(StudyBusy, match=f"in use by process {os.getpid()} on "),
        study.lock(),
    ):
        pass
    with study.lock():
        assert study.root.is_dir()


def test_the_halves_of_a_killed_write_are_swept_away_and_nothing_else(tmp_path: Path) -> None:
    study = Study(tmp_path)
    study.models.write("00000", [{"id": "a/b"}])
    half = study.models.folder / ".00001.parquet.4711.tmp"
    half.write_bytes(b"half")
    mine = [tmp_path / "notes.tmp", tmp_path / ".notes.tmp"]
    for path in mine:
        path.write_text("not ours")
    assert [path.stem for path in study.models.shards()] == ["00000"]
    with study.lock():
        assert not half.exists()
        assert all(path.exists() for path in mine)
        assert study.models.has("00000")


def test_a_rating_has_four_columns_for_each_of_the_nine_numbers() -> None:
    assert len(SCORES) == 9
    for name in SCORES:
        assert {name, f"{name}_expected", f"{name}_low", f"{name}_high"} <= set(RATINGS.names)


def test_a_step_is_done_again_only_where_something_changed(tmp_path: Path) -> None:
    study = Study(tmp_path)
    source, out = tmp_path / "in", tmp_path / "out.json"
    write_atomically(source / "a.txt", b"1")
    done = []

    def work() -> None:
        done.append(1)
        write_atomically(out, (source / "a.txt").read_bytes())

    def run(**options: object) -> bool:
        return run_step(study, "copy", work, inputs=[source], outputs=[out], options=options)

    assert (run(seed=0), run(seed=0), len(done)) == (True, False, 1)
    assert run(seed=1)
    write_atomically(source / "a.txt", b"2")
    assert (run(seed=1), run(seed=1)) == (True, False)
    write_atomically(source / "b.txt", b"new")
    assert run(seed=1)
    out.write_bytes(b"changed by hand")
    assert (run(seed=1), run(seed=1), out.read_bytes()) == (True, False, b"2")
    out.unlink()
    assert run(seed=1)
    (tmp_path / "steps.json").write_text("[")
    assert (run(seed=1), run(seed=1)) == (True, False)


def test_a_step_that_fails_is_not_done(tmp_path: Path) -> None:
    study = Study(tmp_path)

    def fail() -> None:
        raise DataError("no")

    for _ in range(2):
        with pytest.raises(DataError):
            run_step(study, "fail", fail, inputs=[], outputs=[])


def test_the_digest_of_a_shard_is_of_its_rows_and_finds_a_changed_byte(table: Table) -> None:
    table.write("a", [{"id": "a", "n": 1}])
    table.write("b", [{"id": "a", "n": 1}], {"said": "more"})
    table.write("c", table.as_table([{"id": "a", "n": 2}]))
    assert table.digest("a") == table.digest("b") != table.digest("c")
    assert table.digest("d") == ""
    path = table.folder / "a.parquet"
    path.write_bytes(path.read_bytes().replace(b"\x01", b"\x02", 1))
    with pytest.raises(DamagedFile, match=r"a\.parquet"):
        table.digest("a")
    pq.write_table(table.as_table([{"id": "a"}]), path)  # as earlier versions wrote it
    assert len(table.digest("a")) == 64
    assert table.count_rows("a") == 1
