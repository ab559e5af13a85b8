"""A README as text of which every character outside of an edit is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache

from cardiogram.errors import DataError
from cardiogram.lazy import regex
from cardiogram.text import MAX_CARD_BYTES

_BOM = "\ufeff"
_LINE_END = regex(r"\r\n|\r|\n")


class EditRefused(DataError):
    """An edit that cannot be made without a risk for what the author wrote."""


@dataclass(frozen=True, slots=True)
class ReadmeText:
    r"""What is edited: the file's characters, line ends as they are.

    Attributes
    ----------
    text
        Without the byte order mark.
    has_bom
        Whether the file begins with one.

    Examples
    --------
    >>> ReadmeText.of(b"\xef\xbb\xbfa\r\nb\r\n").line_end
    '\r\n'
    """

    text: str
    has_bom: bool = False

    @classmethod
    def of(cls, raw: bytes, path: str = "README.md") -> ReadmeText:
        """Decode a file.

        Parameters
        ----------
        path
            What it is called in an error.

        Raises
        ------
        EditRefused
            It is not UTF-8, over 1 MiB, or holds what no text has.
        """
        if len(raw) > MAX_CARD_BYTES:
            raise EditRefused(
                f"{path} has {len(raw):,} bytes, over {MAX_CARD_BYTES:,}",
                hint="Move pictures and tables into files of their own, and link them.",
            )
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise EditRefused(
                f"{path} is not UTF-8 at byte {error.start:,}",
                hint="Save it as UTF-8, in an editor or with iconv.",
            ) from None
        if "\0" in text:
            raise EditRefused(f"{path} holds NUL bytes, which no text has", hint="Is it a card?")
        return cls(text.removeprefix(_BOM), text.startswith(_BOM))

    @property
    def line_end(self) -> str:
        """The commonest line end of the file."""
        ends = Counter(_LINE_END.findall(self.text))
        return ends.most_common(1)[0][0] if ends else "\n"

    def encode(self) -> bytes:
        """The file."""
        return (_BOM * self.has_bom + self.text).encode("utf-8")

    def with_text(self, text: str) -> ReadmeText:
        """The same file with another text."""
        return replace(self, text=text)

    def lines(self) -> tuple[tuple[int, int], ...]:
        """Start and end of every line, without its line end; the last may be empty."""
        return _lines(self.text)


@lru_cache(maxsize=2)
def _lines(text: str) -> tuple[tuple[int, int], ...]:
    ends = [match.span() for match in _LINE_END.finditer(text)]
    starts = [0, *(end for _, end in ends)]
    return tuple(zip(starts, [*(start for start, _ in ends), len(text)], strict=True))
