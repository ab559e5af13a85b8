"""What a result is in a notebook and in a console of IPython, and as a table for pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cardiogram.optional import load

if TYPE_CHECKING:
    import pandas

_VIEWS = "cardiogram.report.notebook"
"""Above those who show themselves, so it is named and not imported."""


class TextPrinter(Protocol):
    """What IPython prints with."""

    def text(self, obj: str, /) -> object:
        """Print a text."""


class Shown:
    """What one of the package's functions gives, which a notebook shows as it is.

    Where it is printed, it is what the command line prints.
    """

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        """IPython takes the `__repr__` of a data class, unless the class itself has more to say."""
        setattr(cls, "_repr_pretty_", cls._repr_pretty_)  # noqa: B010

    def _repr_html_(self) -> str:
        """Write it as HTML: everything that it holds is escaped, and there is no script in it."""
        html: str = load(_VIEWS).show(self)
        return html

    def _repr_pretty_(self, printer: TextPrinter, cycle: bool) -> None:
        printer.text(str(self))

    def __str__(self) -> str:
        """Write what the command line prints."""
        text: str = load(_VIEWS).write(self)
        return text

    def to_pandas(self) -> pandas.DataFrame:
        """Make a table of it.

        A checked card has a row a rating, a verified one a row a sentence, a draft a row a change.

        Raises
        ------
        ConfigError
            pandas is not installed.
        """
        return load(_VIEWS).to_frame(self)
