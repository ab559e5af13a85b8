"""Whether a file is a card at all: a picture, an empty file or a project's README is none.

A rating says how well a model is documented; of what documents no model it would say nothing. The
rule errs to one side: none of the 1,287 cards of the project's corpus is refused, with their
metadata or without, and about a quarter of 380 READMEs of software passes for a card.
"""

from __future__ import annotations

import re

from cardiogram.cards import Card
from cardiogram.names import CardType

SAMPLE = 4096
"""Bytes from which a binary file is told."""

_NO_TEXT = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"PK\x03\x04", b"\x1f\x8b")
"""How pictures, documents and archives begin."""
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\x0b\f\r\x1a\x1b") + b"\x7f"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")  # UTF-16 is every second byte NUL

_PROJECT = "it reads like the README of a project, without metadata and without a model"
_PROJECT_HEADING = (
    r"[\W_]*(?:quick ?)?(?:install(?:ation|ing)?|contribut\w+|develop(?:ment|ing)|build(?:ing)?"
    r"|test(?:s|ing)|change ?log|(?:release|version) (?:notes|history)|history|configuration"
    r"|api(?: reference| docs\w*)?|documentation|docs|road ?map|cli|options|command[- ]line.*"
    r"|requirements|dependencies|prerequisites|features|supported (?:platforms|versions|python.*)"
    r"|compatibility|benchmarks?|security|support|examples?|getting started|usage)\b"
)
_PROJECT_COMMAND = (
    r"\b(?:(?:pip3?|pipx|uv|conda|brew|apt|apt-get|gem|cargo|npm|pnpm|dnf|yum|choco|scoop|snap) "
    r"(?:add |pip )?(?:install|i|add|build|run|test|publish)\b|yarn add|npx |go (?:get|install)"
    r"|composer require|docker (?:run|pull|compose)|cmake |make \w+|pytest\b|tox\b|mvn |gradle"
    r"|python setup\.py)|\./configure"
)
_PROJECT_BADGE = (
    r"shields\.io|badge|travis-ci|codecov|coveralls|actions/workflows|readthedocs|appveyor"
    r"|pypi\.(?:org|python)|npmjs|crates\.io|docs\.rs"
)
_MODEL_WORDS = (
    r"\bthis(?: \w+){0,2} model\b|\bfine-?tuned?\b|\bpre-?trained\b"
    r"|\btrained (?:on|with|using|for|from|by)\b|\bcheckpoints?\b|\bloras?\b|\bgptq|\bawq\b"
    r"|base model|\b\d+(?:\.\d+)?[bm] param|training (?:data|set)|more information needed"
    r"|\bepochs\b|diffusion|\bmodel (?:description|details|summary|sources|weights|architecture)"
    r"|the model (?:is|was|has|can)|quanti[sz]ed|the merge"
)
_MODEL_FILES = (
    r"from_pretrained|\.(?:safetensors|gguf|ggml|ckpt|onnx)\b|pytorch_model|pipeline\("
    r"|huggingface\.co/(?!docs|datasets|spaces|blog|join|settings|papers|api|landing)"
    r"[\w.-]+/[\w.-]+"
)
_ANY_MODEL = (
    r"model|train|gpt|llama|bert|\bvit|lora|embedding|dataset|huggingface|neural|weights|param"
    r"|生成|模型|모델|モデル|token|wbits|generat|classif|identif|recogni"
)


def explain_no_card(card: Card, data: bytes, of: CardType = "model") -> str:
    r"""Why a file is no card; "" where it is one, or may be.

    Parameters
    ----------
    data
        The file as it came.
    of
        Whose card it would be.

    Examples
    --------
    >>> from cardiogram.cards import parse_card
    >>> data = b"# left-pad\n\n## Installation\n\n    npm install left-pad\n"
    >>> explain_no_card(parse_card(data), data)
    'it reads like the README of a project, without metadata and without a model'
    """
    if is_binary(data):
        return "it is a binary file"
    if not data.strip():
        return "the file is empty"
    has_metadata = card.front_matter is not None
    if not (has_metadata or card.id or of == "dataset") and _is_project(card):
        return _PROJECT
    return ""


def is_binary(data: bytes) -> bool:
    """Whether bytes are a picture, an archive or the like, and no text in any encoding."""
    head = data[:SAMPLE]
    if head.startswith(_NO_TEXT):
        return True
    if head.startswith(_WIDE_MARKS):
        return False
    return len(head) - len(head.translate(None, _CONTROL)) > len(head) // 50


def _is_project(card: Card) -> bool:
    """Whether marks of a software project stand beside no word of a model."""
    headings = {
        block.text.casefold()
        for block in card.document.blocks
        if block.kind == "heading" and _stands_in(block.text, rf"^(?:{_PROJECT_HEADING})")
    }
    marks = len(headings)
    marks += _stands_in(card.body, _PROJECT_COMMAND) + _stands_in(card.body, _PROJECT_BADGE)
    if not marks or _stands_in(card.body, _MODEL_FILES):
        return False
    if marks == 1:
        return not _stands_in(card.body, _ANY_MODEL)
    written = (block.text for block in card.document.blocks if block.kind != "code")
    return not any(_stands_in(text, _MODEL_WORDS) for text in written)


def _stands_in(text: str, pattern: str) -> bool:
    """Whether a pattern does; it is compiled when a file is met that needs it."""
    return bool(re.search(pattern, text, re.IGNORECASE))
