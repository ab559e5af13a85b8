"""Settings in blocks of code: configurations that were used, and printed architectures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardiogram.cards import Block, load_yaml
from cardiogram.errors import CardiogramError
from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.statement import Statement

_KINDS = {
    "lora_r": "rank",
    "lora_rank": "rank",
    "lora_alpha": "lora_alpha",
    "lora_dropout": "lora_dropout",
    "num_epochs": "epochs",
    "num_train_epochs": "epochs",
    "learning_rate": "learning_rate",
    "seed": "seed",
    "micro_batch_size": "batch_size",
    "per_device_train_batch_size": "batch_size",
    "gradient_accumulation_steps": "accumulation",
    "warmup_steps": "warmup_steps",
    "max_steps": "steps",
}
_USED = regex(
    r"config|axolotl|hyper-?parameters?|training (?:details|procedure|arguments|settings)|setting|"
    r"konfiguration|configuración",
    re.I,
)
_NAMES = regex(r"learning_rate|lora_|num_(?:train_)?epochs|merge_method")
_LENGTH = regex(r"'max_seq_length': (\d+)")
_POOLED = regex(r"Pooling\(\{'word_embedding_dimension': (\d+)")
_DENSE = regex(r"Dense\(\{.*?'out_features': (\d+)")
_MERGED = ("weight", "density")
_MAX_CODE = 20_000


def read_settings(view: CardView) -> Iterator[Statement]:
    """Keys of a configuration in YAML or Python that the card says it was made with."""
    for number, block in enumerate(view.card.document.blocks):
        if block.kind != "code" or not _NAMES.search(block.text) or len(block.text) > _MAX_CODE:
            continue
        first = next((p for p in view.passages if p.block == number), None)
        if first is None or first.about:
            continue
        used = any(map(_USED.search, first.headings))
        if _CALLS.search(block.text):
            yield from _keywords(view, block) if used else ()
        elif block.info in ("", "yaml", "yml"):
            yield from _of_yaml(view, block, used)


def _of_yaml(view: CardView, block: Block, used: bool) -> Iterator[Statement]:
    settings = _parse(block.text)
    if "merge_method" in settings:
        yield from _merge(view, block, settings)
    elif "base_model" in settings or used:
        for key, kind in _KINDS.items():
            value = settings.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                yield _said(view, block, kind, value, key)


_CALLS = regex(r"\b(?:LoraConfig|TrainingArguments|SFTConfig|DPOConfig|Seq2SeqTrainingArguments)\(")
_KEYWORD = regex(
    r"\b(?P<key>[a-z_]{1,32})\s?=\s?(?P<value>\d[\d._]*(?:e[-+]?\d{1,3})?)(?=\s*[,)\n#])"
)


def _keywords(view: CardView, block: Block) -> Iterator[Statement]:
    """Numbers that a shown training gives its configuration."""
    for match in _KEYWORD.finditer(block.text):
        kind = {"r": "rank", **_KINDS}.get(match["key"])
        if kind is None:
            continue
        text = match["value"].replace("_", "")
        try:
            value = float(text)
        except ValueError:
            continue
        words = match[0]
        line = view.find_line(words, block.line, block.line, block.last_line)
        yield Statement(
            kind,
            int(value) if value % 1 == 0 else value,
            line,
            view.quote(line, words),
            "code",
            low=value,
            high=value,
            certain=False,
        )


def _parse(text: str) -> Mapping[str, object]:
    try:
        document = load_yaml(text)
    except CardiogramError:
        return {}
    return document if isinstance(document, dict) else {}


def _said(
    view: CardView, block: Block, kind: str, value: int | float, key: str, about: str = ""
) -> Statement:
    line = view.find_line(key, block.line, block.line, block.last_line)
    return Statement(
        kind,
        float(value) if isinstance(value, float) else value,
        line,
        view.quote(line, key),
        "code",
        low=float(value),
        high=float(value),
        about=about,
    )


def _merge(view: CardView, block: Block, settings: Mapping[str, object]) -> Iterator[Statement]:
    """Weights and densities of the models of a merge; about is the model."""
    models = settings.get("models")
    for model in models if isinstance(models, list) else []:
        parameters = model.get("parameters") if isinstance(model, dict) else None
        name = str(model.get("model") or "") if isinstance(model, dict) else ""
        if not name or not isinstance(parameters, dict):
            continue
        start = view.find_line(name, block.line, block.line, block.last_line)
        for key in _MERGED:
            value = parameters.get(key)
            if isinstance(value, int | float) and not isinstance(value, bool):
                line = view.find_line(f"{key}:", start + 1, start, block.last_line)
                yield Statement(
                    f"merge_{key}",
                    value,
                    line,
                    view.quote(line, key),
                    "code",
                    low=float(value),
                    high=float(value),
                    about=name,
                )


def read_printed(view: CardView) -> Iterator[Statement]:
    """What Sentence Transformers prints of a model's modules; the last one decides the width."""
    for number, block in enumerate(view.card.document.blocks):
        if block.kind != "code" or "Pooling(" not in block.text:
            continue
        if any(p.about for p in view.passages if p.block == number):
            continue
        widths = [*_POOLED.finditer(block.text), *_DENSE.finditer(block.text)]
        last = max(widths, key=lambda match: match.start(), default=None)
        for kind, match in (("sequence_length", _LENGTH.search(block.text)), ("dimensions", last)):
            if match is not None:
                line = view.find_line(match[0], block.line, block.line, block.last_line)
                value = int(match[1])
                yield Statement(
                    kind,
                    value,
                    line,
                    view.quote(line, match[0]),
                    "code",
                    low=float(value),
                    high=float(value),
                )


