"""Remake ``src/cardiogram/data/hub/vocabulary.json`` from the Hub's own published lists.

The script reads local files only; fetching them is left to the person who runs it:

1. ``npm pack @huggingface/tasks @huggingface/languages``, each unpacked into a folder
   (the folder that holds ``package.json``);
2. ``docs/hub/repositories-licenses.md`` of the hub-docs repository, at a known commit.

Then::

    python tools/vendor_vocabulary.py --tasks TASKS --tasks-date 2026-09-29
        --languages LANGUAGES --languages-date 2026-03-21
        --licenses repositories-licenses.md --licenses-commit 3ed530b6... --licenses-date 2026-06-02
        --date 2026-11-23 src/cardiogram/data/hub/vocabulary.json

The same inputs give the same bytes. A list that comes out empty or malformed stops the run
before anything is written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from textwrap import wrap
from typing import TypeAlias

Literal: TypeAlias = "str | bool | list[Literal] | dict[str, Literal] | None"
Vocabulary: TypeAlias = dict[str, object]

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`)
    |(?P<name>[\w$.]+)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9A-Fa-f]+)\}|u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL
)
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CLOSING = {"{": "}", "[": "]", "(": ")"}
_REGION = re.compile(r"<!-- region licenses -->(.*?)<!-- endregion -->", re.DOTALL)
_ROW = re.compile(r"^\|\s*(?P<name>[^|`]+?)\s*\|\s*`(?P<id>[^`|]+)`\s*\|", re.MULTILINE)
_TABLE_LINE = re.compile(r"^\|", re.MULTILINE)


class VendorError(ValueError):
    """An input does not have the form that this script reads."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where one list comes from; written into the file as it is."""

    name: str
    version: str
    date: str
    licence: str
    what: str


