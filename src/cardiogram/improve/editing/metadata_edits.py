"""Edits of a front matter at the marks of its YAML: every byte that no edit names stays.

A mere round trip through a YAML library changes unrelated bytes in one front matter of eight to
four; so a value is replaced, added or removed where it stands, the result is read again, and an
edit that would change anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from cardiogram.cards import load_yaml, parse_metadata
from cardiogram.errors import DataError
from cardiogram.improve.editing.readme_text import EditRefused, ReadmeText
from cardiogram.lazy import regex
from cardiogram.text import split_front_matter

MetadataValue = str | Sequence[str]

ORDER = (
    "language",
    "license",
    "license_name",
    "license_link",
    "library_name",
    "pipeline_tag",
    "tags",
    "base_model",
    "base_model_relation",
    "datasets",
    "metrics",
    "new_version",
    "model-index",
)
"""Where a new key goes: behind the last of those before it that the card has."""

_PLAIN = regex(r"[A-Za-z0-9](?:[\w./+@-]|:(?=\S)| (?=[\w(]))*")
_NUMBER = regex(r"\d[\d._:eE+-]*|0[xob]\w+|\d{4}-\d\d.*")  # or a date, to one of the two YAMLs
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"])
_NEWLINE = regex(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class MetadataBlock:
    """The YAML of a README: where it stands, and its nodes by key."""

    readme: ReadmeText
    start: int
    end: int
    nodes: dict[str, tuple[yaml.ScalarNode, yaml.Node]]

    @property
    def text(self) -> str:
        """The whole README."""
        return self.readme.text

    def at(self, mark: yaml.Mark) -> int:
        """Place of a mark in the README."""
        return self.start + mark.index

    def line_behind(self, place: int) -> int:
        """Start of the line behind a place; the place itself where it begins a line."""
        if place > self.start and self.text[place - 1] in "\r\n":
            return place
        match = _NEWLINE.search(self.text, place)
        return min(match.end() if match else self.end, self.end)

    def behind(self, node: yaml.Node) -> int:
        """End of a value as it is written, without what follows a block."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self.behind(last[1] if isinstance(last, tuple) else last)
        return self.at(node.end_mark)

    def indent(self) -> str:
        """What the lists of this block are indented by."""
        for _, value in self.nodes.values():
            if isinstance(value, yaml.SequenceNode) and not value.flow_style:
                return " " * min(value.start_mark.column, 4)
        return ""


def set_value(readme: ReadmeText, key: str, value: MetadataValue) -> ReadmeText:
    r"""Give a key a value, in its place where it has one.

    Raises
    ------
    EditRefused
        Nothing else could be promised to stay as it is.

    Examples
    --------
    >>> set_value(ReadmeText("---\nlicense: MIT # mine\n---\n"), "license", "mit").text
    '---\nlicense: mit # mine\n---\n'
    """
    block = read_block(readme)
    if key not in block.nodes:
        return checked(block, _inserted(block, key, value), {key: value})
    _, node = block.nodes[key]
    refuse_alias(block, key)
    start, end = block.at(node.start_mark), block.behind(node)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        raise EditRefused(f"`{key}` is a block of text")
    if isinstance(value, str) and isinstance(node, yaml.ScalarNode):
        space = "" if start == end and block.text[start - 1 : start] == " " else " "
        new = (space if start == end else "") + write_scalar(value)
    elif isinstance(node, yaml.ScalarNode):
        refuse_rest(block, key, end)
        key_end = block.at(block.nodes[key][0].end_mark) + 1
        start, new = key_end, _list(block, value)
    else:
        raise EditRefused(f"`{key}` is a list or a map")
    return checked(block, block.text[:start] + new + block.text[end:], {key: value})


def add_items(readme: ReadmeText, key: str, items: Sequence[str]) -> ReadmeText:
    r"""Add items to a list; a single value becomes the first of one.

    Raises
    ------
    EditRefused
        Nothing else could be promised to stay as it is.

    Examples
    --------
    >>> add_items(ReadmeText("---\ntags: [a]\n---\n"), "tags", ["b"]).text
    '---\ntags: [a, b]\n---\n'
    """
    block = read_block(readme)
    present = metadata_of(readme).get(key)
    had = [*present] if isinstance(present, list) else [present] * (present is not None)
    items = [entry for entry in items if entry not in had]
    if not items:
        return readme
    if present is None:
        return set_value(readme, key, items)
    refuse_alias(block, key)
    node = block.nodes[key][1]
    if isinstance(node, yaml.ScalarNode):
        return set_value(readme, key, [*(str(value) for value in had), *items])
    if not isinstance(node, yaml.SequenceNode):
        raise EditRefused(f"`{key}` is a map")
    new = "".join(f", {write_scalar(entry, flow=True)}" for entry in items)
    if node.flow_style:
        place = block.behind(node.value[-1]) if node.value else block.at(node.start_mark) + 1
        new = new if node.value else new[2:]
    else:
        place = block.line_behind(block.behind(node))
        indent = " " * node.start_mark.column
        new = "".join(f"{indent}- {write_scalar(entry)}{readme.line_end}" for entry in items)
    text = block.text[:place] + new + block.text[place:]
    return checked(block, text, {key: [*had, *items]})


def rename_key(readme: ReadmeText, key: str, new: str) -> ReadmeText:
    """Give a value another key.

    Raises
    ------
    EditRefused
        The key is not there, or the new one is.
    """
    block = read_block(readme)
    if key not in block.nodes or new in block.nodes:
        raise EditRefused(f"`{key}` cannot become `{new}`")
    node = block.nodes[key][0]
    text = block.text[: block.at(node.start_mark)] + new + block.text[block.at(node.end_mark) :]
    return checked(block, text, {key: None, new: metadata_of(readme)[key]})


