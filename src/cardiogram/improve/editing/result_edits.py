"""Results in the metadata: a nested edit of `model-index`, every other byte kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import cast

import yaml

from cardiogram.improve.editing.metadata_edits import (
    MetadataBlock,
    checked,
    metadata_of,
    place_of,
    read_block,
    refuse_rest,
    write_scalar,
)
from cardiogram.improve.editing.readme_text import EditRefused, ReadmeText

KEY = "model-index"


@dataclass(frozen=True, slots=True)
class ListedResult:
    """What a model reached on one data set.

    Attributes
    ----------
    name, data
        What readers call the data, and its id on the Hub, or the name that a harness gives it.
    metrics
        Each metric with its value, as the file has it.
    """

    task: str
    name: str
    data: str
    metrics: tuple[tuple[str, float], ...]
    config: str = ""
    split: str = ""
    revision: str = ""

    @property
    def of_data(self) -> dict[str, str]:
        """The data as the metadata name them."""
        named = {
            "name": self.name,
            "type": self.data,
            "config": self.config,
            "split": self.split,
            "revision": self.revision,
        }
        return {key: value for key, value in named.items() if value}

    def as_metadata(self) -> dict[str, object]:
        """The entry as YAML reads it."""
        return {
            "task": {"type": self.task},
            "dataset": dict(self.of_data),
            "metrics": [{"type": metric, "value": value} for metric, value in self.metrics],
        }

    def lines(self) -> Iterator[str]:
        """The entry as it is written, without what it is indented by."""
        yield "- task:"
        yield f"    type: {write_scalar(self.task)}"
        yield "  dataset:"
        yield from (f"    {key}: {write_scalar(value)}" for key, value in self.of_data.items())
        yield "  metrics:"
        for metric, value in self.metrics:
            yield f"  - type: {write_scalar(metric)}"
            yield f"    value: {value}"


def add_results(readme: ReadmeText, name: str, results: Sequence[ListedResult]) -> ReadmeText:
    r"""Add results to the metadata, behind those that are there.

    Parameters
    ----------
    name
        Of the model, where the metadata have no `model-index` yet.

    Raises
    ------
    EditRefused
        Nothing else could be promised to stay as it is.

    Examples
    --------
    >>> result = ListedResult("fill-mask", "harbour", "a/b", (("f1", 0.5),))
    >>> print(add_results(ReadmeText("---\nlicense: mit\n---\n"), "otter", [result]).text)
    ---
    license: mit
    model-index:
    - name: otter
      results:
      - task:
          type: fill-mask
        dataset:
          name: harbour
          type: a/b
        metrics:
        - type: f1
          value: 0.5
    ---
    <BLANKLINE>
    """
    block, end = read_block(readme), readme.line_end
    new = [result.as_metadata() for result in results]
    if KEY not in block.nodes:
        lines = [f"{KEY}:", f"- name: {write_scalar(name)}", "  results:", *_written(results, 2)]
        place = place_of(block, KEY)
        text = block.text[:place] + "".join(line + end for line in lines) + block.text[place:]
        return checked(block, text, {KEY: [{"name": name, "results": new}]})
    key, present = _results_of(block)
    index = cast(list[dict[str, object]], deepcopy(metadata_of(readme)[KEY]))
    index[0]["results"] = [*cast(list[object], index[0]["results"] or []), *new]
    if isinstance(present, yaml.SequenceNode) and not present.flow_style:
        place = block.line_behind(block.behind(present))
        lines = _written(results, present.start_mark.column)
        text = block.text[:place] + "".join(line + end for line in lines) + block.text[place:]
    else:
        stop = block.at(present.end_mark)
        refuse_rest(block, KEY, stop)
        lines = _written(results, key.start_mark.column)
        start = block.at(key.end_mark) + 1
        text = block.text[:start] + "".join(end + line for line in lines) + block.text[stop:]
    return checked(block, text, {KEY: index})


def _written(results: Sequence[ListedResult], indent: int) -> list[str]:
    return [" " * indent + line for result in results for line in result.lines()]


def _results_of(block: MetadataBlock) -> tuple[yaml.ScalarNode, yaml.Node]:
    """The key `results` of the one model of the index, and its value: a list in lines, or empty."""
    index = block.nodes[KEY][1]
    models = index.value if isinstance(index, yaml.SequenceNode) and not index.flow_style else []
    if len(models) != 1 or not isinstance(models[0], yaml.MappingNode) or models[0].flow_style:
        raise EditRefused(f"`{KEY}` is no list of one model in lines of its own")
    values = {key.value: (key, value) for key, value in models[0].value}
    key, value = values.get("results", (None, None))
    is_null = isinstance(value, yaml.ScalarNode) and value.tag.endswith(":null")
    is_list = isinstance(value, yaml.SequenceNode) and not (value.flow_style and value.value)
    if not isinstance(key, yaml.ScalarNode) or value is None or not (is_null or is_list):
        raise EditRefused(f"the results of `{KEY}` are no list in lines of their own")
    return key, value