_KEY = regex(r"[a-z][a-z0-9]*(?:_[a-z0-9]{1,24}){1,5}\Z")
_PLAIN_NUMBER = regex(r"(?P<number>\d{1,12}(?:\.\d{1,12})?(?:[eE][-+]?\d{1,3})?)(?=[\s,;)]|\Z)")
_ELSEWHERE = regex(
    r"max_length|max_new_tokens|temperature|top_[pk]|num_beams|batch_size|"
    r"train_runtime|repetition_penalty|"
    r".*_per_second|total_flos|.*loss|.*_score|eval_.*|test_.*"
)
_PIPELINE = regex(
    r"\bpipeline\(\s*(?:task\s*=\s*)?[\"'](?P<task>[a-z0-9-]{3,40})[\"']\s*,\s*(?:model\s*=\s*)?"
    r"[\"'](?P<id>[\w.-]{1,96}/[\w.-]{1,96})[\"']"
)
_CLASS = regex(
    r"\b(?P<name>(?:Auto|TF|"
    r"Flax)?[A-Z]\w{2,60})\.from_pretrained\(\s*[\"'](?P<id>[\w.-]{1,96}/[\w.-]{1,96})[\"']"
)
_ALIASES = {
    "sentiment-analysis": "text-classification",
    "ner": "token-classification",
    "vqa": "visual-question-answering",
}
_FORMATS = {
    "ChatML": r"<\|im_start\|>",
    "Llama 2": r"\[INST\]",
    "Llama 3": r"<\|start_header_id\|>",
    "Gemma": r"<start_of_turn>",
    "Zephyr": r"<\|(?:user|assistant)\|>",
    "Alpaca": r"### ?Instruction:?",
    "Vicuna": r"\bUSER: ",
    "Phi": r"<\|end\|>",
}
_FORMAT = {name: regex(pattern) for name, pattern in _FORMATS.items()}
_PROMPT = regex(r"prompt|template|format|chat|vorlage|conversation", re.I)


def read_keys_of_settings(view: CardView) -> Iterator[Statement]:
    """Keys of configurations with their numbers, as lists and tables repeat them; about the key."""
    for passage in view.pairs():
        key = passage.label.strip(" `*")
        match = _PLAIN_NUMBER.match(passage.text.strip(" `*")) if _KEY.match(key) else None
        if match is None or passage.about or _ELSEWHERE.match(key):
            continue
        at = max(passage.text.find(match["number"]), 0)
        value = float(match["number"])
        yield view.say(
            "setting",
            value,
            passage,
            WordSpan(at, at + len(match["number"])),
            about=key,
            certain=False,
        )


def read_uses(view: CardView) -> Iterator[Statement]:
    """Tasks and classes that snippets load this model with."""
    own = view.card.id.lower()
    for number, block in enumerate(view.card.document.blocks):
        if block.kind != "code" or not own or own not in block.text.lower():
            continue
        if any(p.about for p in view.passages if p.block == number):
            continue
        for kind, pattern, group in (("task", _PIPELINE, "task"), ("architecture", _CLASS, "name")):
            for match in pattern.finditer(block.text):
                if match["id"].lower() != own:
                    continue
                word = match[group]
                line = view.find_line(
                    word,
                    block.line + block.text.count("\n", 0, match.start(group)),
                    block.line,
                    block.last_line,
                )
                value = _ALIASES.get(word, word)
                yield Statement(kind, value, line, view.quote(line, word), "code", about="code")


def read_formats(view: CardView) -> Iterator[Statement]:
    """The form of prompts that the card shows where it speaks of prompts."""
    for passage in view.passages:
        if passage.about or passage.label or passage.place == "title":
            continue
        if not (_PROMPT.search(passage.text) or any(map(_PROMPT.search, passage.headings[-1:]))):
            continue
        for name, pattern in _FORMAT.items():
            match = pattern.search(passage.text)
            if match is not None:
                yield view.say(
                    "chat_template", name, passage, WordSpan(*match.span()), certain=False
                )
                break
