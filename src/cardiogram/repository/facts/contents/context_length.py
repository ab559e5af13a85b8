"""How many tokens a model takes: positions, rope scaling old and new, and the tokenizer's limit.

References
----------
`rope_scaling` of transformers 4 and `rope_parameters` of transformers 5: factors of YaRN and of
the linear and dynamic forms extend `original_max_position_embeddings`; Llama 3 and LongRoPE write
the extended length into `max_position_embeddings` themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.accord import accord, how_of, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights import CONFIGS

CONFIG, TOKENIZER = "config.json", "tokenizer_config.json"
SENTENCES = "modules.json"  # Sentence Transformers has a limit of its own
_POSITIONS = (
    *("max_position_embeddings", "n_positions", "max_seq_len", "n_ctx", "seq_length"),
    *("max_sequence_length", "max_seq_length", "model_max_length"),
)
_OFFSET = frozenset(
    (
        *("roberta", "xlm-roberta", "xlm-roberta-xl", "roberta-prelayernorm", "camembert", "luke"),
        *("longformer", "mpnet", "data2vec-text", "xmod", "ibert", "lilt", "layoutlmv3", "esm"),
    )
)
"""Types whose positions begin after the padding token: 514 of them are 512 tokens."""
_RELATIVE = frozenset(
    ("t5", "mt5", "umt5", "byt5", "longt5", "switch_transformers", "xlnet", "model2vec")
)
"""Types whose positions are relative: the number is what they were trained with, no limit."""
_STRETCHES = frozenset(("linear", "dynamic", "yarn"))
_NOT_SET = 10**9
"""The tokenizer writes about 1e30 where no limit is set."""


def context(files: Files) -> Iterator[Fact]:
    """The longest input, with rope scaling, and that before it."""
    for place in CONFIGS:
        stated = next((s for k in _POSITIONS if (s := files.at(*place, k)) is not None), None)
        length = None if stated is None else whole(stated.value)
        if stated is None or length is None or _kind(files, place) in _RELATIVE:
            continue
        yield from _with_scaling(files, place, stated, length)
        return
    if SENTENCES in files:
        return
    cut = [files.at("gliner_config.json", "max_len")]
    yield from accord("sequence_length", cut, unit="tokens", read=whole)
    sources = [files.at(TOKENIZER, "model_max_length")]
    note = "the tokenizer's limit: the configuration states none"
    yield from accord("sequence_length", sources, unit="tokens", note=note, read=_limit)


def _with_scaling(
    files: Files, place: tuple[str, ...], stated: FactSource, length: int
) -> Iterator[Fact]:
    length, note = _without_offset(files, place, length)
    original, longest, sources = _scaled(files, place, length)
    if longest != length:
        note = f"with rope scaling; {length} are stated as positions"
    tokenizer = files.at(TOKENIZER, "model_max_length")
    limit = None if tokenizer is None else _limit(tokenizer.value)
    if tokenizer is not None and limit == longest:
        sources.insert(0, tokenizer)
    how = how_of(longest, stated)
    yield Fact("context", longest, (stated, *sources), "tokens", "", how, note)
    if original is not None and original != longest:
        before = [s for s in sources if s.pointer.endswith("original_max_position_embeddings")]
        proof = tuple(before) or (stated,)
        yield Fact("context_original", original, proof, "tokens")
    if tokenizer is not None and limit not in (None, longest) and SENTENCES not in files:
        note = "where the tokenizer cuts if asked to; the configuration allows another length"
        yield from accord("sequence_length", [tokenizer], unit="tokens", note=note, read=_limit)


def _scaled(
    files: Files, place: tuple[str, ...], length: int
) -> tuple[int | None, int, list[FactSource]]:
    """Length before scaling, length after it, and the places that say so."""
    for key in ("rope_parameters", "rope_scaling"):
        for inner in ((), ("full_attention",)):
            scaling = files.mapping(place[0], *place[1:], key, *inner)
            kind = scaling.get("rope_type", scaling.get("type"))
            if not isinstance(kind, str) or kind == "default":
                continue
            keys = ("original_max_position_embeddings", "factor", "rope_type", "type")
            sources = [s for n in keys if (s := files.at(*place, key, *inner, n)) is not None]
            return _stretch(files, place, length, scaling, kind, sources)
    before = files.at(*place, "original_max_position_embeddings")
    original = None if before is None else whole(before.value)
    return original, length, [] if before is None else [before]


def _stretch(
    files: Files,
    place: tuple[str, ...],
    length: int,
    scaling: Mapping[str, object],
    kind: str,
    sources: list[FactSource],
) -> tuple[int | None, int, list[FactSource]]:
    outer = files.at(*place, "original_max_position_embeddings")
    original = _count(scaling.get("original_max_position_embeddings"))
    if original is None and outer is not None:
        original, sources = _count(outer.value), [outer, *sources]
    factor = scaling.get("factor")
    stretches = kind in _STRETCHES and isinstance(factor, int | float) and factor > 1
    if not stretches or _kind(files, place).startswith("gemma3"):
        return original, length, sources
    longest = round((original or length) * float(str(factor)))
    return original or length, max(length, longest), sources


def _without_offset(files: Files, place: tuple[str, ...], length: int) -> tuple[int, str]:
    if _kind(files, place) not in _OFFSET:
        return length, ""
    padding = files.value(*place, "pad_token_id")
    offset = padding + 1 if isinstance(padding, int) and 0 <= padding < 10 else 2
    if (length - offset) % 16:
        return length, ""
    return length - offset, f"{length} positions, of which {offset} are not for tokens"


def _kind(files: Files, place: tuple[str, ...]) -> str:
    value = files.value(*place, "model_type") or files.value(CONFIG, "model_type")
    return str(value or "")


def _count(value: object) -> int | None:
    return whole(value) if isinstance(value, int | float) else None


def _limit(value: object) -> int | None:
    number = _count(value)
    return number if number is not None and number < _NOT_SET else None


FUNCTIONS: tuple[FactFunction, ...] = (context,)