def remove_key(readme: ReadmeText, key: str) -> ReadmeText:
    """Take a key and its value away, with their lines.

    Raises
    ------
    EditRefused
        The key is not there, or a comment would go with it.
    """
    block = read_block(readme)
    if key not in block.nodes:
        raise EditRefused(f"there is no `{key}`")
    name, node = block.nodes[key]
    start = block.at(name.start_mark) - name.start_mark.column
    end = block.line_behind(block.behind(node))
    if "#" in block.text[start:end]:
        raise EditRefused(f"a comment stands beside `{key}`")
    return checked(block, block.text[:start] + block.text[end:], {key: None})


def read_block(readme: ReadmeText) -> MetadataBlock:
    """Find the block and its nodes; refuses what could not be edited safely."""
    start, end = _place(readme)
    source = readme.text[start:end]
    metadata = parse_metadata(_NEWLINE.sub("\n", source))
    if metadata.problems and source.strip():
        raise EditRefused(f"the metadata cannot be edited safely: {metadata.problems[0]}")
    try:
        root = yaml.compose(source, Loader=yaml.SafeLoader)  # C's marks count bytes
    except (yaml.YAMLError, RecursionError) as error:
        raise EditRefused("the metadata cannot be edited safely") from error
    if root is not None and (not isinstance(root, yaml.MappingNode) or root.flow_style):
        raise EditRefused("the metadata are one map in braces")
    nodes = {key.value: (key, value) for key, value in (root.value if root else ())}
    return MetadataBlock(readme, start, end, nodes)


def _place(readme: ReadmeText) -> tuple[int, int]:
    """Start and end of the YAML between the two lines of dashes; raises where there is none."""
    text = readme.text
    parts = split_front_matter(_NEWLINE.sub("\n", text))
    if parts.front_matter is None:
        raise EditRefused("README.md has no metadata block")
    lines = readme.lines()
    dashes = parts.body_line - 1
    first = dashes - parts.front_matter.count("\n")
    return lines[first][0], lines[dashes][0]


def with_block(readme: ReadmeText) -> ReadmeText:
    """The README with an empty block of metadata, where it has none.

    Raises
    ------
    EditRefused
        A block is opened and never closed.
    """
    parts = split_front_matter(_NEWLINE.sub("\n", readme.text))
    if parts.front_matter is not None:
        return readme
    if parts.problems:
        raise EditRefused("the metadata block is never closed")
    end = readme.line_end
    return readme.with_text(f"---{end}---{end}{end if readme.text.strip() else ''}{readme.text}")


def metadata_of(readme: ReadmeText) -> dict[str, object]:
    """What the block says."""
    start, end = _place(readme)
    return dict(parse_metadata(_NEWLINE.sub("\n", readme.text[start:end])).values)


def place_of(block: MetadataBlock, key: str) -> int:
    """Where a new key goes."""
    before = ORDER[: ORDER.index(key)] if key in ORDER else ()
    ends = [block.behind(block.nodes[name][1]) for name in before if name in block.nodes]
    place = block.line_behind(max(ends)) if ends else block.end
    if not ends and key in ORDER and block.nodes:
        first = min(block.at(name.start_mark) for name, _ in block.nodes.values())
        place = first if block.text[block.start : first].strip() == "" else block.end
    return place


def _inserted(block: MetadataBlock, key: str, value: MetadataValue) -> str:
    place = place_of(block, key)
    written = f" {write_scalar(value)}" if isinstance(value, str) else _list(block, value)
    return block.text[:place] + f"{key}:{written}{block.readme.line_end}" + block.text[place:]


def _list(block: MetadataBlock, items: Sequence[str]) -> str:
    end, indent = block.readme.line_end, block.indent()
    return "".join(f"{end}{indent}- {write_scalar(entry)}" for entry in items)


def write_scalar(value: str, *, flow: bool = False) -> str:
    """A text as YAML: plain where every reader takes it for that text."""
    plain = _PLAIN.fullmatch(value) and not _NUMBER.fullmatch(value)
    plain = plain and value.lower() not in _WORDS
    if plain and not (flow and any(mark in value for mark in ",[]{}:")):
        try:
            if load_yaml(f"k: {value}") == {"k": value}:
                return value
        except DataError:
            pass
    if not value.isprintable():
        raise EditRefused("a value that cannot be printed")
    return "'" + value.replace("'", "''") + "'"


def refuse_alias(block: MetadataBlock, key: str) -> None:
    """Refuse what an anchor or an alias shares with another place."""
    name, node = block.nodes[key]
    start, end = block.at(name.end_mark), block.behind(node)
    source = block.text[start : max(end, block.line_behind(start))]
    if end < start or re.search(r"[:\-\[,\s][&*][^\s]", source):
        raise EditRefused(f"`{key}` shares its value by an anchor")


def refuse_rest(block: MetadataBlock, key: str, end: int) -> None:
    """Refuse to replace a value that a comment stands behind."""
    if block.text[end : block.line_behind(end)].strip():
        raise EditRefused(f"a comment stands behind `{key}`")


def checked(block: MetadataBlock, text: str, changed: dict[str, object]) -> ReadmeText:
    """The new README, where it reads as the old one but for what was asked."""
    readme = block.readme.with_text(text)
    wanted = {k: v for k, v in metadata_of(block.readme).items() if k not in changed}
    wanted |= {k: _plain(v) for k, v in changed.items() if v is not None}
    if metadata_of(readme) != wanted:
        raise EditRefused("the metadata would read otherwise than meant")
    return readme


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
