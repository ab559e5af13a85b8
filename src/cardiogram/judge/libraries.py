"""Libraries of extras that judges and maps need now and then."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from cardiogram.errors import ConfigError


def scipy(module: str, purpose: str, extra: str = "study") -> Any:
    """A module of scipy, which an extra brings.

    Raises
    ------
    ConfigError
        It is not installed.
    """
    try:
        return import_module(f"scipy.{module}")
    except ImportError as error:
        raise ConfigError(
            f"{purpose} needs scipy", hint=f"pip install 'cardiogram[{extra}]'"
        ) from error
