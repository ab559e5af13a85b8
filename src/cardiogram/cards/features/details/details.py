"""Features of the finer kind: what the numbers mean, where they stand, and what the code is.

They tell cards apart that say equally much: of a stub, whether it names one thing that can be
used; of a copy, what of the original's card came along; of a long card, what stands far down.
"""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterable, Mapping, Sequence, Set as AbstractSet
from math import log1p

from cardiogram.cards.card import Card
from cardiogram.cards.features.blocks import BlockReading
from cardiogram.cards.features.details.python_depth import is_deep_python
from cardiogram.cards.features.mentions import MEASURES, PHRASES, SETTINGS
from cardiogram.cards.features.phrase_index import list_words, lower_bytes
from cardiogram.cards.markdown import Block, Link
from cardiogram.cards.sections import Section
from cardiogram.lazy import regex
from cardiogram.records import dataclass, field

NEAR = 9000
"""Characters of a card that count as near its top."""

ASKED = ("identity", "usage", "intended", "data", "training", "evaluation", "limitations")
"""Topics that a reader asks for."""

_FAR, _COPIED = (tuple(f"{name}_{topic}" for topic in ASKED) for name in ("far", "copied"))
_LANGUAGES = ("python", "shell", "other")
_PYTHON, _SHELL = frozenset(("python", "py")), frozenset(("bash", "sh", "shell", "console"))
_LOADS, _CALLS = PHRASES["code"]["code_load"], PHRASES["code"]["code_call"]
_INSTALLS = PHRASES["code"]["code_install"]
_TABLES = ("log", "files", "metrics")
_FILES, _METRICS = frozenset(PHRASES["tables"]["files"]), frozenset(PHRASES["tables"]["metrics"])
_IN_HEAD = ("accuracy", "f1", "score", "bleu", "wer", "precision", "mmlu")
_HEAD_WORDS = regex(r"[a-z0-9-]+")
_LONGEST_HEAD = 1000
_ORIGINAL = ("original model", "original card")
_SHORT_WORD = 3
_DECIMAL = regex(rb"\d[.,]\d")
_AFTER_NINE = b":"
_MAGIC = regex(r"^([ \t]*)[!%?].*$", re.MULTILINE)
_SYNTAX = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_TOO_DEEP = "too deep, or not a text"
_LINKED = tuple(f"linked_{name}" for name in ("models", "datasets", "repositories", "papers"))
NO_OWNERS = frozenset(("spaces", "docs", "blog", "papers", "models", "join", "learn"))
"""What stands in the place of an owner in addresses of the Hub that lead to no repository."""

_SUMS = (
    "decimals",
    "quantities",
    "measures",
    "settings",
    "hedges",
    *(f"rows_{kind}" for kind in _TABLES),
    *(f"lines_{name}" for name in _LANGUAGES),
    "numbers_metrics",
    "code_decimals",
    "far_headings",
    "copied_words",
    "copied_numbers",
    "own_words",
    "own_numbers",
)


@dataclass(slots=True)
class Details:
    """Finer features of one card, counted block by block.

    Attributes
    ----------
    far_line
        Headings below this line are far from the top.
    copied
        Whether what follows came from the original's card.
    """

    far_line: int = 1 << 30
    copied: bool = False
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMS, 0))
    far: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ASKED, 0))
    copies: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ASKED, 0))
    limits: list[Sequence[bytes]] = field(default_factory=list)
    others: list[Sequence[bytes]] = field(default_factory=list)
    data: list[Sequence[bytes]] = field(default_factory=list)
    whole: int = 0

    @classmethod
    def of(cls, text: str) -> Details:
        """For a card with this text."""
        return cls(text.count("\n", 0, NEAR) + 1) if len(text) > NEAR else cls()

    def enter(self, heading: Block | None) -> None:
        """A section begins."""
        self.copied = self.copied or _is_original(heading)

    def leave(self, section: Section) -> None:
        """A section with a heading ends that says something: count where it stands."""
        far = section.line > self.far_line
        self.sums["far_headings"] += far
        if far or self.copied:
            for topic in section.topics:
                if topic in self.far:
                    self.far[topic] += far
                    self.copies[topic] += self.copied

    def add_prose(
        self, block: Block, reading: BlockReading, section: Section, numbers: int
    ) -> None:
        """A block that is neither void nor left unfilled."""
        if block.kind == "table" and (kind := _kind_of_table(block.text)):
            self.sums[f"rows_{kind}"] += block.rows
            if kind == "metrics":
                self.sums["numbers_metrics"] += int(numbers)
        if not reading.boilerplate:
            about = self.limits if "limitations" in section.topics else self.others
            about.append(reading.tokens)
            if "data" in section.topics:
                self.data.append(reading.tokens)

    def add_code(self, block: Block) -> None:
        """Lines by language; of Python, whether it imports, loads and calls."""
        text = block.text
        lower = text.lower()
        imports = "import " in text
        language = "other"
        if imports or block.info in _PYTHON:
            language = "python"
            whole = imports + _has(_LOADS, lower) + _has(_CALLS, lower)
            self.whole = max(self.whole, whole)
        elif block.info in _SHELL or _has(_INSTALLS, lower):
            language = "shell"
        self.sums[f"lines_{language}"] += text.count("\n") + 1

    def numbers(
        self,
        card: Card,
        sections: Sequence[Section],
        code: Sequence[str],
        code_words: AbstractSet[bytes],
        sums: Mapping[str, int],
        said: set[bytes] | None = None,
    ) -> dict[str, float]:
        """The finer features.

        Parameters
        ----------
        code, code_words
            The card's code, each block once, and those of its words that name metrics and settings.
        sums
            Over the card's blocks, by the names of :data:`.DETAILED`.
        said
            The different words of its blocks, where somebody wrote each of them.

        Returns
        -------
        dict
            Always the same names in the same order; counts as log(1 + count).
        """
        measured, decimals = _find_results(code, code_words)
        counted = self.sums | {"code_decimals": decimals}
        return {
            **{name: log1p(sums.get(name, value)) for name, value in counted.items()},
            "runs_whole": float(self.whole),
            **_count_words(self, sections, said),
            "code_measures": log1p(min(measured, decimals)),
            "code_settings": log1p(len(code_words & SETTINGS)),
            "foreign": sums["foreign"] / (sums["letters"] + 1),
            **dict(zip(_FAR, map(log1p, self.far.values()), strict=True)),
            **dict(zip(_COPIED, map(log1p, self.copies.values()), strict=True)),
            **_count_links(card.document.links, card.id.lower()),
        }


