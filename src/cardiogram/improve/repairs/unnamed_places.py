"""What generators write where they do not know the model: titles, ids in snippets, prompts."""

from __future__ import annotations

import re

from cardiogram.improve.repairs.body_lines import LineSpan
from cardiogram.improve.repairs.seen_card import TRAINERS, Repairs, SeenCard
from cardiogram.improve.repairs.template_words import plain_words, repair, template_words
from cardiogram.lazy import regex

_FOLDERS = TRAINERS | {"trl", "axolotl", "mergekit", "lazymergekit"}
_CHECKPOINT = regex(r"(?:checkpoint|step|epoch)[-_]\d+", re.IGNORECASE)
_CARD_FOR = "Model Card for "
_NO_MODEL = regex(r"(\bmodel\s*=\s*)([\"'])None\2")
NEUTRAL_PROMPT = "Write one sentence about the sea."


def repository_id(seen: SeenCard) -> Repairs:
    """What stands for the id in a snippet of TRL, AutoTrain, Sentence Transformers, SetFit."""
    if not seen.id:
        return
    edits = []
    copies = {word: tool for word, tool in template_words().copies.items() if tool in seen.makers}
    for number, line in seen.text_lines("code", "text"):
        code = seen.body.kinds[number] == "code"
        new = line
        if "trl" in seen.makers and code:
            new = _NO_MODEL.sub(lambda m: f"{m[1]}{m[2]}{seen.id}{m[2]}", new)
        for word in copies:
            if code or word.startswith("{"):
                new = new.replace(word, seen.id)
        if new != line:
            edits.append((LineSpan(number, number), (new,)))
    if edits:
        yield repair("repository-id", seen.body.replaced(edits))


def prompt(seen: SeenCard) -> Repairs:
    """The time machine of TRL, on models that write text."""
    writes = any(fact.value == "text-generation" for fact in seen.named("task"))
    if "trl" not in seen.makers or not writes:
        return
    for number, line in seen.text_lines("code"):
        for words in template_words().prompts:
            if words in line:
                new = line.replace(words, NEUTRAL_PROMPT)
                operations = seen.body.replaced([(LineSpan(number, number), (new,))])
                yield repair("prompt", operations)


def title(seen: SeenCard) -> Repairs:
    """A template's title, or the name of a folder, where the repository has a name."""
    heading = next(seen.text_lines("heading"), None)
    if heading is None or not seen.name:
        return
    number, line = heading
    marks, _, words = line.strip().partition(" ")
    words = words.strip()
    if marks != "#" or not _is_empty(seen, words):
        return
    prefix = _CARD_FOR if words.startswith(_CARD_FOR) else ""
    new = f"# {prefix}{seen.name}"
    operations = seen.body.replaced([(LineSpan(number, number), (new,))])
    yield repair("title", operations)


def _is_empty(seen: SeenCard, words: str) -> bool:
    known = template_words()
    if words in ("{MODEL_NAME}", "{model_name}") or (
        plain_words(words) in known.titles and words.isascii()
    ):
        return True
    if not seen.makers & _FOLDERS:
        return False
    folder = words.removeprefix(_CARD_FOR).strip("`")
    if folder in known.folders or _CHECKPOINT.fullmatch(folder):
        return folder.lower() != seen.name.lower()
    return "/" in folder and " " not in folder and not _may_be_id(folder)


def _may_be_id(path: str) -> bool:
    """Whether it has two parts, of which the first is no folder's name."""
    owner, _, name = path.partition("/")
    return "/" not in name and owner.lower() not in template_words().folders | {"", ".", ".."}
