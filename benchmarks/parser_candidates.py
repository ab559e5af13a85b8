"""The Markdown parsers that markdown_parsers.py compares: each gives the blocks of a document.

Every maker imports its parser itself, so that those which are missing can be skipped. Parsers
that give only HTML pay for `html.parser` here, because cardiogram would have to.
"""

from __future__ import annotations

import importlib
from bisect import bisect_right
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

REFERENCE = "cmarkgfm"
UNSAFE_SCHEMES = ("javascript:", "vbscript:", "file:", "data:")


class Block(NamedTuple):
    """One piece of a document's structure."""

    kind: str
    key: tuple[object, ...]
    line: int | None
    bare: bool = False


@dataclass
class _Open:
    """A piece that has begun and not yet ended."""

    kind: str
    detail: str
    line: int | None
    slot: int
    text_from: int
    count: int = 0
    width: int = 0


class Collector:
    """Build the blocks of one document from start, text and end calls.

    The kinds are ``heading`` (detail: level), ``code`` (detail: info string), ``table``,
    ``row``, ``cell``, ``list``, ``item``, ``link`` and ``image`` (detail: address).
    """

    def __init__(self) -> None:
        self.blocks: list[Block | None] = []
        self._open: list[_Open] = []
        self._pieces: list[str] = []

    def start(self, kind: str, detail: str = "", line: int | None = None) -> None:
        """Begin a piece, which keeps its place in document order."""
        self._open.append(_Open(kind, detail, line, len(self.blocks), len(self._pieces)))
        if kind not in ("row", "cell", "item"):
            self.blocks.append(None)

    def text(self, text: str) -> None:
        """Add text to every piece that is open."""
        self._pieces.append(text)

    def end(self, kind: str) -> None:
        """End the innermost piece of a kind; do nothing if none is open."""
        for index in range(len(self._open) - 1, -1, -1):
            if self._open[index].kind == kind:
                self._close(self._open.pop(index), self._open[:index])
                return

    def finish(self) -> list[Block]:
        """Return the blocks in document order."""
        return [block for block in self.blocks if block is not None]

    def _close(self, piece: _Open, outer: Sequence[_Open]) -> None:
        text = "".join(self._pieces[piece.text_from :])
        match piece.kind:
            case "cell" | "item":
                _count(outer, "row" if piece.kind == "cell" else "list")
            case "row":
                _count(outer, "table", piece.count)
            case "image":
                del self._pieces[piece.text_from :]
                self.blocks[piece.slot] = Block("image", (_address(piece.detail),), piece.line)
            case _:
                self.blocks[piece.slot] = _finished(piece, text)


def _count(outer: Sequence[_Open], kind: str, width: int = 0) -> None:
    for piece in reversed(outer):
        if piece.kind == kind:
            piece.count += 1
            piece.width = max(piece.width, width)
            return


def _finished(piece: _Open, text: str) -> Block:
    match piece.kind:
        case "heading":
            key: tuple[object, ...] = (int(piece.detail), " ".join(text.split()))
        case "code":
            key = (next(iter(piece.detail.split()), ""), text.rstrip("\n"))
        case "table":
            key = (piece.count, piece.width)
        case "list":
            key = (piece.count,)
        case _:
            address = _address(piece.detail)
            bare = address.removeprefix("http://") == _address(text).removeprefix("http://")
            return Block(piece.kind, (address,), piece.line, bare)
    return Block(piece.kind, key, piece.line)


def _address(address: str) -> str:
    address = unquote(address.strip()).removeprefix("mailto:")
    return "" if address.lower().startswith(UNSAFE_SCHEMES) else address


