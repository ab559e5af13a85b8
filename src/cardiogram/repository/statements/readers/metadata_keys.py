"""What the front matter states."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView
from cardiogram.repository.statements.statement import Statement

_LISTED = {
    "license": "licence",
    "language": "language",
    "base_model": "base_model",
    "datasets": "dataset",
    "library_name": "library",
    "pipeline_tag": "task",
    "base_model_relation": "base_relation",
    "model_file": "file",
}
_BITS = regex(r"(?P<bits>[2345678]|16)[- ]?bits?\Z", re.I)
_METHODS = frozenset(
    {
        "gptq",
        "awq",
        "gguf",
        "exl2",
        "exl3",
        "bitsandbytes",
        "hqq",
        "aqlm",
        "fp8",
        "nvfp4",
        "mxfp4",
        "autoround",
    }
)


def read_keys(view: CardView) -> Iterator[Statement]:
    """Top-level keys whose values facts know."""
    values = view.card.metadata.values
    for key, kind in _LISTED.items():
        value = values.get(key)
        listed = value if isinstance(value, list) else [value]
        for i, each in enumerate(listed):
            if isinstance(each, str) and each.strip():
                pointer = (key, i) if isinstance(value, list) else (key,)
                yield view.from_key(kind, each.strip(), pointer)
    link = values.get("license_link")
    if isinstance(link, str) and link.strip() and "://" not in link and len(link) < 100:
        yield view.from_key("file", link.strip(), ("license_link",), certain=False)
    name = values.get("license_name")
    if isinstance(name, str) and name.strip():
        yield view.from_key("licence_name", name.strip(), ("license_name",))


def read_tags(view: CardView) -> Iterator[Statement]:
    """Tags with a number or a method in them."""
    tags = view.card.metadata.values.get("tags")
    tags = [str(tag) for tag in tags] if isinstance(tags, list) else []
    several = sum(_BITS.match(tag) is not None for tag in tags) > 1
    for i, tag in enumerate(tags):
        if not several and (match := _BITS.match(tag)) is not None:
            yield view.from_key("bits", int(match["bits"]), ("tags", i), words=tag)
        elif tag.startswith("dataset_size:") and tag[13:].isdigit():
            yield view.from_key("train_samples", int(tag[13:]), ("tags", i), words=tag)
        elif tag.lower() in _METHODS:
            yield view.from_key("method", tag.lower(), ("tags", i), words=tag, certain=False)


def read_gate(view: CardView) -> Iterator[Statement]:
    """Keys that only a gated repository shows."""
    for key in ("extra_gated_prompt", "extra_gated_fields", "extra_gated_heading"):
        if key in view.card.metadata.values:
            yield view.from_key("gated", True, (key,), words=key, certain=False)
            return
