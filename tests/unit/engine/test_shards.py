"""Shards on every executor: the same files, also where workers die."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from number_shards import DEADLY, Double, Folder, NotHere, Numbers, read

from cardiogram.engine import Workers, run_shards
from cardiogram.errors import ConfigError, DamagedFile, DataError


@dataclass
class Runs:
    """What one run on two processes gave, shared by the tests: starting them takes longest."""

    folder: Path
    said: dict[str, tuple[int, int]] = field(default_factory=dict)


SOURCE = [Numbers(first) for first in (0, 4, 8, 12, 16)]


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("here")
    said = dict(run_shards(SOURCE, Double(), Folder(folder), Workers()))
    assert {by for _, by in said.values()} == {os.getpid()}  # few rows: no process is started
    return folder


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Runs:
    folder = tmp_path_factory.mktemp("there")
    return Runs(folder, dict(run_shards(SOURCE, Double(), Folder(folder), Workers(count=2))))


def test_processes_write_the_same_files(undisturbed: Path, processes: Runs) -> None:
    assert read(processes.folder) == read(undisturbed)
    assert os.getpid() not in {by for _, by in processes.said.values()}
    assert {rows for rows, _ in processes.said.values()} == {4}


_ASK = """
from number_shards import load_pandas
from cardiogram.engine import Workers
if __name__ == "__main__":
    with Workers(count=1).open(["number_shards"]) as executor:
        print(*executor.submit(load_pandas).result())
"""


def test_a_worker_starts_without_pandas(tmp_path: Path) -> None:
    script = tmp_path / "ask.py"
    script.write_text(_ASK)
    paths = os.pathsep.join(filter(None, [str(Path(__file__).parent), *sys.path]))
    said = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == ["False", "2"]


def test_threads_write_the_same_files(undisturbed: Path, tmp_path: Path) -> None:
    said = dict(run_shards(SOURCE, Double(), Folder(tmp_path), Workers("threads", 2)))
    assert read(tmp_path) == read(undisturbed)
    assert {by for _, by in said.values()} == {os.getpid()}


def test_what_is_finished_is_not_done_again(processes: Runs) -> None:
    again = run_shards(SOURCE, Double(deadly=0), Folder(processes.folder), Workers(count=1))
    assert dict(again) == dict.fromkeys(processes.said, (4, 0))


def test_a_killed_worker_changes_no_byte(undisturbed: Path, tmp_path: Path) -> None:
    (out := tmp_path / "out").mkdir()
    double = Double(deadly=9, once=tmp_path / "died")
    assert len(list(run_shards(SOURCE, double, Folder(out), Workers(count=2)))) == len(SOURCE)
    assert double.once is not None
    assert double.once.exists()
    assert read(out) == read(undisturbed)


def test_a_row_that_no_worker_survives_is_poisoned_alone(undisturbed: Path, tmp_path: Path) -> None:
    said = dict(run_shards(SOURCE, Double(DEADLY), Folder(tmp_path), Workers(count=2)))
    assert set(said) == {shard.name for shard in SOURCE}
    assert pq.read_table(tmp_path / "00012")["n"].to_pylist() == [24, -1, 28, 30]
    others = [shard.name for shard in SOURCE if shard.name != "00012"]
    assert [read(tmp_path)[n] for n in others] == [read(undisturbed)[n] for n in others]


def test_a_damaged_shard_is_named_and_the_others_are_done(
    undisturbed: Path, tmp_path: Path
) -> None:
    said = []
    with pytest.raises(DamagedFile, match="-0001") as caught:
        said += run_shards([Numbers(-1), *SOURCE], Double(), Folder(tmp_path), Workers("threads"))
    assert caught.value.path == Path("-0001")
    assert read(tmp_path) == read(undisturbed)


def test_a_full_disk_ends_the_run_and_what_is_finished_stays(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="full"):
        list(run_shards(SOURCE, Double(), Folder(tmp_path, full_at="00008"), Workers()))
    assert list(read(tmp_path)) == ["00000", "00004"]


def test_what_ends_every_worker_poisons_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="workers die"):
        list(run_shards(SOURCE[:2], NotHere(), Folder(tmp_path), Workers(count=2)))
    assert read(tmp_path) == {}


@pytest.mark.parametrize("workers", [("slurm", None), ("processes", 0)])
def test_what_is_no_executor_is_refused(workers: tuple[str, int | None]) -> None:
    with pytest.raises(ConfigError):
        Workers(*workers)
