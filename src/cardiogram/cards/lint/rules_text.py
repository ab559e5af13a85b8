"""Rules on the text and its bytes: what readers see that nobody meant them to see."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from cardiogram.cards import visibility
from cardiogram.cards.lint.findings import Breach, Edit, FindBreaches, LintedCard, Rule
from cardiogram.cards.problems import explain_problem
from cardiogram.cards.sections import is_placeholder, is_to_do, unfilled_tables
from cardiogram.lazy import regex

_BOM = b"\xef\xbb\xbf"
_COMMENT_LINES = 12
_HIDDEN_WORDS = 20
_TEMPLATE_COMMENTS = (
    "address questions around",
    "if relevant, include terms",
    "if the dataset contains annotations which",
    "if there is a paper or blog post introducing",
    "motivation for the creation of this dataset",
    "provide a longer summary of what this",
    "provide a quick summary of",
    "provide the basic links for",
    "relevant interpretability work",
    "state whether the dataset contains",
    "these are the evaluation metrics being used",
    "these are the things the evaluation",
    "this relates heavily to",
    "this section addresses misuse",
    "this section describes",
    "this section is for the model use",
    "this section is meant to convey",
    "this section provides",
    "this should link to",
    "total emissions (in grams",
    "carbon emissions can be estimated",
    "fp32, fp16 mixed precision",
    "for reference on model card metadata",
    "this model card has been generated automatically",
)
"""How the comments of the Hub's templates and of the trainers' cards begin; others are notes.

