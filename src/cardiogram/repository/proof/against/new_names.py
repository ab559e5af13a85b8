"""Names that people know, and that an edit brings: of models, data, methods, licences, languages.

Of a name that stands nowhere in the card as it was, in what files say and in what the author
answered, the writer knows from elsewhere, or made it up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import islice

from cardiogram.cards import load_vocabulary
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.repository.proof.against.already_said import AlreadySaid, plain
from cardiogram.repository.statements.readers import LANGUAGE_OF, language_code, licence_in

_MOST_NAMES, _LONGEST = 200, 4_000
"""Names of a line that are looked at, and characters in which a licence is looked for."""
_NO_LANGUAGE = frozenset({"latin", "tonga", "nauru", "kongo", "komi", "cree", "fula", "samoan"})
"""Names of languages that are more often something else."""
_INSIDE = r"(?<=[a-z0-9,:|] )"
"""What stands before a name that is a word, too, at the beginning of a sentence."""
_OF_ID = r"-(?:base|large|small|tiny|medium|mini|xl|uncased|v?\d)"
"""How the name of an id goes on."""
_MIT = regex(r"\bMIT[ -]?(?:licen[sc]|lizenz)|(?:under|unter)(?: the| der)? MIT\b")


class KnownNames:
    """The names that were there before an edit."""

    def __init__(self, said: AlreadySaid) -> None:
        self._said = said

    def new_in(self, prose: str) -> list[str]:
        """Names of some prose that were not there."""
        new = [m[0] for m in islice(_names().finditer(prose), _MOST_NAMES) if self._is_new(m)]
        spoken = islice(_languages().finditer(prose), _MOST_NAMES)
        new += [m[0] for m in spoken if language_code_of(m[0]) not in self._languages]
        for id in licence_in(prose[:_LONGEST]):
            if (id != "mit" or _MIT.search(prose)) and _family(id) not in self._licences:
                new.append(id)
        return list(dict.fromkeys(new))

    def _is_new(self, match: re.Match[str]) -> bool:
        """Whether neither a name nor, where it has a number, both together were there."""
        name = plain(match["inside"] or match["name"] or match["id"])
        if name == "multilingual" and len(self._languages) > 1:
            return False
        stems = _stems()[name]
        if not any(stem in self._said.letters for stem in stems):
            return True
        size = match["size"] or not match["version"]
        return not size and plain(match[0]) not in self._said.letters

    @cached_property
    def _languages(self) -> frozenset[str]:
        """Languages of the metadata and of files, those that are named, and those of ids."""
        texts = "\n".join(self._said.texts).lower()
        named = {code for name, code in _codes().items() if name in texts}
        ids = (text for text in self._said.texts if len(text) < 100 and " " not in text)
        parts = {language_code(part) for id in ids for part in re.split(r"[-_/.]", id)}
        return self._said.languages | named | (parts & frozenset(_codes().values()))

    @cached_property
    def _licences(self) -> frozenset[str]:
        lines = (line[:_LONGEST] for text in self._said.texts for line in text.split("\n"))
        return frozenset(_family(id) for line in lines for id in licence_in(line))


def language_code_of(name: str) -> str:
    """The code of a language that a text names."""
    return _codes()[name.lower()]


def _family(licence: str) -> str:
    """A licence without its version."""
    return re.sub(r"[-.]?v?\d[\d.]*$", "", licence)


@cache
def _codes() -> dict[str, str]:
    """Codes of languages by their names in lower case."""
    codes = {name.lower(): code for code, name in load_vocabulary().languages.items()}
    kept = {name: code for name, code in codes.items() if len(name) > 3}
    return {name: code for name, code in (kept | LANGUAGE_OF).items() if name not in _NO_LANGUAGE}


@cache
def _languages() -> re.Pattern[str]:
    titles = sorted((name.title() for name in _codes() if name[0].isalpha()), key=len, reverse=True)
    inside = {"Polish"}
    written = "|".join(re.escape(title) for title in titles if title not in inside)
    return re.compile(rf"(?<![\w/.-])(?:{written}|{_INSIDE}(?:{'|'.join(inside)}))(?!\w)")


@cache
def _stems() -> dict[str, tuple[str, ...]]:
    """Of each name what shows that it was there: parts of words without case and marks."""
    return {plain(name): stems or (plain(name),) for name, _, stems in _written()}


def _written() -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    """Names of data/well-known-names.json, whether they are words, too, and their stems."""
    for group in json.loads((DATA / "well-known-names.json").read_text("utf-8")).values():
        for written in group:
            name, _, stems = written.partition("=")
            yield name.rstrip("~"), name.endswith("~"), tuple(stems.split())


@cache
def _names() -> re.Pattern[str]:
    """All names as they are written, those in lower case in any, with a number behind them."""
    parts: dict[bool, list[str]] = {True: [], False: []}
    for name, is_word, _ in sorted(_written(), key=lambda each: -len(each[0])):
        text = re.escape(name).replace(r"\ ", "[ -]").replace(r"\-", "[ -]?")
        parts[is_word].append(f"(?i:{text})" if name.islower() else text)
    ids = "|".join(name.lower() for name, _, _ in _written() if name.isalpha())
    return re.compile(
        rf"(?<![\w/.-])(?:(?P<name>{'|'.join(parts[False])})"
        rf"|{_INSIDE}(?P<inside>{'|'.join(parts[True])})|(?P<id>{ids})(?={_OF_ID}))"
        r"(?:(?P<version>[ -]?v?\d(?:[\d.]{0,12}\d)?)(?P<size>[BbMmKk])?(?!\d))?(?!\w|\.cpp|Index)"
    )
