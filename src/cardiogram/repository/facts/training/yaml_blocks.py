"""Facts of a configuration that stands in the card itself: axolotl's, and mergekit's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import yaml

from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.training.hyperparameters import parse_setting, setting_fact
from cardiogram.repository.facts.training.setting_files import is_hub_id

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CARD = "README.md"
LONGEST, MOST_BLOCKS, MOST_VALUES, MOST_DEPTH = 32_000, 8, 2_000, 12
_LOADER: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Place = tuple[str | int, ...]
Block = dict[Place, tuple[str, int]]
"""Scalars of a block: their places, with text and line of the card."""


def card_blocks(files: Files) -> list[Block]:
    """The YAML blocks of a card that are maps, each scalar with its line."""
    card = files.card
    blocks: list[Block] = []
    for block in card.document.blocks if card else ():
        if block.kind != "code" or block.info.split(",")[0] not in ("yaml", "yml"):
            continue
        if len(block.text) <= LONGEST and len(blocks) < MOST_BLOCKS:
            scalars = _scalars(*_as_written(files, block.line, block.last_line))
            if scalars:
                blocks.append(scalars)
    return blocks


def _as_written(files: Files, first: int, last: int) -> tuple[str, int]:
    """The lines of a block without its fences, and the number of the first."""
    lines = files.lines(CARD)[first - 1 : last]
    fence = re.compile(r"[ >\t]*(?:`{3,}|~{3,})")
    start = 1 if lines and fence.match(lines[0]) else 0
    end = len(lines) - 1 if len(lines) > start and fence.match(lines[-1]) else len(lines)
    return "\n".join(lines[start:end]), first + start


def is_copy(files: Files) -> bool:
    """Whether the files are a quantised copy, whose card may quote that of the original."""
    name = files.repository.id.casefold()
    marks = ("gguf", "gptq", "awq", "exl2", "-bnb-", "mlx", "-4bit", "-8bit", "imatrix")
    return bool(
        files.paths("*.gguf", "quantize_config.json", "quant_config.json")
        or files.mapping("config.json", "quantization_config")
        or any(mark in name for mark in marks)
    )


def _scalars(text: str, line: int) -> Block:
    try:
        root = yaml.compose(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError, ValueError):
        return {}
    if not isinstance(root, yaml.MappingNode):
        return {}
    scalars: Block = {}
    waiting: list[tuple[yaml.Node, Place]] = [(root, ())]
    for _ in range(MOST_VALUES):  # an alias is followed like any value: hence a bound
        if not waiting:
            break
        node, place = waiting.pop()
        if isinstance(node, yaml.ScalarNode):
            scalars[place] = (node.value, line + node.start_mark.line)
        elif len(place) < MOST_DEPTH:
            waiting.extend(reversed([(part, (*place, key)) for key, part in _parts(node)]))
    return scalars


def _parts(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    values = node.value[:MOST_VALUES]
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value, value) for key, value in values if isinstance(key, yaml.ScalarNode))
    else:
        yield from enumerate(values)


def scalar_source(files: Files, block: Block, place: Place) -> FactSource:
    """The line of the card on which a scalar stands."""
    text, line = block[place]
    return files.line(CARD, line, files.lines(CARD)[line - 1].strip(), parse_setting(text))


def axolotl_facts(files: Files) -> Iterator[Fact]:
    """Settings of the axolotl configuration that its card quotes; the best source there is."""
    if is_copy(files):
        return
    for block in card_blocks(files):
        source = partial(scalar_source, files, block)
        if ("base_model",) not in block or not {
            ("micro_batch_size",),
            ("sequence_len",),
        } & block.keys():
            continue
        if is_hub_id(block["base_model",][0]):
            yield Fact("base_model", block["base_model",][0], (source(("base_model",)),))
        for place in block:
            key = str(place[0])
            if len(place) == 1 and not key.endswith(("_dir", "_path", "_file")):
                place_source = source(place)
                fact = setting_fact(key, place_source.value, [place_source])
                if fact is not None:
                    yield fact
            elif (*place[:1], *place[2:]) == ("datasets", "path") and is_hub_id(block[place][0]):
                yield Fact("dataset", block[place][0], (source(place),))
        targets = [
            place for place in block if place[0] == "lora_target_modules" and len(place) == 2
        ]
        if targets:
            modules: list[object] = [block[place][0] for place in targets]
            yield Fact("target_modules", modules, tuple(source(p) for p in targets))


BLOCK_FACTS = (axolotl_facts,)
