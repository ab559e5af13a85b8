"""What is made when it is first used: the public names of a folder, and patterns.

A folder's `__init__.py` writes its names once, as imports that only type checkers run, and calls
:func:`attach`, which reads them from there::

    if TYPE_CHECKING:
        from cardiogram.cards.card import Card, parse_card

    attach(__name__)

The faces that the documentation names write `parse_card as parse_card`, so that the type checkers
of other projects take the name for public.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any, AnyStr, cast

from cardiogram.optional import load


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression that is compiled when it is first used: a start needs few of them."""
    return cast("re.Pattern[AnyStr]", _Pattern(text, flags))


class _Pattern:
    def __init__(self, text: str | bytes, flags: int) -> None:
        self._asked: tuple[Any, int] = text, flags

    def __getattr__(self, name: str) -> Any:
        """A method of the compiled pattern, kept here."""
        self.__dict__[name] = method = getattr(re.compile(*self._asked), name)
        return method


class Face(ModuleType):
    """A package whose public names are loaded when they are first used."""

    _places: dict[str, str]

    def __getattr__(self, name: str) -> Any:
        """Load the module that defines `name`, and keep the name here."""
        if name not in self._places:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        value = getattr(load(self._places[name]), name)
        folder = sys.modules.get(f"{self.__name__}.{name}")
        self.__dict__[name] = value = folder if isinstance(folder, CalledFace) else value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep a public name from being hidden by the file of that name once this is imported."""
        is_hidden = isinstance(value, ModuleType) and not isinstance(value, CalledFace)
        if is_hidden and name in self.__dict__.get("_places", ()):
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *self._places})


class CalledFace(Face):
    """A folder that has the name of a function of the package above it, and is called as it.

    So `cardiogram.track("my-ledger")` is a call, and `cardiogram.track.ledger` a folder.
    """

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        """The function: its signature is this folder's."""
        above, _, name = self.__name__.rpartition(".")
        place = sys.modules[above].__dict__["_places"][name]
        function: Callable[..., Any] = getattr(load(place), name)
        return function

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        """That of the function."""
        return self.__wrapped__.__doc__

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call the function."""
        return self.__wrapped__(*arguments, **options)


def attach(package: str) -> None:
    """Make a package lazy: its public names are those it imports under `if TYPE_CHECKING:`.

    Parameters
    ----------
    package
        Name of a package that is being imported: its `__name__`.
    """
    module = sys.modules[package]
    module.__dict__["_places"] = _read_places(package)
    module.__dict__["__all__"] = sorted(module.__dict__["_places"])
    above, _, name = package.rpartition(".")
    is_called = above in sys.modules and name in sys.modules[above].__dict__.get("_places", ())
    module.__class__ = CalledFace if is_called else Face


def _read_places(package: str) -> dict[str, str]:
    """Where each public name of a package is defined, found without a parser: a start is short."""
    loader: Any = sys.modules[package].__loader__
    source = loader.get_data(loader.get_filename(package)).decode()
    return {
        name: module
        for module, imported in _IMPORT.findall(source.partition("if TYPE_CHECKING:")[2])
        for name in _NAME.findall(imported)
    }


_IMPORT = re.compile(r"from (\S+) import (\([^)]*\)|.*)")
_NAME = re.compile(r"(\w+)(?=,|$)")
