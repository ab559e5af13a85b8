"""No regular expression of the package can be made to backtrack for long by a hostile text.

Told from their structure, not from a clock: a pattern is refused if an unbounded repetition stands
within another, or follows one that can match the same characters with nothing else in between.
"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import cardiogram

if sys.version_info >= (3, 11):
    from re import _constants as constants, _parser as parser
else:
    import sre_constants as constants
    import sre_parse as parser

SOURCE = Path(cardiogram.__file__).parent
ALPHABET = frozenset(chr(code) for code in (*range(1, 256), 0x3042, 0x4E00, 0x2028))
REPEATS = (constants.MAX_REPEAT, constants.MIN_REPEAT)
BOUNDED: dict[str | bytes, str] = {
    r"\..+\.(?:parquet|arrow|toml|jsonl?|html|npy)\.\d+\.tmp": "names of files are short",
    rb"\[(?:[^\[\]\\]|\\.)+\]:[ \t]*\n?[ \t>]*(?:<([^<>\n]*)>|(\S+))?": "nothing fails after `]:`",
    rb"[\s>]*(?:(?:[-+*]|\d{1,9}[.)])\s+)*": "matches everywhere: nothing can fail",
    r"([a-z0-9-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)": "brackets part them",
    r"([a-z-]+)\(([^()]*(?:\([^()]*\)[^()]*)*)\)": "brackets part them",
    r"var\(\s*(--[^\s,()]+)\s*(?:,((?:[^()]|\([^()]*\))*))?\)": "brackets part them",
    r"^([ \t]*(?:- +)*-) *\t[ \t]*(?![^\s'\"#{\[][^#\n]*?:(?:\s|\Z))": "dashes and a tab part them",
    r"(?:\s*(?:(?:text|align|justify|vertical)-(?:align|items|content)|font-(?:weight|style)"
    r"|flex-direction|border(?:-radius)?|padding|line-height|(?:min-|max-)?(?:width|height))"
    r"\s*:[\w.%#\s-]*(?:;|\Z)"
    r"|\s*margin(?:-(?:top|right|bottom|left))?\s*:(?:\s*x){1,4}\s*(?:;|\Z)"
    r"|\s*display\s*:\s*(?:block|flex|inline-block)\s*(?:;|\Z))*\s*": "semicolons part them",
    r"!?\[([^\]\[\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s[^()]*)?\)": "brackets part them",
    r"\n[ \t]*\n(?:[ \t]*\n)+": "the ends of lines part them",
    r"(?m)^( *)(- +)?(?:([A-Za-z_][\w-]{0,99}):(?: +|$))?(.*)$": "nothing can fail",
}
"""Patterns that are excused, with the reason."""


@cache
def patterns() -> Sequence[tuple[str, int, str | bytes]]:
    return list(read_patterns())


def read_patterns() -> Iterator[tuple[str, int, str | bytes]]:
    """Every literal pattern of the package: its file, its line, and itself."""
    for file in sorted(SOURCE.rglob("*.py")):
        tree = ast.parse(file.read_text("utf-8"))
        named = {
            line.targets[0].id: line.value
            for line in tree.body
            if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and re.fullmatch(
                r"re\.\w+|regex", ast.unparse(node.func)
            ):
                pattern = node.args[0] if node.args else None
                if isinstance(pattern, ast.Name):  # compiled when it is first needed
                    pattern = named.get(pattern.id)
                text = _text(pattern) if pattern else None
                if text is not None:
                    yield file.relative_to(SOURCE).as_posix(), node.lineno, text


def _text(node: ast.expr) -> str | bytes | None:
    """A literal text, or a sum of them in which what a call makes is any letter; None for none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(_text(part) or "x") for part in node.values)
    if isinstance(node, ast.BinOp):
        left, right = _text(node.left), _text(node.right)
        if isinstance(left, bytes) or isinstance(right, bytes):
            return bytes(left or b"x") + bytes(right or b"x")
        return None if left is right is None else str(left or "x") + str(right or "x")
    return None


