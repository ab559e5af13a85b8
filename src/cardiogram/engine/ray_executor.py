"""Ray's core as an executor: its workers, on this machine or on a cluster, do what is submitted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from functools import partial
from typing import Any, ParamSpec, TypeVar

from cardiogram import optional
from cardiogram.engine.small_process import use_little
from cardiogram.errors import ConfigError

_SETTINGS = {
    "RAY_USAGE_STATS_ENABLED": "0",  # nothing is sent to Ray's makers
    "RAY_agent_register_timeout_ms": "180000",  # a busy machine starts it slowly
    "RAY_raylet_start_wait_time_s": "180",
    "RAY_worker_niceness": "0",
}
P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def open_ray(address: str, count: int | None) -> Iterator[Executor]:
    """Ray's workers: `count` on this machine for "ray", those of a cluster for "ray://HOST:PORT".

    "ray" is the cluster of RAY_ADDRESS where that is set, and the one that this process has
    connected to already. Files are read and written by the workers: all machines see the same
    folders.

    Raises
    ------
    ConfigError
        Ray is not installed, or does not start.
    """
    for name, value in _SETTINGS.items():
        os.environ.setdefault(name, value)
    ray = optional.ray()
    if ray.is_initialized():
        yield RayExecutor(ray)
        return
    options: dict[str, Any] = {"log_to_driver": False}
    if address != "ray":
        options["address"] = address
    elif not os.environ.get("RAY_ADDRESS"):
        options |= {"address": "local", "num_cpus": count, "include_dashboard": False}
    try:
        ray.init(**options)
    except Exception as error:
        raise ConfigError(
            f"Ray does not start: {error}", hint="Without it: --executor processes"
        ) from error
    try:
        yield RayExecutor(ray)
    finally:
        ray.shutdown()


class RayExecutor(Executor):
    """Submits to Ray.

    Parameters
    ----------
    ray
        The module, connected.
    """

    def __init__(self, ray: Any) -> None:
        self._ray = ray
        self._died = (
            ray.exceptions.WorkerCrashedError,
            ray.exceptions.NodeDiedError,
            ray.exceptions.OutOfMemoryError,
            ray.exceptions.ObjectLostError,
        )
        self._remote = ray.remote(max_retries=0)(_call)

    def submit(self, call: Callable[P, T], /, *args: P.args, **options: P.kwargs) -> Future[T]:
        """Have it done by a free worker; one that dies breaks this future and no other."""
        future: Future[T] = Future()
        done = self._remote.remote(call, *args, **options).future()
        done.add_done_callback(partial(self._pass_on, future))
        return future

    def _pass_on(self, future: Future[T], done: Future[T]) -> None:
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        elif isinstance(error, self._died):
            future.set_exception(BrokenExecutor(str(error)))
        else:
            future.set_exception(getattr(error, "cause", None) or error)


def _call(call: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    use_little()
    return call(*args, **options)
