"""Facts of mergekit: method, base, models, weights and densities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact, FactSource
from cardiogram.repository.facts.training import (
    card_blocks,
    is_copy,
    is_hub_id,
    scalar_source,
)

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

CONFIGS = ("mergekit_config.yml", "mergekit_config.yaml", "mergekit_config.json")
MOST_MODELS = 60
Place = tuple[str | int, ...]


def merge_facts(files: Files) -> Iterator[Fact]:
    """The merge of the file, else of the configuration that the card quotes."""
    for path in CONFIGS:
        document = files.mapping(path)
        if "merge_method" in document:
            scalars = {p: v for p, v in _walk(document) if v is not None}
            yield from _facts(scalars, lambda place, path=path: files.at(path, *place))  # type: ignore[misc]
            return
    for block in () if is_copy(files) else card_blocks(files):
        if ("merge_method",) in block:
            source = partial(scalar_source, files, block)
            yield from _facts({place: source(place).value for place in block}, source)
            return


def _walk(value: object, place: Place = ()) -> Iterator[tuple[Place, object]]:
    """Scalars, and lists of numbers as one: gradients of weights are such."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _walk(part, (*place, str(key)))
    elif isinstance(value, list) and not all(isinstance(v, int | float) for v in value):
        for index, part in enumerate(value[:MOST_MODELS]):
            yield from _walk(part, (*place, index))
    else:
        yield place, value


def _facts(
    scalars: Mapping[Place, object], source: Callable[[Place], FactSource | None]
) -> Iterator[Fact]:
    for key, name in (("merge_method", "method"), ("base_model", "base_model")):
        place_source = source((key,)) if (key,) in scalars else None
        if place_source is None or not isinstance(place_source.value, str):
            continue
        if name == "method" or is_hub_id(place_source.value):
            yield Fact(name, place_source.value, (place_source,))
    models: dict[str, list[FactSource]] = {}
    for place, value in scalars.items():
        at = source(place)
        if at is None or not _is_model(place) or not isinstance(value, str):
            continue
        id = value.split("+")[0].split("@")[0]  # model+adapter, model@revision
        if is_hub_id(id):
            models.setdefault(id, []).append(at)
            yield from _parameters(scalars, source, place[:-1], id)
    for id, sources in list(models.items())[:MOST_MODELS]:
        yield Fact("merged_model", id, tuple(sources))


def _is_model(place: Place) -> bool:
    """Whether it is an entry of `models`, or a source of `slices`."""
    return place[-1] == "model" and place[0] in ("models", "slices")


def _parameters(
    scalars: Mapping[Place, object],
    source: Callable[[Place], FactSource | None],
    entry: Place,
    id: str,
) -> Iterator[Fact]:
    for key, name in (("weight", "merge_weight"), ("density", "merge_density")):
        place = (*entry, "parameters", key)
        at = source(place) if place in scalars else None
        if at is not None and isinstance(at.value, int | float | list):
            yield Fact(name, at.value, (at,), about=id)


MERGE_FACTS = (merge_facts,)
