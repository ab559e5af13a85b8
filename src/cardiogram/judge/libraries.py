"""Libraries of the extra `study` that judges need now and then."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cardiogram.errors import ConfigError


def scipy(module: str, purpose: str) -> Any:
    """A module of scipy.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    try:
        return import_module(f"scipy.{module}")
    except ImportError as error:
        raise ConfigError(
            f"{purpose} needs scipy", hint="pip install 'cardiogram[study]'"
        ) from error