class HtmlStructure(HTMLParser):
    """Read the structure back from rendered HTML that carries no raw HTML."""

    _KINDS = {  # noqa: RUF012 - a constant
        **{f"h{level}": "heading" for level in range(1, 7)},
        **{"table": "table", "tr": "row", "td": "cell", "th": "cell"},
        **{"ul": "list", "ol": "list", "li": "item", "a": "link"},
    }

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.collector = Collector()
        self._fence: int | None = None
        self._in_fence = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin the piece that a tag stands for."""
        values = {name: value or "" for name, value in attrs}
        position = values.get("data-sourcepos", "").partition(":")[0]
        line = int(position) if position else None
        if tag == "pre":
            self._in_fence, self._fence = True, line
        elif tag == "code" and self._in_fence:
            language = values.get("class", "").removeprefix("language-")
            self.collector.start("code", language, self._fence)
        elif tag == "img":
            self.collector.start("image", values.get("src", ""), line)
            self.collector.end("image")
        elif kind := self._KINDS.get(tag):
            detail = tag[1:] if kind == "heading" else values.get("href", "")
            self.collector.start(kind, detail, line)

    def handle_endtag(self, tag: str) -> None:
        """End the piece that a tag stands for."""
        if tag == "pre":
            self._in_fence = False
        elif tag == "code" and self._in_fence:
            self.collector.end("code")
        elif kind := self._KINDS.get(tag):
            self.collector.end(kind)

    def handle_data(self, data: str) -> None:
        """Add text."""
        self.collector.text(data)


def _from_html(html: str) -> list[Block]:
    reader = HtmlStructure()
    reader.feed(html)
    reader.close()
    return reader.collector.finish()


class Lines:
    """Turn offsets into line numbers that start at 1."""

    def __init__(self, text: str | bytes) -> None:
        newline = "\n" if isinstance(text, str) else b"\n"
        self._starts = [0]
        for line in text.split(newline):  # type: ignore[arg-type]
            self._starts.append(self._starts[-1] + len(line) + 1)

    def at(self, offset: int) -> int:
        """Return the number of the line that holds an offset."""
        return bisect_right(self._starts, offset)


class Candidate(NamedTuple):
    """A parser, made ready: its two jobs, and whether it knows positions in the source."""

    structure: Callable[[str], list[Block]]
    html: Callable[[str], str]
    positions: str


def make_cmarkgfm() -> Candidate:
    """Make cmark-gfm (C), which is also the reference."""
    cmark = importlib.import_module("cmarkgfm.cmark")
    extensions = ["table", "strikethrough", "autolink"]
    sourcepos = cmark.Options.CMARK_OPT_SOURCEPOS

    def html(text: str) -> str:
        return str(cmark.markdown_to_html_with_extensions(text, 0, extensions))

    def structure(text: str) -> list[Block]:
        render = cmark.markdown_to_html_with_extensions
        return _from_html(render(text, sourcepos, extensions))

    return Candidate(structure, html, "lines and columns, as HTML attributes")


def make_comrak() -> Candidate:
    """Make comrak (Rust), a port of cmark-gfm."""
    comrak = importlib.import_module("comrak")
    extension, parse = comrak.ExtensionOptions(), comrak.ParseOptions()
    extension.table = extension.strikethrough = extension.autolink = True
    plain, located = comrak.RenderOptions(), comrak.RenderOptions()
    located.sourcepos = True

    def html(text: str) -> str:
        return str(comrak.render_markdown(text, extension, parse, plain))

    def structure(text: str) -> list[Block]:
        return _from_html(comrak.render_markdown(text, extension, parse, located))

    return Candidate(structure, html, "lines and columns, as HTML attributes")


def make_pyromark() -> Candidate:
    """Make pyromark (Rust, pulldown-cmark), whose events carry ranges of UTF-8 bytes."""
    pyromark = importlib.import_module("pyromark")
    options = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH
    markdown = pyromark.Markdown(options=options)

    def structure(text: str) -> list[Block]:
        collector, lines = Collector(), Lines(text.encode())
        for event, span in markdown.events_with_range(text):
            if isinstance(event, str):
                collector.text(" ")
                continue
            ((name, value),) = event.items()
            if name in ("Text", "Code"):
                collector.text(value)
            elif name == "Start":
                if piece := _pyromark_piece(value):
                    collector.start(*piece, lines.at(span["start"]))
            elif name == "End" and (kind := _PYROMARK.get(_tag(value))):
                if value == "TableHead":
                    collector.end("row")
                else:
                    collector.end(kind)
        return collector.finish()

    return Candidate(structure, markdown.html, "byte offsets of every event")


_PYROMARK = {
    **{"Heading": "heading", "CodeBlock": "code", "Table": "table", "TableHead": "row"},
    **{"TableRow": "row", "TableCell": "cell", "List": "list", "Item": "item"},
    **{"Link": "link", "Image": "image"},
}


def _tag(tag: str | dict[str, object]) -> str:
    return tag if isinstance(tag, str) else next(iter(tag))


def _pyromark_piece(tag: Any) -> tuple[str, str] | None:
    name = _tag(tag)
    kind = _PYROMARK.get(name)
    if kind is None:
        return None
    match name:
        case "Heading":
            return kind, tag[name]["level"][1:]
        case "CodeBlock":
            return kind, tag[name]["Fenced"] if isinstance(tag[name], dict) else ""
        case "Link" | "Image":
            return kind, tag[name]["dest_url"]
    return kind, ""


def make_markdown_it() -> Candidate:
    """Make markdown-it-py (Python), with its preset for GitHub."""
    module = importlib.import_module("markdown_it")
    importlib.import_module("linkify_it")
    markdown = module.MarkdownIt("gfm-like")

    def structure(text: str) -> list[Block]:
        collector = Collector()
        _walk_markdown_it(markdown.parse(text), collector, None)
        return collector.finish()

    return Candidate(structure, markdown.render, "lines of blocks only")


_MARKDOWN_IT = {
    **{"heading": "heading", "table": "table", "tr": "row", "th": "cell", "td": "cell"},
    **{"bullet_list": "list", "ordered_list": "list", "list_item": "item", "link": "link"},
}


def _walk_markdown_it(tokens: Iterable[Any], collector: Collector, block_line: int | None) -> None:
    for token in tokens:
        line = token.map[0] + 1 if token.map else block_line
        name, _, side = token.type.rpartition("_")
        match token.type:
            case "inline":
                _walk_markdown_it(token.children or (), collector, line)
            case "fence" | "code_block":
                collector.start("code", token.info, line)
                collector.text(token.content)
                collector.end("code")
            case "image":
                collector.start("image", token.attrs["src"], line)
                collector.end("image")
            case "text" | "text_special" | "code_inline":
                collector.text(token.content)
            case "softbreak" | "hardbreak":
                collector.text(" ")
            case _ if kind := _MARKDOWN_IT.get(name):
                if side == "open":
                    detail = token.tag[1:] if kind == "heading" else token.attrs.get("href", "")
                    collector.start(kind, detail, line)
                else:
                    collector.end(kind)


def make_mistune() -> Candidate:
    """Make mistune (Python), with its syntax tree."""
    mistune = importlib.import_module("mistune")
    plugins = ["table", "strikethrough", "url"]
    parse = mistune.create_markdown(renderer=None, plugins=plugins)
    render = mistune.create_markdown(renderer="html", plugins=plugins)

    def structure(text: str) -> list[Block]:
        collector = Collector()
        _walk_mistune(parse(text), collector)
        return collector.finish()

    return Candidate(structure, render, "no")


_MISTUNE = {
    **{"heading": "heading", "block_code": "code", "table": "table", "table_head": "row"},
    **{"table_row": "row", "table_cell": "cell", "list": "list", "list_item": "item"},
    **{"link": "link", "image": "image"},
}


def _walk_mistune(nodes: Iterable[dict[str, Any]], collector: Collector) -> None:
    for node in nodes:
        name, attrs = node["type"], node.get("attrs", {})
        kind = _MISTUNE.get(name)
        if kind:
            detail = attrs.get("level") or attrs.get("info") or attrs.get("url") or ""
            collector.start(kind, str(detail))
        if name in ("text", "codespan", "block_code"):
            collector.text(node["raw"])
        elif name in ("softbreak", "linebreak"):
            collector.text(" ")
        _walk_mistune(node.get("children", ()), collector)
        if kind:
            collector.end(kind)


def make_marko() -> Candidate:
    """Make marko (Python), with its extension for GitHub."""
    marko = importlib.import_module("marko")
    markdown = marko.Markdown(extensions=["gfm"])

    def structure(text: str) -> list[Block]:
        collector, lines = Collector(), Lines(text)
        _walk_marko(markdown.parse(text), collector, lines)
        return collector.finish()

    return Candidate(structure, markdown.convert, "character offsets of most nodes")


_MARKO = {
    **{"Heading": "heading", "SetextHeading": "heading", "FencedCode": "code"},
    **{"CodeBlock": "code", "Table": "table", "TableRow": "row", "TableCell": "cell"},
    **{"List": "list", "ListItem": "item", "Link": "link", "AutoLink": "link", "Url": "link"},
    **{"Image": "image"},
}


def _walk_marko(node: Any, collector: Collector, lines: Lines) -> None:
    name = node.get_type()
    kind = _MARKO.get(name)
    if kind:
        detail = getattr(node, "level", None) or getattr(node, "dest", None)
        span = getattr(node, "source_span", None)
        collector.start(
            kind,
            str(detail or getattr(node, "lang", "") or ""),
            lines.at(span[0]) if span else None,
        )
    children = getattr(node, "children", None)
    if name == "LineBreak":
        collector.text(" ")
    elif isinstance(children, str):
        if name not in ("InlineHTML", "HTMLBlock"):
            collector.text(children)
    elif children is not None:
        for child in children:
            _walk_marko(child, collector, lines)
    if kind:
        collector.end(kind)


def make_mistletoe() -> Candidate:
    """Make mistletoe (Python), whose blocks know their line."""
    mistletoe = importlib.import_module("mistletoe")

    def structure(text: str) -> list[Block]:
        collector = Collector()
        with mistletoe.HtmlRenderer():
            _walk_mistletoe(mistletoe.Document(text), collector)
        return collector.finish()

    return Candidate(structure, mistletoe.markdown, "lines of blocks only")


_MISTLETOE = {
    **{"Heading": "heading", "SetextHeading": "heading", "CodeFence": "code"},
    **{"BlockCode": "code", "Table": "table", "TableRow": "row", "TableCell": "cell"},
    **{"List": "list", "ListItem": "item", "Link": "link", "AutoLink": "link"},
    **{"Image": "image"},
}


def _walk_mistletoe(node: Any, collector: Collector) -> None:
    name = type(node).__name__
    if name.startswith("Html"):
        return
    kind = _MISTLETOE.get(name)
    if kind:
        names = ("level", "language", "target", "src")
        detail = next((str(getattr(node, name)) for name in names if hasattr(node, name)), "")
        collector.start(kind, detail, getattr(node, "line_number", None))
    if name == "LineBreak":
        collector.text(" ")
    elif name == "RawText":
        collector.text(node.content)
    if name == "Table" and hasattr(node, "header"):
        _walk_mistletoe(node.header, collector)
    for child in node.children or ():
        _walk_mistletoe(child, collector)
    if kind:
        collector.end(kind)


def make_python_markdown() -> Candidate:
    """Make Python-Markdown (Python), which follows the rules of 2004, not CommonMark."""
    module = importlib.import_module("markdown")
    names = ["tables", "fenced_code", "sane_lists"]
    render = module.Markdown(extensions=names)
    parse = module.Markdown(extensions=names)
    processor: type = importlib.import_module("markdown.treeprocessors").Treeprocessor

    def drop_raw_html(self: Any, _root: object) -> None:
        stash = self.md.htmlStash
        stash.rawHtmlBlocks = [
            raw if str(raw).startswith("<pre><code") else "" for raw in stash.rawHtmlBlocks
        ]

    parse.treeprocessors.register(
        type("DropRawHtml", (processor,), {"run": drop_raw_html})(parse), "drop_raw_html", -1
    )

    def html(text: str) -> str:
        return str(render.reset().convert(text))

    def structure(text: str) -> list[Block]:
        return _from_html(parse.reset().convert(text))

    return Candidate(structure, html, "no")


# Name of the distribution, and how to make it. The reference is the first.
CANDIDATES: dict[str, Callable[[], Candidate]] = {
    REFERENCE: make_cmarkgfm,
    "pyromark": make_pyromark,
    "comrak": make_comrak,
    "markdown-it-py": make_markdown_it,
    "mistune": make_mistune,
    "marko": make_marko,
    "mistletoe": make_mistletoe,
    "Markdown": make_python_markdown,
}
