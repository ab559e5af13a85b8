"""Python as cards show it: whether it parses, without ever running it."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings

_MAGIC = re.compile(r"^([ \t]*)[!%?].*$", re.MULTILINE)
_SYNTAX = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


def parse_python(text: str) -> ast.Module | str:
    """A snippet's syntax tree, or what is wrong with it.

    Examples
    --------
    >>> parse_python("print(")
    "line 1: '(' was never closed"
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(_python_of(text), "snippet", "exec", _SYNTAX, dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {error.msg}"
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return "too deep, or not a text"
    assert isinstance(tree, ast.Module)
    return tree


def _python_of(text: str) -> str:
    """A snippet without the prompts of a terminal and the magics of a notebook."""
    if text.lstrip().startswith(">>>"):
        lines = [line.strip() for line in text.split("\n")]
        kept = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
        return "\n".join(kept)
    return textwrap.dedent(_MAGIC.sub(r"\1pass", text))
