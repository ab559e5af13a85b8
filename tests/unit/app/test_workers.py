import operator
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.context import SpawnProcess

import pytest

from cardiogram.app.worker import KillableWorkers, WorkLimits, WorkRefused

TEN = partial(int, 10)
LONG = (operator.pow, 200_000_000)
"""Ten to that power: in one step of the interpreter, which no signal handler and no thread ends."""


@pytest.fixture(scope="module")
def workers() -> Iterator[KillableWorkers]:
    made = KillableWorkers(TEN, WorkLimits(memory=1 << 30, workers=1, waiting=1))
    yield made
    made.close()


@pytest.fixture
def hasty(workers: KillableWorkers, monkeypatch: pytest.MonkeyPatch) -> KillableWorkers:
    """The same, who have little time."""
    monkeypatch.setattr(workers._all[0], "_limits", WorkLimits(seconds=0.2, memory=1 << 30))
    return workers


def test_work_is_done_elsewhere(workers: KillableWorkers) -> None:
    assert workers.run(operator.add, 1) == 11
    process = workers._all[0]._process
    assert workers.run(operator.add, 2) == 12
    assert workers._all[0]._process is process


def test_a_worker_is_started_ahead() -> None:
    workers = KillableWorkers(TEN, WorkLimits(workers=2))
    workers.warm()
    until = time.monotonic() + 30
    while workers._all[-1]._pipe is None and time.monotonic() < until:
        time.sleep(0.01)
    while workers.are_busy and time.monotonic() < until:
        time.sleep(0.01)
    process = workers._all[-1]._process
    assert workers.run(operator.add, 1) == 11
    assert workers._all[-1]._process is process
    assert workers._all[0]._process is None
    workers.close()


def test_a_worker_that_takes_long_is_killed_and_replaced(
    hasty: KillableWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(WorkRefused, match="more than 0 seconds"):
        hasty.run(*LONG)
    monkeypatch.undo()
    assert hasty.run(operator.add, 1) == 11


def test_a_worker_that_takes_much_memory_ends_and_is_replaced(workers: KillableWorkers) -> None:
    with pytest.raises(WorkRefused, match="memory"):
        workers.run(operator.lshift, 1 << 36)
    assert workers.run(operator.add, 1) == 11


def test_a_fault_is_said_and_costs_no_worker(
    workers: KillableWorkers, capfd: pytest.CaptureFixture[str]
) -> None:
    workers._all[0]._end()  # the next writes to what is captured here
    workers.run(operator.add, 1)
    process = workers._all[0]._process
    with pytest.raises(WorkRefused, match="fault of cardiogram"):
        workers.run(operator.truediv, 0)
    assert "ZeroDivisionError" in capfd.readouterr().err
    assert workers._all[0]._process is process


def test_work_beyond_what_may_wait_is_refused(hasty: KillableWorkers) -> None:
    refused: list[str] = []

    def run() -> None:
        try:
            hasty.run(*LONG)
        except WorkRefused as error:
            refused.append(error.message)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused.count("too much other work waits") == 2


def test_the_end_breaks_off_what_is_done() -> None:
    workers = KillableWorkers(TEN, WorkLimits(workers=1))
    workers.run(operator.add, 1)
    timer = threading.Timer(0.1, workers.close)
    timer.start()
    with pytest.raises(WorkRefused, match="the app is ending"):
        workers.run(*LONG)
    with pytest.raises(WorkRefused, match="the app is ending"):
        workers.run(operator.add, 1)


def test_a_worker_that_is_being_started_at_the_end_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workers = KillableWorkers(TEN, WorkLimits(workers=1))
    closing = threading.Thread(target=workers.close)
    start = SpawnProcess.start

    def start_while_the_app_ends(process: SpawnProcess) -> None:
        closing.start()
        closing.join(0.1)
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", start_while_the_app_ends)
    with pytest.raises(WorkRefused, match="the app is ending"):
        workers.run(*LONG)
    closing.join()


START = """
import operator, time
from cardiogram.app.worker import KillableWorkers, WorkLimits
workers = KillableWorkers(int, WorkLimits(workers=2))
workers.run(operator.add, 1)
print(workers._all[-1]._process.pid, flush=True)
time.sleep(60)
"""


def test_workers_end_where_the_app_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE) as app:
        assert app.stdout is not None
        worker = int(app.stdout.readline())
        os.kill(worker, 0)
        app.kill()
    until = time.monotonic() + 30
    while is_alive(worker) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_alive(worker)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
