"""A map that is drawn in a second process, while the first one analyzes the study.

The second process is told what to draw on its command line, tells its progress and its errors as
lines of JSON, and ends with the process that started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread

from cardiogram.engine import Workers
from cardiogram.errors import CardiogramError, ConfigError, DamagedFile, DataError
from cardiogram.maps.map import draw_map
from cardiogram.maps.map_file import Settings
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

WORTH_A_PROCESS = 200
"""A map of fewer models is drawn before a second process has started."""

_ALONE = 100_000
"""More models are placed by all cores, and not beside an analysis that needs memory, too."""

_START = "import sys; sys.path[:] = {path!r}; import {module} as second; second.main()"
_ERRORS: tuple[type[CardiogramError], ...] = (ConfigError, DamagedFile, DataError)


@contextmanager
def draw_map_beside(
    study: Study,
    settings: Settings,
    *,
    judge: str,
    workers: Workers | None = None,
    on_progress: Progress = silent,
) -> Iterator[Callable[[], None]]:
    """Begin to draw a map without measuring its stability; the study must be locked.

    Yields
    ------
    Callable
        Waits for the map, or draws it now, where there is one processor or few models. It raises
        what :func:`.draw_map` raises. A map that nobody waited for is given up at the end.
    """
    if not _is_worth_a_process(study):
        yield lambda: _draw(study, settings, judge, workers, on_progress)
        return
    arguments = json.dumps([str(study.root.absolute()), asdict(settings), judge])
    start = _START.format(path=sys.path, module=__name__)
    with (
        TemporaryFile() as complaints,
        subprocess.Popen(
            [sys.executable, "-I", "-c", start, arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            encoding="utf-8",
            start_new_session=True,  # an interrupt is for the process that started it
        ) as process,
    ):
        errors: list[CardiogramError] = []
        listener = Thread(target=_listen, args=(process, on_progress, errors), daemon=True)
        listener.start()

        def wait() -> None:
            listener.join()
            if errors:
                raise errors[0]
            if process.wait():
                complaints.seek(0)
                raise RuntimeError(complaints.read().decode("utf-8", "replace"))

        try:
            yield wait
        finally:
            process.kill()
            listener.join()


def _is_worth_a_process(study: Study) -> bool:
    if _processors() < 2 or not sys.executable or find_spec("openTSNE") is None:
        return False
    models = sum(study.models.count_rows(path.stem) for path in study.models.shards())
    return WORTH_A_PROCESS <= models <= _ALONE


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1  # pragma: no cover


def _draw(
    study: Study, settings: Settings, judge: str, workers: Workers | None, on_progress: Progress
) -> None:
    draw_map(study, settings, judge=judge, draws=0, workers=workers, on_progress=on_progress)


def _listen(
    process: subprocess.Popen[str], on_progress: Progress, errors: list[CardiogramError]
) -> None:
    """Pass on what the second process says until it ends."""
    assert process.stdout is not None
    for line in process.stdout:
        said = json.loads(line)
        if "error" in said:
            errors.append(_error(**said))
        else:
            on_progress(said["step"], said["done"], said["total"])


def main() -> None:
    """Draw the map that the command line tells."""
    Thread(target=_end_with_parent, daemon=True).start()
    root, settings, judge = json.loads(sys.argv[1])

    def say(step: str, done: int, total: int | None) -> None:
        print(json.dumps({"step": step, "done": done, "total": total}), flush=True)  # noqa: T201

    try:
        _draw(Study(Path(root)), Settings(**settings), judge, Workers(count=1), say)
    except (ConfigError, DataError) as error:
        kind = next(kind for kind in _ERRORS if isinstance(error, kind))
        about = {"error": kind.__name__, "message": error.message, "hint": error.hint}
        if isinstance(error, DamagedFile):
            about["path"] = str(error.path)
        print(json.dumps(about), flush=True)  # noqa: T201


def _error(error: str, message: str, hint: str, path: str = "") -> CardiogramError:
    """What the second process has raised."""
    if path:
        return DamagedFile(message, hint=hint, path=Path(path))
    return next(kind for kind in _ERRORS if kind.__name__ == error)(message, hint=hint)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)
