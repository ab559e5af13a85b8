"""Bytes to text: decode, normalise, hash and split a card. Pure functions, no input or output."""

from __future__ import annotations

import hashlib
import re
import sys
from importlib import import_module
from typing import Any

from cardiogram.records import NamedTuple

MAX_CARD_BYTES = 1 << 20
"""A card is read up to here (1 MiB); the rest is cut and the cut is a named problem."""

_LFS = "version https://git-lfs.github.com/spec/v1"
_SURROGATE = "[\ud800-\udfff]"
_BEYOND_LATIN = re.compile(rb"[\xcc-\xe1\xe3-\xed]|\xe2\x80[\x80-\x8c]")
"""In UTF-8, U+0300 to U+200C and U+3000 to U+DFFF."""
_ASCII = bytes(range(128))


class Decoded(NamedTuple):
    """A card's text with LF line ends, and what had to be done to get it.

    Attributes
    ----------
    text
        Unicode text without a byte order mark, carriage returns, NULs or lone surrogates.
    problems
        Codes of :data:`cardiogram.cards.problems.PROBLEMS`, in the order found.
    """

    text: str
    problems: tuple[str, ...] = ()


class Parts(NamedTuple):
    """A card split at its front matter.

    Attributes
    ----------
    front_matter
        The YAML between the two ``---`` lines; None where the card has no such block.
    body
        The Markdown below it.
    body_line
        Lines above the body: line ``i`` of the body (from 1) is line ``body_line + i`` of the card.
    """

    front_matter: str | None
    body: str
    body_line: int
    problems: tuple[str, ...] = ()


def sha256(data: bytes | str) -> str:
    """Hexadecimal SHA-256 of bytes, or of a text's UTF-8 bytes (lone surrogates kept)."""
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def blob_id(data: bytes) -> str:
    """What git calls a file of these bytes.

    Examples
    --------
    >>> blob_id(b"")
    'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'
    """
    whole = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    whole.update(data)
    return whole.hexdigest()


def is_latin(text: str) -> bool:
    """Whether a text has Latin letters, signs and symbols only: no other script, no marks."""
    if text.isascii():
        return True
    other = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    return not _BEYOND_LATIN.search(other)


def parse_toml(text: str) -> dict[str, Any]:
    """Read TOML.

    Raises
    ------
    ValueError
        It is none.
    """
    toml = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    values: dict[str, Any] = toml.loads(text)
    return values


def decode(data: bytes | str) -> Decoded:
    r"""Turn a README as it came into text that every later step can rely on.

    Parameters
    ----------
    data
        Raw bytes, or a text that somebody else decoded.

    Examples
    --------
    >>> decode(b"\xef\xbb\xbf# A\r\nb\x00")
    Decoded(text='# A\nb\ufffd', problems=('bom', 'crlf', 'nul_bytes'))
    """
    problems: list[str] = []
    if len(data) > MAX_CARD_BYTES:
        data = data[:MAX_CARD_BYTES]
        problems.append("oversized")
    text = data if isinstance(data, str) else _decode_bytes(data, problems)
    if text.startswith("\ufeff"):
        text = text.lstrip("\ufeff")
        problems.append("bom")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        problems.append("crlf")
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
        problems.append("nul_bytes")
    if isinstance(data, str) and _has_surrogates(text):
        text = re.sub(_SURROGATE, "\ufffd", text)
        problems.append("not_utf8")
    if text.startswith(_LFS):
        problems.append("lfs_pointer")
    return Decoded(text, tuple(problems))


def _has_surrogates(text: str) -> bool:
    """Whether a text has halves of characters, for which UTF-8 has no bytes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _decode_bytes(data: bytes, problems: list[str]) -> str:
    """UTF-8; else UTF-16 by its mark; else Windows-1252, which keeps Western letters readable."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problems.append("not_utf8")
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if "oversized" in problems and error.start >= len(data) - 3:
            return data.decode("utf-8", "ignore")  # the cut fell inside a character
        problems.append("not_utf8")
        return data.decode("cp1252", "replace")


def split_front_matter(text: str) -> Parts:
    r"""Split a card at its YAML front matter, as the Hub does.

    A block opens with ``---`` on the first line that is not blank and ends at the next ``---``;
    the Hub takes neither with a blank behind it.

    Examples
    --------
    >>> split_front_matter("---\nlicense: mit\n---\n# Title\n")
    Parts(front_matter='license: mit\n', body='# Title\n', body_line=3, problems=())
    """
    start = len(text) - len(text.lstrip())
    if not text.startswith("---", start):
        return Parts(None, text, 0)
    opened = text.find("\n", start)
    if opened < 0 or text[start:opened] != "---":
        return Parts(None, text, 0)
    closing = re.compile(r"^---(?:\n|\Z)", re.MULTILINE).search(text, opened + 1)
    if closing is None:
        return Parts(None, text, 0, ("front_matter_unclosed",))
    body_line = text.count("\n", 0, closing.start()) + 1
    return Parts(text[opened + 1 : closing.start()], text[closing.end() :], body_line)
