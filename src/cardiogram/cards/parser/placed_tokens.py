"""markdown-it-py with the places of inline tokens, which it does not note itself."""

from __future__ import annotations

from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock, paragraph
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType

from cardiogram.lazy import regex

_NOTE = regex(r"\[\^([^\]\n]+)\]:")
_REFERENCE = regex(r"\[\^([^\[\]\n]+)\]")
_NOTE_INDENT = 4
_DEEPEST = 20
"""Quotes in each other; of lists half as many. What is nested deeper is read as words."""
_AS_THEY_STAND = frozenset({"text", "html_inline"})


@cache
def make_parser(footnotes: bool) -> MarkdownIt:
    """Make a parser of what GitHub draws; addresses come out as they stand in the source."""
    beyond = _DEEPEST + len(("list", "item"))  # there the library drops what it reads
    parser = _Parser("commonmark", {"strikethrough_single_tilde": True, "maxNesting": beyond})
    parser.enable(["table", "strikethrough"])
    parser.block.ruler.before("table", "deep", _read_deep)
    parser.disable("fragments_join")  # joined words have no place
    if footnotes:
        parser.block.ruler.before(
            "reference", "footnote", _read_footnote, {"alt": ["paragraph", "reference"]}
        )
        parser.inline.ruler.before("link", "footnote", _read_reference)
    return parser


class _Parser(MarkdownIt):
    """A parser whose inline tokens know where they stand."""

    def __init__(self, config: str, options: dict[str, int]) -> None:
        super().__init__(config, options)
        rules = self.get_active_rules()
        self.inline = _PlacedInline()
        self.inline.ruler.enableOnly(rules["inline"])
        self.inline.ruler2.enableOnly(rules["inline2"])

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return True


class _PlacedInline(ParserInline):
    """A parser of inline content, of images as well, that gives each token its place in it."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _Inline(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        _place(state.tokens, src)
        return state.tokens


class _Inline(StateInline):
    """Notes for each token where the parser stood when it was made."""

    begun = -1
    """Where the words begin that are no token yet."""

    def append_pending(self, text: str) -> None:
        if self.begun < 0:
            self.begun = self.pos
        super().append_pending(text)

    def pushPending(self) -> Token:
        token = super().pushPending()
        token.meta["at"], self.begun = self.begun, -1
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        token.meta["at"], self.begun = self.pos, -1
        return token


def _place(tokens: list[Token], source: str) -> None:
    """Give each token its first character and the one behind its last."""
    noted = previous = -1
    for token in tokens:
        at = token.meta["at"]
        if at == noted:  # made in one step with the one before
            token.meta["start"] = previous
        else:
            inside = token.type == "link_open" and token.markup != "autolink"
            token.meta["start"] = at - 1 if inside else at
        noted, previous = at, token.meta["start"] + _width(token)
    end, broken = len(source), False
    for token in reversed(tokens):
        start = token.meta["start"]
        if token.type in ("softbreak", "hardbreak"):
            token.meta["end"] = start + 1
        elif token.type in _AS_THEY_STAND and source.startswith(token.content, start):
            token.meta["end"] = start + len(token.content)
        else:
            token.meta["end"] = start + len(source[start:end].rstrip(" ")) if broken else end
        end, broken = start, token.type == "hardbreak"
        if token.type == "strong_open":
            token.meta["start"] -= 1
        elif token.type == "strong_close":
            token.meta["end"] += 1


def _width(token: Token) -> int:
    """Characters of a token made in one step with others."""
    if token.type == "text":
        return len(token.content) or 1
    return len(token.markup) if token.type in ("s_open", "s_close") else 1


def _read_deep(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """Words, whatever they look like, at a depth that costs more with each line."""
    return state.level >= _DEEPEST and paragraph(state, first, last, silent)


def _read_footnote(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """The definition of a footnote: what is indented by four belongs to it."""
    start = state.bMarks[first] + state.tShift[first]
    note = None if state.is_code_block(first) else _NOTE.match(state.src, start)
    if not note or silent:
        return bool(note)
    state.env.setdefault("notes", set()).add(note[1])
    old = state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType
    place = note.end()
    while place < state.eMarks[first] and state.src[place] in " \t":
        place += 1
    opening = state.push("footnote_open", "section", 1)
    opening.content, opening.markup = note[1], note[0]
    opening.map = lines = [first, 0]
    state.bMarks[first], state.tShift[first] = note.end(), place - note.end()
    state.parentType = "footnote"
    state.blkIndent += _NOTE_INDENT
    state.sCount[first] = state.blkIndent
    state.md.block.tokenize(state, first, last)
    state.blkIndent -= _NOTE_INDENT
    state.bMarks[first], state.tShift[first], state.sCount[first], state.parentType = old
    lines[1] = state.line
    state.push("footnote_close", "section", -1).content = note[1]
    return True


def _read_reference(state: StateInline, silent: bool) -> bool:
    """A reference to a footnote that there is."""
    if state.src[state.pos] != "[":
        return False
    note = _REFERENCE.match(state.src, state.pos, state.posMax)
    if not note or note[1] not in state.env.get("notes", ()):
        return False
    if not silent:
        state.push("footnote_reference", "", 0).content = note[1]
    state.pos = note.end()
    return True
