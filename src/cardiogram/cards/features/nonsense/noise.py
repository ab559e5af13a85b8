"""Characters at random, and numbers of nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cardiogram.lazy import regex

NOISE_LETTERS = 80
"""Characters from which a text can be told from characters at random."""

_ALPHABETS = ((regex("[a-z]+"), 0.047), (regex("[\u0370-\u06ff]+"), 0.042))
"""Letters, and how often two letters of a text are the same at least: of random ones, about once
in so many as the alphabet has. Texts in Greek, Cyrillic, Hebrew or Arabic may hold Latin names."""

_FEWEST_LETTERS = 8
_RARE_SHARE = 0.1
_RARE = bytes([0x0F, *range(0x12, 0x1E), *range(0x2C, 0x30), *range(0x34, 0x4E)])
_RARE += bytes([*range(0xA0, 0xAC), *range(0xDA, 0xFE)])
"""First bytes, in UTF-16, of characters that no card is written in."""

_UNKNOWN = regex("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd]")
_HAN = "[\u4e00-\u9fff]"  # a pattern that few texts ask for, and that takes long to compile
_CODECS = ("gb2312", "shift_jis", "big5", "euc_kr")
_HAN_SHARE = 0.75
_LOOKED_AT = 800

FEWEST_NUMBERS = 8
"""Numbers from which a text may be a list of nothing else."""

_FEWEST_WORDS, _FEWEST_ROWS = 20, 4
_MOST_NAMES, _MOST_REPEATED = 6, 2
_GENERIC = frozenset(
    b"metric metrics value values score scores result results name number no test tests task tasks "
    b"benchmark benchmarks dataset datasets item items thing things measure measures evaluation "
    b"performance column row model index".split()
)
"""Words of a table's head that say nothing of what was measured."""


def is_noise(text: str) -> bool:
    """Whether a text in which no common word stands is characters at random.

    Examples
    --------
    >>> is_noise("kqzj xvwp ghtr bnmf dlcy sao uei " * 4), is_noise("la vie est belle " * 8)
    (True, False)
    """
    text = text[:_LOOKED_AT]
    if not text.isascii():
        if len(_UNKNOWN.findall(text)) > _RARE_SHARE * len(text):
            return True
        first = text.encode("utf-16-be", "replace")[::2]
        if len(first) - len(first.translate(None, _RARE)) > _RARE_SHARE * len(first):
            return True
        if (han := "".join(re.findall(_HAN, text))) and len(han) >= NOISE_LETTERS:
            return all(_share(han, codec) < _HAN_SHARE for codec in _CODECS)
    for letters, coincidence in _ALPHABETS:
        if len(written := "".join(letters.findall(text.lower()))) >= NOISE_LETTERS:
            return len(written) > len(text) / 8 and not _is_written(written, coincidence)
    return False


def _is_written(letters: str, coincidence: float) -> bool:
    """Whether the letters of a text are as uneven as those of a language."""
    counts, total = Counter(letters).values(), len(letters)
    same = sum([count * (count - 1) for count in counts])
    return len(counts) >= _FEWEST_LETTERS and same >= coincidence * total * (total - 1)


def _share(text: str, codec: str) -> float:
    """Share of the characters that an older standard of their language has."""
    return len(text.encode(codec, "ignore")) / (2 * len(text))


def is_bare(text: str, words: Sequence[bytes]) -> bool:
    """Whether a text has numbers and does not say of what: "Metric 7 | 0.45".

    Parameters
    ----------
    words
        Its words in their order, with those of digits.
    """
    rows = text.count("\n") - 1
    if len(words) < _FEWEST_WORDS or (rows < _FEWEST_ROWS and "|" in text):
        return False
    labels: set[bytes] = set()
    for word in words:
        if len(word) > 1 and not word.isdigit():
            labels.add(word)
            if len(labels) > _MOST_NAMES:
                return False
    if "|" not in text:
        return len(labels) <= _MOST_REPEATED
    repeated = {name for name in labels if 2 * words.count(name) >= rows}
    return not labels - repeated - _GENERIC