def _is_original(heading: Block | None) -> bool:
    """Whether a copied card begins here."""
    if heading is None or "riginal" not in heading.text:
        return False
    return any(words in heading.text.lower() for words in _ORIGINAL)


def _count_words(
    counts: Details, sections: Sequence[Section], said: set[bytes] | None
) -> dict[str, float]:
    """Different words: in all, on data, on limits, and those on limits that stand elsewhere too.

    Limits of this very model speak of what the card speaks of; copied ones do not.
    """
    limits: set[bytes] = set().union(*counts.limits)
    others = set().union(*counts.others) if limits or said is None else said
    own = limits | others if limits else others
    telling = {word for word in limits if len(word) > _SHORT_WORD}
    if telling:
        titles = [s.heading.text for s in sections if s.heading and "limitations" not in s.topics]
        others.update(list_words(lower_bytes(" ".join(titles))))
    bound = len(telling & others)
    return {
        "limits_words": log1p(len(limits)),
        "limits_bound": log1p(bound),
        "limits_bound_share": bound / max(1, len(telling)),
        "data_different": log1p(len(set().union(*counts.data))),
        "words_different": log1p(len(own)),
        "numbers_different": log1p(len([word for word in own if word < _AFTER_NINE])),
    }


def _find_results(blocks: Sequence[str], words: AbstractSet[bytes]) -> tuple[int, int]:
    """Metrics in code, and the decimal numbers of their blocks: results as they were printed."""
    measured: set[bytes] = set()
    decimals = 0
    if words & MEASURES:
        for lower in map(lower_bytes, blocks):
            if metrics := MEASURES.intersection(list_words(lower)):
                measured |= metrics
                decimals += len(_DECIMAL.findall(lower))
    return len(measured), decimals


def _kind_of_table(text: str) -> str:
    """What a table lists, told from its head: a training log, files, or metrics."""
    head = text[:_LONGEST_HEAD].partition("\n")[0].lower()
    words = frozenset(_HEAD_WORDS.findall(head))
    if "epoch" in words and ("step" in words or "loss" in words):
        return "log"
    if len(words & _FILES) > 1:
        return "files"
    return "metrics" if words & _METRICS or any(word in head for word in _IN_HEAD) else ""


def _has(phrases: Iterable[str], lower: str) -> bool:
    return any([phrase in lower for phrase in phrases])


def _count_links(links: Iterable[Link], own: str) -> dict[str, float]:
    """How many different models, datasets, repositories and papers a card links to."""
    models, datasets, repositories, papers = linked = set[str](), set[str](), set[str](), set[str]()
    for link in links:
        target = link.target.lower()
        if "hf.co/" in target or "huggingface.co/" in target:
            owner, _, path = target.partition(".co/")[2].partition("/")
            name = path.partition("/")[0].partition("#")[0]
            if owner == "datasets":
                datasets.add(target)
            elif name and owner not in NO_OWNERS and f"{owner}/{name}" != own:
                models.add(f"{owner}/{name}")
        elif "github.com" in target:
            repositories.add(target)
        elif "arxiv" in target or "aclanthology" in target:
            papers.add(target)
    return dict(zip(_LINKED, map(log1p, map(len, linked)), strict=True))


def parse_python(text: str) -> ast.Module | str:
    """A snippet's syntax tree, or what is wrong with it.

    Examples
    --------
    >>> parse_python("print(")
    "line 1: '(' was never closed"
    """
    code = _python_of(text)
    if is_deep_python(code):
        return _TOO_DEEP
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = compile(code, "snippet", "exec", _SYNTAX, dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {error.msg}"
    except (ValueError, RecursionError, MemoryError, OverflowError):
        return _TOO_DEEP
    assert isinstance(tree, ast.Module)
    return tree


def _python_of(text: str) -> str:
    """A snippet without the prompts of a terminal and the magics of a notebook."""
    if text.lstrip().startswith(">>>"):
        lines = [line.strip() for line in text.split("\n")]
        kept = [line[4:] for line in lines if line.startswith((">>> ", "... "))]
        return "\n".join(kept)
    return textwrap.dedent(_MAGIC.sub(r"\1pass", text))
