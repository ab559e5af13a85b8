"""Chat template, special tokens and defaults of generation, wherever a library writes them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact, FactSource, Value
from cardiogram.repository.facts.accord import accord, text
from cardiogram.repository.facts.repository_files import FactFunction, Files

TOKENIZER, GENERATION = "tokenizer_config.json", "generation_config.json"
_TEMPLATE = "chat_template"
_MARK = regex(r"<\|[^|>\s]{1,40}\|>|\[INST\]|<start_of_turn>|<[｜|][^>]{1,40}>|### \w+:")
_TOKENS = {"end_token": "eos_token", "begin_token": "bos_token", "padding_token": "pad_token"}
_OTHERS = ("mask_token", "unk_token", "cls_token", "sep_token")
_NO_DEFAULT = regex(r"_token_ids?$|^_|_version$|_ids$|^(task|language|lang_to_id|suppress)")


def chat_template(files: Files) -> Iterator[Fact]:
    """The template of a chat, from its four places; False where a chat model has none."""
    sources = _templates(files)
    yield from accord("chat_template", sources, read=text)
    for path in files.paths("additional_chat_templates/*.jinja"):
        name = posixpath.basename(path).removesuffix(".jinja")
        yield from accord("chat_template", _of_text(files, path), about=name, read=text)
    for number, entry in enumerate(_listed(files)):
        place = (TOKENIZER, _TEMPLATE, number, "template")
        name = str(entry.get("name", number)) if isinstance(entry, dict) else str(number)
        if name != "default":
            yield from accord("chat_template", files.all_at(place), about=name, read=text)
    named = _listed(files) or files.paths("*.gguf", "additional_chat_templates/*")
    if not sources and not named and _could_chat(files):
        places = (f"{_TEMPLATE}.jinja", f"{_TEMPLATE}.json")
        absent = tuple(files.absent(place) for place in places if place not in files)
        yield Fact(
            "chat_template", False, absent, note="none of the four places has one", how="computed"
        )


def special_tokens(files: Files) -> Iterator[Fact]:
    """Tokens that begin, end and pad, as text; some files write them as objects."""
    for name, key in _TOKENS.items():
        sources = [
            source
            for path in (TOKENIZER, "special_tokens_map.json")
            for source in files.all_at((path, key), (path, key, "content"))
        ]
        copy = files.in_info("config", "tokenizer_config", key)
        note = _ends(files) if name == "end_token" else ""
        yield from accord(name, [*sources, copy], note=note, read=text)


def other_tokens(files: Files) -> Iterator[Fact]:
    """The class of the tokenizer, and further special tokens by their names."""
    yield from accord("tokenizer", [files.at(TOKENIZER, "tokenizer_class")], read=text)
    for key in _OTHERS:
        places = [(path, key) for path in (TOKENIZER, "special_tokens_map.json")]
        sources = [s for place in places for s in files.all_at(place, (*place, "content"))]
        yield from accord("special_token", sources, about=key, read=text)


def lower_case(files: Files) -> Iterator[Fact]:
    """Whether the tokenizer lowers."""
    sources = [files.at(TOKENIZER, "do_lower_case")]
    yield from accord("lower_case", sources, read=lambda v: v if isinstance(v, bool) else None)


def generation_defaults(files: Files) -> Iterator[Fact]:
    """Settings of generation; every model that can generate is saved with some."""
    note = "a default that is saved with every such model, not the author's advice"
    for key in files.mapping(GENERATION):
        if not _NO_DEFAULT.search(key):
            sources = [files.at(GENERATION, key)]
            yield from accord("generation_default", sources, about=key, note=note, read=_setting)


def _templates(files: Files) -> list[FactSource]:
    sources = _of_text(files, f"{_TEMPLATE}.jinja")
    sources += files.all_at((TOKENIZER, _TEMPLATE), (f"{_TEMPLATE}.json", _TEMPLATE))
    for number, entry in enumerate(_listed(files)):
        if isinstance(entry, dict) and entry.get("name") == "default":
            sources += files.all_at((TOKENIZER, _TEMPLATE, number, "template"))
    copies = (
        files.in_info("config", _TEMPLATE + "_jinja"),
        files.in_info("config", "tokenizer_config", _TEMPLATE),
    )
    sources += [copy for copy in copies if copy is not None]
    return [source for source in sources if text(source.value)]


def _of_text(files: Files, path: str) -> list[FactSource]:
    """A template file: its text, pointed at by its first line and by that of its first mark."""
    whole = files.text(path)
    lines = whole.split("\n")
    marked = next((n for n, line in enumerate(lines, 1) if _MARK.search(line)), 1)
    numbers = sorted({1, marked}) if whole.strip() else []
    return [files.line(path, number, lines[number - 1], whole) for number in numbers]


def _listed(files: Files) -> list[object]:
    value = files.value(TOKENIZER, _TEMPLATE)
    return value if isinstance(value, list) else []


def _could_chat(files: Files) -> bool:
    """Whether a tokenizer of a generating model was read, so that its template is truly absent."""
    named = files.value("config.json", "architectures", 0)
    return str(named).endswith(("ForCausalLM", "LMHeadModel")) and bool(files.mapping(TOKENIZER))


def _ends(files: Files) -> str:
    """A note of the other tokens that generation ends at: `eos_token_id` may be a list."""
    ids = files.value(GENERATION, "eos_token_id")
    added = files.mapping(TOKENIZER, "added_tokens_decoder")
    if not isinstance(ids, list) or len(ids) < 2:
        return ""
    words = []
    for id in ids:
        entry = added.get(str(id))
        words.append(str(entry.get("content", id)) if isinstance(entry, dict) else str(id))
    return "generation ends at any of " + ", ".join(words)


def _setting(value: Value) -> Value:
    return value if isinstance(value, bool | int | float | str) else None


FUNCTIONS: tuple[FactFunction, ...] = (
    chat_template,
    special_tokens,
    other_tokens,
    lower_case,
    generation_defaults,
)