References
----------
The card templates of huggingface_hub 2.4, and modelcard.py of transformers.
"""

_TO_A_JUDGE = (
    "ignore all previous",
    "ignore previous instructions",
    "ignore the above instructions",
    "disregard the rubric",
    "disregard previous",
    "disregard the above",
    "rate this model card",
    "rate this card",
    "you are a judge",
    "dear evaluator",
    "note to ai reviewers",
    "for graders",
    "5/5 in all criteria",
    "must not be penalised",
    "must not be penalized",
)
_FIELD = regex(r"\{\{[^{}|\n]*\|[^{}\n]*\}\}")  # of a template: with a default
_SETTING = regex(r"[a-z][\w.]{1,60}: None")
"""A setting that a tool wrote down, which is set to nothing."""

_SPACE = regex(r"\s+")
_TAG = regex(r"<[^<>]*>")
_WORD = regex(r"\w+")
_ELSEWHERE = regex(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|/|\?|\{|[^\s/@]+@[^\s/@]+$")


def _file_problem(*problems: str, words: str = "") -> FindBreaches:
    def find(source: LintedCard) -> Iterator[Breach]:
        for name in source.problems.intersection(problems):
            yield Breach(1, f"{words or explain_problem(name)}.")

    return find


def _bom(source: LintedCard) -> Iterator[Breach]:
    if "bom" in source.problems:
        length = len(source.raw) - len(source.raw.removeprefix(_BOM))
        while length and source.raw[length:].startswith(_BOM):
            length += len(_BOM)
        yield Breach(1, f"{explain_problem('bom')}.", (Edit(0, length, b""),) if length else ())


def _mixed_ends(source: LintedCard) -> Iterator[Breach]:
    crlf = source.raw.count(b"\r\n")
    lone = source.raw.count(b"\n") - crlf + source.raw.count(b"\r") - crlf
    if crlf and lone:
        yield Breach(1, f"{crlf} lines end with CR LF and {lone} otherwise.")


def _placeholders(source: LintedCard) -> Iterator[Breach]:
    """Blocks that nobody filled in, told once with their number."""
    blocks = [
        block
        for block in source.card.document.blocks
        if is_to_do(block.text)
        or (
            block.kind not in ("code", "heading")
            and (is_placeholder(block.text) or _FIELD.search(block.text))
            and not _SETTING.fullmatch(block.text.strip())
        )
    ]
    if blocks:
        more = f" ({len(blocks)} such places)" if len(blocks) > 1 else ""
        text = _SPACE.sub(" ", blocks[0].text.strip())
        yield Breach(blocks[0].line, f"nothing is filled in here: {text[:60]!r}{more}.")
    for table in unfilled_tables(source.card.document):
        yield Breach(table.line, "no value stands in this table.")


def _template_comments(source: LintedCard) -> Iterator[Breach]:
    """Comments that tell an author what to write, on lines of their own."""
    lines = source.card.text.split("\n")
    code = {
        line
        for block in source.card.document.blocks
        if block.kind == "code"
        for line in range(block.line, block.last_line + 1)
    }
    number = source.card.body_line
    while number < len(lines):
        number += 1
        text = lines[number - 1].strip()
        if number in code or not text.startswith("<!--"):
            continue
        last = number
        while "-->" not in text and last < min(len(lines), number + _COMMENT_LINES):
            last += 1
            text += "\n" + lines[last - 1].strip()
        words = text.lstrip("<!-").lower().strip()
        if text.find("-->") == len(text) - 3 and words.startswith(_TEMPLATE_COMMENTS):
            yield Breach(number, "a comment of the template is left.", source.drop(number, last))
            number = last


def _hidden(source: LintedCard) -> Iterator[Breach]:
    """Words that a browser does not draw: of one comment, or of all elements together."""
    card = source.card
    if not card.document.hidden:
        return
    body, view = card.body.encode("utf-8", "replace"), visibility.view_page(card.body)
    hidden = line = 0
    for place, text in zip(view.undrawn, view.texts(body), strict=True):
        number = len(_WORD.findall(_TAG.sub("", text)))
        at = card.body_line + body.count(b"\n", 0, place.start) + 1
        if not body.startswith(b"<!--", place.start):
            hidden, line = hidden + number, line or at
        elif number >= _HIDDEN_WORDS and not _is_of_template(text):
            hidden, line = number, at
        if hidden >= _HIDDEN_WORDS:
            yield Breach(line, f"{hidden} words that no visitor sees.")
            return


def _is_of_template(comment: str) -> bool:
    return " ".join(comment.split()[:12]).lower().strip("- ").startswith(_TEMPLATE_COMMENTS)


def _addressed(source: LintedCard) -> Iterator[Breach]:
    """Words to a judge in what is shown or hidden; code may speak to models."""
    document = source.card.document
    texts = [(b.line, b.text) for b in document.blocks if b.kind != "code"]
    texts.append((0, document.hidden))
    for line, text in texts:
        lower = _SPACE.sub(" ", text.lower())
        phrase = next((phrase for phrase in _TO_A_JUDGE if phrase in lower), None)
        if phrase:
            place = source.card.text.lower().find(phrase.split()[0]) if not line else 0
            yield Breach(line or source.line_of(place), f"text for a judge: {phrase!r}.")


def _images(source: LintedCard) -> Iterator[Breach]:
    bare = [x for x in source.card.document.links if x.image and not x.text.strip()]
    if bare:
        more = f" ({len(bare)} such images)" if len(bare) > 1 else ""
        yield Breach(bare[0].line, f"an image has no alternative text{more}.")


def _links(source: LintedCard) -> Iterator[Breach]:
    """Relative links to files that are not beside the card."""
    if source.exists is None:
        return
    for link in source.card.document.links:
        path = unquote(link.target.partition("#")[0].partition("?")[0])
        if not path or "\0" in path or _ELSEWHERE.match(path):
            continue
        if not source.exists(path):
            yield Breach(link.line, f"no file {path[:80]!r} beside the card.")


RULES: tuple[Rule, ...] = (
    Rule("CG201", "placeholder", "warning", _placeholders),
    Rule("CG202", "template-comment", "note", _template_comments),
    Rule("CG203", "hidden-text", "note", _hidden),
    Rule("CG204", "addressed-to-a-judge", "error", _addressed),
    Rule("CG205", "image-without-text", "note", _images),
    Rule("CG206", "missing-file", "warning", _links),
    Rule("CG210", "byte-order-mark", "warning", _bom),
    Rule("CG211", "mixed-line-ends", "note", _mixed_ends),
    Rule(
        "CG212",
        "not-utf-8",
        "error",
        _file_problem("not_utf8", words="the file is not UTF-8: save it as UTF-8"),
    ),
    Rule("CG213", "nul-bytes", "error", _file_problem("nul_bytes")),
    Rule("CG214", "lfs-pointer", "error", _file_problem("lfs_pointer", "in_lfs")),
    Rule("CG215", "oversized", "error", _file_problem("oversized")),
    Rule("CG216", "empty", "error", _file_problem("empty")),
)
"""Rules CG2xx."""
