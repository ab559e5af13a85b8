"""Licences and languages: a card against its base model's, its data's and its own words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    CARD,
    Known,
    contradiction,
    source_of,
    sources_of,
)
from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.statements import Statement, detect_language
from cardiogram.repository.statements.readers import language_code

_NON_COMMERCIAL = regex(
    r"(?:^|-)nc(?:-|$)|noncommercial|^apple-amlr$|^intel-research$|^deepfloyd|research"
)
_RESTRICTED = regex(r"rail|^llama|^gemma$|^other$|^c-uda$|^h-research$|^tii-|^nvidia|^falcon")
_SHARED_ALIKE = regex(r"^(?:a|l)?gpl|-sa-|^mpl|^epl|^eupl|^odbl|^osl|^cdla-sharing|^ms-pl|^gfdl")
_SILENT = frozenset({"unknown", "license", "none", "other"})
_FAMILIES = frozenset({"cc", "bsd", "gpl", "lgpl", "agpl", "openrail", "openrail++"})
_COPIES = frozenset({"quantized", "merge"})
_COPY_METHODS = frozenset(
    {"gptq", "awq", "gguf", "exl2", "exl3", "bitsandbytes", "hqq", "aqlm", "compressed-tensors"}
)


def freedom(licence: str) -> int:
    """How free a licence is: 3 permissive, 2 share alike, 1 restricted in use, 0 not for trade.

    Examples
    --------
    >>> freedom("mit"), freedom("cc-by-nc-4.0")
    (3, 0)
    """
    id = licence.lower()
    if _NON_COMMERCIAL.search(id):
        return 0
    if _RESTRICTED.search(id):
        return 1
    return 2 if _SHARED_ALIKE.search(id) else 3


def compare_licences(known: Known) -> Iterator[Contradiction]:
    """A licence that is freer than the base model's, or another than a file or the text says."""
    stated = known.said("licence", "front matter")
    if len(stated) != 1:
        return
    mine = stated[0]
    licence = str(mine.value).lower()
    if licence in _SILENT:
        return
    bases = [f for f in known.named(("base_licence",)) if str(f.value).lower() != licence]
    stricter = [f for f in bases if freedom(str(f.value)) < freedom(licence)]
    headers = [f for f in known.named(("licence",)) if _is_other(licence, str(f.value))]
    if stricter:
        yield _freer(known, mine, stricter, headers)
    elif headers:
        yield contradiction(
            mine,
            sources_of(headers),
            (
                f"The card says {mine.value}; {headers[0].sources[0].path or 'a file'} "
                f"says {headers[0].value}."
            ),
            sure=False,
        )
    yield from _own_words(known, mine, licence)


def _is_other(mine: str, theirs: str) -> bool:
    plain = theirs.lower()
    return plain not in _SILENT and plain != mine and not _versions_of_one(mine, plain)


def _freer(
    known: Known, mine: Statement, stricter: list[Fact], headers: list[Fact]
) -> Contradiction:
    base = min(stricter, key=lambda fact: freedom(str(fact.value)))
    copy = is_copy(known)
    kind = "A quantised or merged copy" if copy else "A model that is made from another"
    return contradiction(
        mine,
        sources_of([base, *headers]),
        f"The card says {mine.value}, its base model {base.about} is under {base.value}. "
        f"{kind} cannot be freer than its base.",
        sure=copy and str(base.value).lower() not in _SILENT,
    )


def is_copy(known: Known) -> bool:
    """Whether the weights are the base model's own, quantised, converted or merged."""
    relations = {str(s.value) for s in known.said("base_relation")}
    relations |= {str(f.value) for f in known.named(("base_relation",))}
    if relations:
        return bool(relations & _COPIES)
    if any(path.endswith(".gguf") for path in known.files):
        return True
    methods = {str(f.value).lower() for f in known.named(("method",))}
    methods |= {str(s.value).lower() for s in known.said("method")}
    name = known.card.id.lower()
    if re.search(r"[-_.](?:awq|gptq|exl[23]|gguf|ggml|bnb-4bit|fp8|int[48]|[48]bit)\b", name):
        return True
    return bool(methods & _COPY_METHODS or known.named(("merged_model",)))


