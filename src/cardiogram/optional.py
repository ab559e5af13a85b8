"""Libraries of the extras, imported when they are first needed."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from cardiogram.errors import ConfigError

_NEEDED_BY = {
    "numpy": ("a study with its tables", "study"),
    "pyarrow": ("a study with its tables", "study"),
    "starlette": ("the app", "app"),
    "uvicorn": ("the app", "app"),
    "msgspec": ("the app", "app"),
    "mcp": ("the server for agents", "mcp"),
}
"""What needs a library, and the extra that brings it."""


def load(module: str) -> ModuleType:
    """Import a module of ours, which may read tables or answer over HTTP.

    Raises
    ------
    ConfigError
        The library that it needs is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        name = str(error.name).partition(".")[0]
        if name not in _NEEDED_BY:
            raise
        purpose, extra = _NEEDED_BY[name]
        raise ConfigError(
            f"{purpose} needs {name}", hint=f"pip install 'cardiogram[{extra}]'"
        ) from error


def scipy(module: str, purpose: str = "statistics", extra: str = "study") -> Any:
    """A module of scipy."""
    return _import(f"scipy.{module}", "scipy", purpose, extra)


def statsmodels() -> Any:
    """`statsmodels.api`."""
    return _import("statsmodels.api", "statsmodels")


def meta_analysis() -> Any:
    """`statsmodels.stats.meta_analysis`."""
    return _import("statsmodels.stats.meta_analysis", "statsmodels")


def pandas() -> Any:
    """The library of data frames, which statistics bring along."""
    return _import("pandas", "pandas", "a data frame")


def load_for_map(module: str) -> Any:
    """A module of the extra `map`: of scipy, scikit-learn or openTSNE."""
    name = module.partition(".")[0]
    return _import(module, {"sklearn": "scikit-learn"}.get(name, name), "a map", "map")


def sklearn(module: str, purpose: str = "statistics") -> Any:
    """A module of scikit-learn."""
    return _import(f"sklearn.{module}", "scikit-learn", purpose)


def ray() -> Any:
    """Ray's core."""
    return _import("ray", "ray", "that executor", "ray")


def one_thread(user_api: str | None = "blas") -> Any:
    """A context in which linear algebra, or with None everything, uses one thread.

    Its matrices are small here: threads of its own would wait for each other, tenfold where other
    programs use the cores, too.
    """
    return _import("threadpoolctl", "scikit-learn").threadpool_limits(limits=1, user_api=user_api)


def _import(module: str, name: str, purpose: str = "statistics", extra: str = "study") -> Any:
    """Import a module of an extra.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        verb = "need" if purpose == "statistics" else "needs"
        raise ConfigError(
            f"{purpose} {verb} {name}", hint=f"pip install 'cardiogram[{extra}]'"
        ) from error
