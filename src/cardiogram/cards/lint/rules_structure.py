"""Rules on the outline and on code: headings, fences, and snippets that run."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from cardiogram.cards.features import parse_python
from cardiogram.cards.lint.findings import MODELS, Breach, Edit, LintedCard, Rule
from cardiogram.cards.markdown import parse_document
from cardiogram.cards.problems import explain_problem
from cardiogram.lazy import regex

_FENCE = regex(r" {0,3}(`{3,}|~{3,})[ \t]*")
_PYTHON = frozenset(("python", "py", "python3", "python3.10", "ipython"))
_LOADED = regex(
    r"""(?:from_pretrained|load_from_hub|SentenceTransformer|CrossEncoder|load_model)\(\s*"""
    r"""(?:repo_id\s*=\s*|model\s*=\s*)?["']([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})["']"""
    r"""|\bmodel\s*=\s*["']([A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})["']"""
)
_TAKEN = regex(
    r"""(?:from_pretrained|load_(?:model|checkpoint|\w{0,9}weights|state_dict|from_\w{2,9}|learner)"""
    r"""|\.load|hf_hub_download|YOLO|SentenceTransformer|CrossEncoder"""
    r"""|InferenceSession|\bLlama)\(\s{0,9}(?:\w{1,30}\s?=\s?)?["']([^"'\n]{3,200})["']"""
    r"""|\b(?:model|checkpoint|repo)(?:_id|_name|_path|_dir)?\s?=\s?["']([^"'\n]{3,200})["']"""
)
_MADE_UP = ("path/", "your", "my_", "<", "username/", "user/", "./")
_LONGEST = 100_000
_TITLE = 80
"""Letters beyond which a heading is a paragraph by mistake."""
_LETTERS = regex(r"[^\W\d_]{3,}")
_MADE_OF_ANYTHING = frozenset(
    """
    about animal available based card classification classifier custom deep demo description
    details detection example fine finetuned from general image images introduction language
    large learning model models multi network neural object overview plant pretrained project
    simple small structure system table text tool trained tuned using version with
    """.split()  # noqa: SIM905
)
"""Words of titles that say nothing of a model's subject, or name a class of subjects."""


def _no_title(source: LintedCard) -> Iterator[Breach]:
    blocks = source.card.document.blocks
    if blocks and not any(b.kind == "heading" and b.level == 1 for b in blocks):
        yield Breach(source.card.body_line + 1, "no title (a heading of level 1).")


def _jumps(source: LintedCard) -> Iterator[Breach]:
    above = 0
    for block in source.card.document.blocks:
        if block.kind != "heading" or block.style == "bold":
            continue
        if above and block.level > above + 1:
            yield Breach(block.line, f"level {block.level} follows level {above}.")
        above = block.level


def _empty_sections(source: LintedCard) -> Iterator[Breach]:
    """Headings with nothing below them but the next heading of their rank, or the end."""
    headings = [b for b in source.card.document.blocks if b.kind == "heading" and b.style != "bold"]
    lines = source.card.text.split("\n")
    for number, block in enumerate(headings):
        following = headings[number + 1] if number + 1 < len(headings) else None
        if block.level == 1 or (following and following.level > block.level):
            continue  # a title, or the heading above its sections
        end = following.line - 1 if following else len(lines)
        below = "\n".join(lines[block.last_line : end])
        if not _without_comments(below).strip(" \n\t=-_*"):
            dashes = lines[block.last_line - 1].strip(" \t")
            if len(block.text) > _TITLE and set(dashes) in ({"-"}, {"="}):
                words = "the line of dashes below this paragraph makes it a heading."
                yield Breach(block.last_line, words)
            else:
                yield Breach(block.line, f"nothing stands below {block.text[:60]!r}.")


def _without_comments(text: str) -> str:
    """A text without its HTML comments, in one pass."""
    parts, place = [], 0
    while (opened := text.find("<!--", place)) >= 0:
        parts.append(text[place:opened])
        closed = text.find("-->", opened)
        if closed < 0:
            return "".join(parts)
        place = closed + 3
    return "".join([*parts, text[place:]])


def _unclosed(source: LintedCard) -> Iterator[Breach]:
    line = source.card.document.unclosed_fence
    if not line:
        return
    words = f"{explain_problem(f'unclosed_fence: line {line}')}."
    yield Breach(line, words, _closing(source, line))


def _closing(source: LintedCard, line: int) -> tuple[Edit, ...]:
    """Edit that closes a fence at the end of the file, where that does close it."""
    card = source.card
    lines = card.text.split("\n")
    opened = _FENCE.match(lines[line - 1]) if line <= len(lines) else None
    if not source.lines or opened is None:
        return ()
    body = card.body if card.body.endswith("\n") else f"{card.body}\n"
    if parse_document(f"{body}{opened[1]}\n", card.body_line).unclosed_fence:
        return ()
    end = source.line_end()
    ended = source.raw.endswith((b"\n", b"\r"))
    new = (b"" if ended else end) + opened[1].encode() + end
    return (Edit(len(source.raw), len(source.raw), new),)


def _no_language(source: LintedCard) -> Iterator[Breach]:
    lines = source.card.text.split("\n")
    for block in source.card.document.blocks:
        if block.kind != "code" or block.info:
            continue
        opened = _FENCE.match(lines[block.line - 1])
        if opened is None:  # code by its indent
            continue
        language = guess_language(block.text)
        hint = f" It is {language}." if language else ""
        edits = (
            source.replace(
                block.line,
                opened.start(1),
                opened[1].encode(),
                f"{opened[1]}{language.lower()}".encode(),
            )
            if language
            else ()
        )
        yield Breach(block.line, f"a code fence names no language.{hint}", edits)


def guess_language(text: str) -> str:
    """Language of a snippet, where only one can be meant; else "".

    Examples
    --------
    >>> guess_language("import torch"), guess_language('{"a": 1}'), guess_language("hello")
    ('Python', 'JSON', '')
    """
    if len(text) > _LONGEST:
        return ""
    if text.lstrip()[:1] in ("{", "["):
        return "JSON" if _is_json(text) else ""
    if _is_python(text):
        return "Python"
    return "YAML" if _is_yaml(text) else ""


def _is_json(text: str) -> bool:
    try:
        return bool(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _is_python(text: str) -> bool:
    """Whether it parses and has a statement that no other language has."""
    tree = parse_python(text)
    if isinstance(tree, str):
        return False
    kinds = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.With)
    return any(isinstance(node, kinds) for node in tree.body)


def _is_yaml(text: str) -> bool:
    """Whether it is a map of several keys, one of which holds a list or a map."""
    from cardiogram.cards.front_matter import parse_metadata

    metadata = parse_metadata(text)
    values = metadata.values
    nested = any(isinstance(value, list | dict) and value for value in values.values())
    return not metadata.problems and len(values) > 1 and nested and ": \n" not in text


def _broken(source: LintedCard) -> Iterator[Breach]:
    for block in source.card.document.blocks:
        words = block.info.replace("{", " ").replace("}", " ").replace(".", " ").split()
        if block.kind != "code" or not words or words[0] not in _PYTHON:
            continue
        if len(block.text) > _LONGEST:
            continue
        fault = parse_python(block.text)
        if isinstance(fault, str):
            yield Breach(block.line, f"this Python does not parse ({fault}).")


def _other_model(source: LintedCard) -> Iterator[Breach]:
    """Code that loads other models and nowhere this one."""
    card = source.card
    own = card.id.lower()
    blocks = [b for b in card.document.blocks if b.kind == "code"]
    if "/" not in own or any(own in b.text.lower() for b in blocks):
        return
    bases = {base.lower() for base in card.metadata.texts("base_model")}
    name = own.rpartition("/")[2]
    for block in blocks:
        for load in _LOADED.finditer(block.text):
            other = (load[1] or load[2]).lower()
            if other in bases or other.startswith(_MADE_UP):
                return
            hint = " (this one under another owner?)" if other.rpartition("/")[2] == name else ""
            yield Breach(
                block.line, f"the code loads {load[1] or load[2]!r}, not {card.id!r}{hint}."
            )
            return


def _placeholder_model(source: LintedCard) -> Iterator[Breach]:
    """Code that takes the model from a path or an id that somebody has to fill in."""
    own = re.compile(rf"(?<![\w/-]){re.escape(source.card.id)}", re.I)
    blocks = [b for b in source.card.document.blocks if b.kind == "code"]
    if source.card.id and any(own.search(b.text) for b in blocks):
        return
    for block in blocks:
        for taken in _TAKEN.finditer(block.text):
            path = taken[1] or taken[2]
            if _is_made_up(path):
                line = block.line + block.text.count("\n", 0, taken.start()) + bool(block.info)
                yield Breach(line, f"the code takes the model from a placeholder: {path[:60]!r}.")
                return


def _is_made_up(path: str) -> bool:
    """Whether a path or an id tells its reader to put another in its place.

    >>> _is_made_up("path_to_saved_model.pth"), _is_made_up("your-name/x"), _is_made_up("a/b.pth")
    (True, True, False)
    """
    words = re.findall("[a-z]+", path.lower())
    pairs = pairwise(words)
    return "your" in words or ("path", "to") in pairs or words[:1] == ["username"]


def _other_subject(source: LintedCard) -> Iterator[Breach]:
    """A title whose subject is nowhere below it, where another stands before the same word."""
    card = source.card
    title = next((b for b in card.document.blocks if b.kind == "heading" and b.level == 1), None)
    if title is None or len(card.body) > _LONGEST:
        return
    texts = [b.text for b in card.document.blocks if b is not title and b.kind != "code"]
    below = " ".join(texts).lower()
    named = f"{card.id} {' '.join(map(str, card.metadata.values.values()))}".lower()
    own = _LETTERS.findall(title.text.lower())
    strange = {w for w in own if len(w) > 3 and w[:5] not in below and w[:5] not in named}
    if not strange.difference(_MADE_OF_ANYTHING):
        return
    words = _LETTERS.findall(below)
    known = re.sub(r"[\W_]+", "", f"{below}{named}")
    for word, follows in pairwise(own):
        if word not in strange or word in _MADE_OF_ANYTHING or word[:5] in known:
            continue
        pairs = pairwise(words)
        before = Counter(first for first, second in pairs if second == follows)
        other, count = max(before.items(), key=lambda pair: pair[1], default=("", 0))
        usual = 2 * count >= before.total() and count >= (2 if other in named else 3)
        if usual and len(other) > 3 and other not in _MADE_OF_ANYTHING.union(own):
            said = f"the title says '{word} {follows}', the text '{other} {follows}'"
            yield Breach(title.line, f"{said} ({count} times).")
            return


RULES: tuple[Rule, ...] = (
    Rule("CG301", "title-missing", "note", _no_title),
    Rule("CG302", "heading-jump", "note", _jumps),
    Rule("CG303", "section-empty", "warning", _empty_sections),
    Rule("CG304", "fence-unclosed", "error", _unclosed),
    Rule("CG305", "title-of-another", "warning", _other_subject),
    Rule("CG401", "fence-without-language", "note", _no_language),
    Rule("CG402", "python-broken", "warning", _broken),
    Rule("CG403", "other-model", "warning", _other_model, of=MODELS),
    Rule("CG404", "placeholder-model", "warning", _placeholder_model, of=MODELS),
)
"""Rules CG3xx and CG4xx."""