def _own_words(known: Known, mine: Statement, licence: str) -> Iterator[Contradiction]:
    """The licence that the text names."""
    words = [s for s in known.said("licence") if s.place != "front matter"]
    values = {str(s.value) for s in words}
    if len(values) != 1 or not words:
        return
    other = next(iter(values))
    if other == licence or _versions_of_one(other, licence):
        return
    base = {str(f.value).lower() for f in known.named(("base_licence",))}
    shorter = licence.startswith(re.sub(r"-?\d.*$", "", other))
    certain = any(s.certain for s in words) and other not in base and not shorter
    yield contradiction(
        mine,
        [source_of(s) for s in words[:2]],
        f"The metadata say {mine.value}, the text says {other}.",
        sure=certain,
    )


def _versions_of_one(first: str, second: str) -> bool:
    """Whether two ids differ in what one leaves out: a version, or all but the family's name."""
    short, long = sorted((first, second), key=len)
    family = re.sub(r"[-.]?v?\d[\d.]*$", "", short)
    return family == re.sub(r"[-.]?v?\d[\d.]*$", "", long) or (
        short in _FAMILIES and short.rstrip("+-m") in long
    )


def compare_languages(known: Known) -> Iterator[Contradiction]:
    """Languages of the metadata against the text's, its words' and the data's."""
    tagged = known.said("language", "front matter")
    codes = {language_code(str(s.value)) for s in tagged}
    yield from _number_of_languages(known, tagged, codes)
    if not codes or codes & {"multilingual", "mul", "code", "multi"}:
        return
    labelled = next((s for s in known.said("language") if s.place != "front matter"), None)
    if labelled is not None and isinstance(labelled.value, list):
        named = {language_code(str(code)) for code in labelled.value}
        many = "multilingual" in named
        if not named & codes and not (many and len(codes) > 1):
            yield contradiction(
                tagged[0],
                (source_of(labelled),),
                f"The metadata say {_listed(codes)}, the text says {_listed(named)}.",
                sure=not many,
            )
            return
    yield from _other_language(known, tagged[0], codes)


def _number_of_languages(
    known: Known, tagged: list[Statement], codes: set[str]
) -> Iterator[Contradiction]:
    """How many languages the text says, against those of the metadata, where these are several."""
    spoken = codes - {"code"}
    said = known.said("languages")
    if len(spoken) < 2 or spoken & {"multilingual", "mul", "multi"}:
        return
    if any(s.value == len(spoken) for s in said) or len({s.value for s in said}) != 1:
        return
    fewer, many = sorted((len(spoken), int(str(said[0].value))))
    if said[0].certain and many >= 1.5 * fewer:  # a language may have two codes, or none
        yield contradiction(
            said[0],
            [source_of(each) for each in tagged[:2]],
            f"The text says {said[0].value} languages; the metadata list {len(spoken)}.",
            sure=False,
        )


def _other_language(known: Known, tagged: Statement, codes: set[str]) -> Iterator[Contradiction]:
    """Languages of the metadata that neither the text nor the data are in."""
    data = known.named(("dataset_language",))
    spoken = {language_code(str(code)) for f in data for code in _as_list(f.value)} - {
        "multilingual",
        "code",
    }
    passage = _first_prose(known)
    written = detect_language(_prose(known))
    foreign = written not in ("", "en") and written not in codes
    others: list[FactSource] = []
    if foreign and passage is not None:
        others.append(passage)
    apart = bool(spoken) and not spoken & codes and len(spoken) <= 3
    if apart:
        others += sources_of(data)
    if apart or (foreign and codes != {"en"} and not spoken & codes):
        sides = [f"the text is in {written}"] if foreign else []
        sides += [f"the data are in {_listed(spoken)}"] if apart else []
        yield contradiction(
            tagged,
            others,
            f"The metadata say {_listed(codes)}; {' and '.join(sides)}.",
            sure=foreign and apart,
        )


def _prose(known: Known) -> str:
    return "\n".join(b.text for b in known.card.document.blocks if b.kind in ("paragraph", "item"))


def _first_prose(known: Known) -> FactSource | None:
    """The first longer line of the card's text."""
    lines = known.card.text.split("\n")
    for block in known.card.document.blocks:
        if block.kind == "paragraph" and len(block.text) > 60:
            line = lines[block.line - 1].strip() if block.line <= len(lines) else ""
            if line:
                return FactSource(line[:160], CARD, line=block.line, quote=line[:160])
    return None


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _listed(codes: set[str]) -> str:
    return ", ".join(sorted(codes))
