"""A driver that is killed takes its workers with it, and what is finished stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from number_shards import Double, Folder, Numbers, read

from cardiogram.engine import run_shards

SOURCE = [Numbers(first) for first in range(0, 240, 4)]
DRIVER = """
import sys
from pathlib import Path
from cardiogram.engine import Workers, run_shards
from number_shards import Folder, Numbers, Slow
source = [Numbers(first) for first in range(0, 240, 4)]
list(run_shards(source, Slow(), Folder(Path(sys.argv[1])), Workers(count=2)))
"""


def descendants(pid: int) -> list[int]:
    texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    children = [int(word) for text in texts for word in text.split()]
    return [*children, *(below for child in children for below in descendants(child))]


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks at Linux's processes")
@pytest.mark.parametrize("due", [1, 9])
def test_nothing_but_time_is_lost(tmp_path: Path, due: int) -> None:
    (out := tmp_path / "out").mkdir()
    (undisturbed := tmp_path / "undisturbed").mkdir()
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", DRIVER, str(out)]
    with subprocess.Popen(command, env=environment) as driver:
        while len(list(out.glob("[!.]*"))) < due:
            assert driver.poll() is None
            time.sleep(0.01)
        workers = descendants(driver.pid)
        os.kill(driver.pid, signal.SIGKILL)
    assert len(workers) >= 3  # two workers, and who starts them
    for _ in range(3000):
        if not any(map(is_running, workers)):
            break
        time.sleep(0.01)
    assert not any(map(is_running, workers))
    finished = {path: path.stat().st_mtime_ns for path in out.glob("[!.]*")}
    assert due <= len(finished) < len(SOURCE)
    assert len(list(run_shards(SOURCE, Double(), Folder(out)))) == len(SOURCE)
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    assert len(list(run_shards(SOURCE, Double(), Folder(undisturbed)))) == len(SOURCE)
    assert read(out) == read(undisturbed)