def characters(item: Any) -> frozenset[str]:
    """What a piece of a pattern matches as one character; all of them where it is no set."""
    operation, value = item
    if operation is constants.LITERAL:
        return frozenset(chr(value))
    if operation is constants.IN:
        return _members(value)
    if operation is constants.NOT_LITERAL:
        return ALPHABET - {chr(value)}
    return ALPHABET


def _members(items: Sequence[Any]) -> frozenset[str]:
    negated = items[0][0] is constants.NEGATE
    found: set[str] = set()
    for operation, value in items[negated:]:
        if operation is constants.LITERAL:
            found.add(chr(value))
        elif operation is constants.RANGE:
            found.update(char for char in ALPHABET if value[0] <= ord(char) <= value[1])
        else:
            found.update(char for char in ALPHABET if re.match(_CATEGORIES[str(value)], char))
    return ALPHABET - found if negated else frozenset(found)


_CATEGORIES = {
    f"CATEGORY_{name}": rf"\{letter}"
    for name, letter in (
        ("DIGIT", "d"),
        ("SPACE", "s"),
        ("WORD", "w"),
        ("NOT_DIGIT", "D"),
        ("NOT_SPACE", "S"),
        ("NOT_WORD", "W"),
    )
}


def faults(sequence: Any, within: bool = False) -> list[str]:
    """What is wrong with a parsed pattern, which may stand within an unbounded repetition."""
    found: list[str] = []
    before: frozenset[str] = frozenset()
    for operation, value in sequence:
        repeats = operation in REPEATS and value[1] == constants.MAXREPEAT
        for branch in _inside(operation, value):
            found += faults(branch, within or repeats)
        if repeats:
            body = list(value[2])
            matched = characters(body[0]) if len(body) == 1 else ALPHABET
            if within:
                found.append("a repetition within a repetition")
            if before & matched:
                found.append("two repetitions of the same characters in a row")
            before |= matched
        elif _parts((operation, value), before):
            before = frozenset()
    return found


def _parts(item: Any, before: frozenset[str]) -> bool:
    """Whether a piece surely matches a character that is none of those before."""
    operation, value = item
    if operation in (constants.LITERAL, constants.IN):
        return not before & characters(item)
    if operation is constants.BRANCH:
        return all(any(_parts(one, before) for one in branch) for branch in value[1])
    if operation in REPEATS and value[0] == 0:
        return False
    return any(_parts(one, before) for branch in _inside(operation, value) for one in branch)


def _inside(operation: Any, value: Any) -> list[Any]:
    if operation in REPEATS:
        return [value[2]]
    if operation is constants.SUBPATTERN:
        return [value[3]]
    if operation is constants.BRANCH:
        return list(value[1])
    return [value[1]] if operation in (constants.ASSERT, constants.ASSERT_NOT) else []


def test_no_pattern_can_be_made_to_backtrack_for_long() -> None:
    found = list(patterns())
    assert len(found) > 40
    refused = {
        f"{file}:{line}": (pattern, wrong)
        for file, line, pattern in found
        if pattern not in BOUNDED and (wrong := faults(parser.parse(pattern)))
    }
    assert refused == {}


def test_what_is_excused_is_still_there() -> None:
    assert set(BOUNDED) <= {pattern for _, _, pattern in patterns()}


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(?:a|b*)*c",
        r"\d+\.?\d*\Z",
        r"\s*\s+x",
        r"\w+a\w+!",
        r"(?:\s*x?)*y",
        r"<[^>]* *>",
        r"(a|b+)+$",
    ],
)
def test_what_backtracks_is_seen(pattern: str) -> None:
    assert faults(parser.parse(pattern))


@pytest.mark.parametrize(
    "pattern", [r"a+b+c", r"\d+(?:\.\d*)?\Z", r"\w+/\w+", r"\s*=\s*x", r"<[^<>]*>?", r"[\W_]+"]
)
def test_what_does_not_is_let_pass(pattern: str) -> None:
    assert not faults(parser.parse(pattern))