# Hub-docs gives these four values in prose only, so they are written out here by hand: no other
# input changes them. To renew them, read that page and change both constants.
BASE_MODEL_RELATIONS = ("adapter", "finetune", "merge", "quantized")
BASE_MODEL_RELATIONS_SOURCE = Source(
    name="huggingface/hub-docs docs/hub/model-cards.md",
    version="as quoted in huggingface_hub issue 3985",
    date="2026-03-27",
    licence="Apache-2.0",
    what="base_model_relations",
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """The unpacked sources, and the dates that the files themselves do not carry."""

    tasks: Path
    tasks_date: str
    languages: Path
    languages_date: str
    licenses: Path
    licenses_commit: str
    licenses_date: str
    date: str


class _LiteralReader:
    """Reads one JavaScript literal; an expression that is no literal becomes ``None``."""

    def __init__(self, source: str, start: int) -> None:
        self._source = source
        self._at = start

    def read(self) -> Literal:
        """Read the value at the current place, and what trails it (``as const``, a call)."""
        kind, text = self._peek()
        value: Literal = None
        if text == "{":
            value = self._object()
        elif text == "[":
            value = self._array()
        elif kind == "string":
            self._next()
            value = _unescape(text[1:-1])
        elif text in ("true", "false"):
            self._next()
            value = text == "true"
        self._skip_expression()
        return value

    def _object(self) -> dict[str, Literal]:
        self._next()
        found: dict[str, Literal] = {}
        while self._peek()[1] != "}":
            kind, text = self._next()
            if kind not in ("string", "name"):
                raise VendorError(f"a key was expected at character {self._at}, not {text!r}")
            key = _unescape(text[1:-1]) if kind == "string" else text
            if self._peek()[1] == ":":
                self._next()
                found[key] = self.read()
            else:  # shorthand or a method: nothing that a list of names needs
                self._skip_expression()
                found[key] = None
            self._skip_comma()
        self._next()
        return found

    def _array(self) -> list[Literal]:
        self._next()
        found: list[Literal] = []
        while self._peek()[1] != "]":
            found.append(self.read())
            self._skip_comma()
        self._next()
        return found

    def _skip_comma(self) -> None:
        if self._peek()[1] == ",":
            self._next()

    def _skip_expression(self) -> None:
        """Go to the comma, semicolon or bracket that ends the current value."""
        open_brackets: list[str] = []
        while True:
            kind, text = self._peek()
            if kind == "mark":
                if open_brackets and text == open_brackets[-1]:
                    open_brackets.pop()
                elif text in _CLOSING:
                    open_brackets.append(_CLOSING[text])
                elif not open_brackets and text in ",;}])":
                    return
            self._next()

    def _peek(self) -> tuple[str, str]:
        found = _TOKEN.match(self._source, self._at)
        while found is not None and found.lastgroup == "skip":
            self._at = found.end()
            found = _TOKEN.match(self._source, self._at)
        if found is None:
            raise VendorError("the source ends inside a literal")
        return str(found.lastgroup), found.group()

    def _next(self) -> tuple[str, str]:
        token = self._peek()
        self._at += len(token[1])
        return token


def _unescape(text: str) -> str:
    def replace(found: re.Match[str]) -> str:
        digits = found[1] or found[2] or found[3]
        return chr(int(digits, 16)) if digits else _SIMPLE_ESCAPES.get(found[4], found[4])

    return _ESCAPE.sub(replace, text)


def read_constant(source: str, name: str) -> dict[str, Literal]:
    """Read the object that a JavaScript or TypeScript source binds to a name.

    Parameters
    ----------
    source
        The text of the file.
    name
        The name after ``const`` or ``var``.

    Returns
    -------
    dict
        The object; values that are not literals (functions, references, numbers) are ``None``.

    Raises
    ------
    VendorError
        If the name is not bound to an object, or the object is not one that can be read.

    Examples
    --------
    >>> read_constant('export const A = { b: ["c"], d: f(1) } as const;', "A")
    {'b': ['c'], 'd': None}
    """
    found = re.search(
        rf"^(?:export )?(?:const|var) {name}\b[^=\n]*=\s*(?=\{{)", source, re.MULTILINE
    )
    if found is None:
        raise VendorError(f"{name} is not bound to an object")
    value = _LiteralReader(source, found.end()).read()
    if not isinstance(value, dict) or not value:
        raise VendorError(f"{name} is empty")
    return value


def read_enum(source: str, name: str) -> list[str]:
    """Read the member names of a TypeScript enum, sorted.

    Parameters
    ----------
    source
        The text of the file.
    name
        The enum's name.

    Returns
    -------
    list of str
        The names of its members.

    Raises
    ------
    VendorError
        If there is no such enum, or it has no members.

    Examples
    --------
    >>> read_enum("export enum Q { F32 = 0, F16 = 1 }", "Q")
    ['F16', 'F32']
    """
    found = re.search(rf"\benum {name}\s*\{{(.*?)\}}", source, re.DOTALL)
    members = re.findall(r"^\s*(\w+)\s*=", _split_members(found[1]), re.MULTILINE) if found else []
    if not members:
        raise VendorError(f"no enum {name} with members")
    return sorted(members)


def _split_members(body: str) -> str:
    return re.sub(r"//[^\n]*", "", body).replace(",", "\n")


def read_licenses(markdown: str) -> dict[str, str]:
    r"""Read the licence table of hub-docs.

    Parameters
    ----------
    markdown
        The text of ``repositories-licenses.md``.

    Returns
    -------
    dict
        Full name by licence id.

    Raises
    ------
    VendorError
        If the marked region is missing, a row cannot be read, or an id is there twice.

    Examples
    --------
    >>> table = "| Fullname | Identifier |\n| --- | --- |\n| MIT | `mit` |"
    >>> read_licenses(f"<!-- region licenses -->\n{table}\n<!-- endregion -->")
    {'mit': 'MIT'}
    """
    region = _REGION.search(markdown)
    if region is None:
        raise VendorError("no '<!-- region licenses -->' block in the licence page")
    rows = [(row["id"], row["name"]) for row in _ROW.finditer(region[1])]
    expected = len(_TABLE_LINE.findall(region[1])) - 2  # the heading and the rule under it
    if not rows or len(rows) != expected or len(dict(rows)) != expected:
        raise VendorError(f"read {len(dict(rows))} licence ids from {expected} rows")
    return {key: re.sub(r"\\([*_|])", r"\1", name) for key, name in rows}


def make_vocabulary(inputs: Inputs) -> Vocabulary:
    """Extract every list from the unpacked sources.

    Parameters
    ----------
    inputs
        Where the sources are.

    Returns
    -------
    dict
        The content of ``vocabulary.json``.

    Raises
    ------
    VendorError
        If a source does not have the form that this script reads.
    """
    pipelines = read_constant(_read(inputs.tasks / "src/pipelines.ts"), "PIPELINE_DATA")
    libraries = read_constant(
        _read(inputs.tasks / "src/model-libraries.ts"), "MODEL_LIBRARIES_UI_ELEMENTS"
    )
    library_tasks = read_constant(
        _read(inputs.tasks / "src/library-to-tasks.ts"), "LIBRARY_TASK_MAPPING"
    )
    languages = _read(inputs.languages / "dist/index.mjs")
    return {
        "sources": [_source_entry(source) for source in _sources(inputs)],
        "date": inputs.date,
        "licenses": read_licenses(_read(inputs.licenses)),
        "tasks": {key: _task(key, value) for key, value in pipelines.items()},
        "libraries": {key: _library(key, value) for key, value in libraries.items()},
        "languages": {
            code: _text(code, value, "name")
            for code, value in read_constant(languages, "LANGUAGES_ISO_639_1").items()
        },
        "languages_iso639_3": wrap(
            " ".join(sorted(read_constant(languages, "LANGUAGES_ISO_639_3"))), 95
        ),
        "gguf_quantizations": read_enum(
            _read(inputs.tasks / "src/gguf.ts"), "GGMLFileQuantizationType"
        ),
        "base_model_relations": sorted(BASE_MODEL_RELATIONS),
        "library_tasks": {key: _texts(key, value) for key, value in library_tasks.items()},
    }


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _task(key: str, value: Literal) -> dict[str, object]:
    subtasks = value.get("subtasks", []) if isinstance(value, dict) else []
    if not isinstance(subtasks, list):
        raise VendorError(f"the subtasks of {key!r} are not a list")
    return {
        "name": _text(key, value, "name"),
        "modality": _text(key, value, "modality"),
        "subtasks": sorted({_text(key, subtask, "type") for subtask in subtasks}),
    }


def _library(key: str, value: Literal) -> dict[str, object]:
    name = _text(key, value, "prettyLabel")
    own_rule = isinstance(value, dict) and "countDownloads" in value
    return {"name": name, "counts_downloads_by_its_own_rule": own_rule}


def _text(key: str, value: Literal, field: str) -> str:
    text = value.get(field) if isinstance(value, dict) else None
    if not isinstance(text, str) or not text:
        raise VendorError(f"{key!r} has no {field!r}")
    return text


def _texts(key: str, value: Literal) -> list[str]:
    texts = [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
    if not isinstance(value, list) or len(texts) != len(value):
        raise VendorError(f"{key!r} is not a list of strings")
    return sorted(set(texts))


def _sources(inputs: Inputs) -> list[Source]:
    return [
        _package(
            inputs.tasks,
            inputs.tasks_date,
            "tasks, libraries, library_tasks, gguf_quantizations",
        ),
        _package(inputs.languages, inputs.languages_date, "languages, languages_iso639_3"),
        Source(
            name="huggingface/hub-docs docs/hub/repositories-licenses.md",
            version=inputs.licenses_commit,
            date=inputs.licenses_date,
            licence="Apache-2.0",
            what="licenses",
        ),
        BASE_MODEL_RELATIONS_SOURCE,
    ]


def _package(folder: Path, released: str, what: str) -> Source:
    package: object = json.loads(_read(folder / "package.json"))
    if not isinstance(package, dict):
        raise VendorError(f"{folder / 'package.json'} is not an object")
    name, version, licence = (str(package.get(key, "")) for key in ("name", "version", "license"))
    if not (name and version and licence):
        raise VendorError(f"{folder / 'package.json'} lacks a name, version or license")
    return Source(name=name, version=version, date=released, licence=licence, what=what)


def _source_entry(source: Source) -> dict[str, str]:
    return {
        "name": source.name,
        "version": source.version,
        "date": source.date,
        "licence": source.licence,
        "what": source.what,
    }


def render_vocabulary(vocabulary: Vocabulary) -> str:
    r"""Write the vocabulary as JSON with one entry a line.

    Parameters
    ----------
    vocabulary
        The lists; objects are sorted by key, arrays are written in the order given.

    Returns
    -------
    str
        JSON text that ends with a line feed.

    Examples
    --------
    >>> print(render_vocabulary({"date": "2026-11-23", "a": {"c": 1, "b": 2}}), end="")
    {
     "date": "2026-11-23",
     "a": {
      "b": 2,
      "c": 1
     }
    }
    """
    return (
        "{\n"
        + ",\n".join(f" {_json(key)}: {_block(vocabulary[key])}" for key in vocabulary)
        + "\n}\n"
    )


def _block(value: object) -> str:
    if isinstance(value, dict):
        entries = [f"  {_json(key)}: {_json(value[key])}" for key in sorted(value)]
        return "{\n" + ",\n".join(entries) + "\n }"
    if isinstance(value, list):
        return "[\n" + ",\n".join(f"  {_json(entry)}" for entry in value) + "\n ]"
    return _json(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Remake vocabulary.json from unpacked sources.")
    add = parser.add_argument
    add("--tasks", type=Path, required=True, help="unpacked @huggingface/tasks")
    add("--tasks-date", type=_day, required=True, help="day that version was published")
    add("--languages", type=Path, required=True, help="unpacked @huggingface/languages")
    add("--languages-date", type=_day, required=True, help="day that version was published")
    add("--licenses", type=Path, required=True, help="repositories-licenses.md of hub-docs")
    add("--licenses-commit", required=True, help="hub-docs commit of that file")
    add("--licenses-date", type=_day, required=True, help="day of that commit")
    add("--date", type=_day, required=True, help="day of the extract")
    add("output", type=Path, help="the vocabulary.json to write")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code (0 written, 2 could not do it)."""
    options = vars(_parser().parse_args(arguments))
    output: Path = options.pop("output")
    try:
        text = render_vocabulary(make_vocabulary(Inputs(**options)))
    except (OSError, ValueError) as error:
        sys.stderr.write(f"vendor_vocabulary: {error}\n")
        return 2
    output.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
