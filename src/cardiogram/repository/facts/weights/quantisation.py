"""Quantisation as configurations state it: GPTQ, AWQ, bitsandbytes, compressed-tensors, MLX ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text, whole
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.facts.weights.packing import Packing
from cardiogram.repository.facts.weights.weight_files import stored_types

CONFIG = "config.json"
Place = tuple[str | int, ...]
_HOMES: tuple[Place, ...] = (
    (CONFIG, "quantization_config"),
    (CONFIG, "text_config", "quantization_config"),
    (CONFIG, "llm_config", "quantization_config"),
    (CONFIG, "language_config", "quantization_config"),
    (CONFIG, "compression_config"),
    (CONFIG, "quantization"),
    ("quantize_config.json",),
    ("quant_config.json",),
    ("hf_quant_config.json", "quantization"),
    ("openvino_config.json", "quantization_config"),
)
"""Where a quantisation is written: nested in models of several parts, and in files of its own."""
_BITS = ("bits", "w_bit", "nbits", "num_bits", "wbits")
_GROUP = ("group_size", "q_group_size", "groupsize")
_SETTINGS = (
    *("version", "zero_point", "sym", "format", "checkpoint_format", "damp_percent"),
    *("bnb_4bit_compute_dtype", "bnb_4bit_use_double_quant", "kv_cache_quant_algo"),
)
_FIXED = {"mxfp4": 4, "nvfp4": 4, "fp8": 8, "fbgemm_fp8": 8, "w4a16_awq": 4, "int8_sq": 8}
"""Bits that a method's name says."""


def packing(files: Files) -> Packing:
    """The bits and group size that the configuration states, to count packed weights by."""
    bits = {fact.value for fact in files.facts(bits_of_weights)}
    groups = {fact.value for fact in files.facts(group_size)}
    return Packing(_only(bits), _only(groups))


def method(files: Files) -> Iterator[Fact]:
    """The method by its name: gptq, awq, bitsandbytes, mxfp4 ..."""
    keys = ("quant_method", "quant_algo", "quant_type")
    yield from accord("method", _at(files, *keys), about="quantisation", read=text)
    if files.at(CONFIG, "quantization", "group_size") is not None and not list(_at(files, *keys)):
        yield from accord(
            "method",
            files.all_at((CONFIG, "quantization", "mode"), (CONFIG, "quantization")),
            about="quantisation",
            read=lambda value: value if isinstance(value, str) else "mlx",
        )


def bits_of_weights(files: Files) -> Iterator[Fact]:
    """Bits of a quantised weight; a file that loads in 4 bits and stores 16 has none."""
    if _is_stored_whole(files):
        return
    in_groups = _in_groups(files, "num_bits")
    several = len({source.value for source in in_groups if isinstance(source.value, int)}) > 1
    for source in in_groups if several else ():
        group = source.pointer.split("/")[-3]
        yield from accord("bits", [source], about=f"weights of {group}", read=_bits)
    grouped = [] if several else in_groups
    sources = [*_at(files, *_BITS), *grouped, *_in_hqq(files, "nbits")]
    yield from accord("bits", sources, read=_bits)
    sources += in_groups
    if not sources:
        loads = [*_at(files, "load_in_4bit"), *_at(files, "load_in_8bit")]
        for source in loads:
            if source.value is True:
                bits = 4 if source.pointer.endswith("4bit") else 8
                yield Fact("bits", bits, (source,), how="computed")
        if not any(source.value is True for source in loads):
            by_name = _at(files, "quant_method", "quant_algo")
            yield from accord("bits", by_name, read=lambda name: _FIXED.get(str(name).lower()))


def group_size(files: Files) -> Iterator[Fact]:
    """Weights that share a scale; -1 stands for a whole column."""
    sources = [
        *_at(files, *_GROUP),
        *_in_groups(files, "group_size"),
        *_in_hqq(files, "group_size"),
    ]
    yield from accord("group_size", sources, read=whole)


def act_order(files: Files) -> Iterator[Fact]:
    """Whether columns are ordered by activation (`desc_act` of GPTQ, `actorder`)."""
    sources = [*_at(files, "desc_act"), *_in_groups(files, "actorder")]
    yield from accord("act_order", sources, read=_order)


def quantised_type(files: Files) -> Iterator[Fact]:
    """The type of a quantised weight where the method has several: nf4, fp4, float, int."""
    sources = [*_at(files, "bnb_4bit_quant_type"), *_in_groups(files, "type")]
    yield from accord("quantisation", sources, about="weights", read=text)


def settings(files: Files) -> Iterator[Fact]:
    """Further settings of the quantisation, as they stand."""
    for key in _SETTINGS:
        yield from accord("quantisation_setting", _at(files, key), about=key, read=_scalar)


def _at(files: Files, *keys: str) -> list[FactSource]:
    """Values at any of the keys in all places that a quantisation is written at."""
    places = [(*home, key) for home in _HOMES for key in keys]
    return [*files.all_at(*places), *_in_info(files, *keys)]


def _in_info(files: Files, *keys: str) -> list[FactSource]:
    sources = (files.in_info("config", "quantization_config", key) for key in keys)
    return [source for source in sources if source is not None]


def _in_groups(files: Files, key: str) -> list[FactSource]:
    """The values of compressed-tensors, which states them group by group."""
    sources: list[FactSource] = []
    for home in _HOMES:
        groups = files.mapping(str(home[0]), *home[1:], "config_groups")
        for name in groups:
            place = (*home, "config_groups", name, "weights", key)
            sources += files.all_at(place)
    return sources


def _in_hqq(files: Files, key: str) -> list[FactSource]:
    places = [(*home, "quant_config", "weight_quant_params", key) for home in _HOMES]
    return list(files.all_at(*places))


def _is_stored_whole(files: Files) -> bool:
    """Whether headers show that nothing is packed: bitsandbytes packs what it loads, too."""
    words = {str(source.value) for source in _at(files, "quant_method")}
    types = stored_types(files)
    return words <= {"bitsandbytes"} and bool(types) and types <= {"F32", "F16", "BF16"}


def _bits(value: Value) -> int | None:
    number = int(value) if isinstance(value, str) and value.isdecimal() else whole(value)
    return number if number is not None and number <= 16 else None


def _scalar(value: Value) -> Value:
    return value if isinstance(value, bool | int | float | str) else None


def _order(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"group": True, "weight": True, "static": True}.get(str(value).lower())


def _only(values: set[Value] | set[object]) -> int | None:
    """The value that all agree on."""
    return whole(next(iter(values))) if len(values) == 1 else None  # type: ignore[arg-type]


def is_quantised(files: Files) -> bool:
    """Whether a configuration states a quantisation."""
    return any(isinstance(files.value(str(h[0]), *h[1:]), Mapping) for h in _HOMES)


FUNCTIONS: tuple[FactFunction, ...] = (
    method,
    bits_of_weights,
    group_size,
    act_order,
    quantised_type,
    settings,
)
