"""Settings in blocks of code: configurations that were used, and printed architectures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cardiogram.cards import Block, load_yaml
from cardiogram.errors import CardiogramError
from cardiogram.repository.statements.card_view import CardView
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
_USED = re.compile(
    r"config|axolotl|hyper-?parameters?|training (?:details|procedure|arguments|settings)|setting|"
    r"konfiguration|configuración",
    re.I,
)
_NAMES = re.compile(r"learning_rate|lora_|num_(?:train_)?epochs|merge_method")
_LENGTH = re.compile(r"'max_seq_length': (\d+)")
_POOLED = re.compile(r"Pooling\(\{'word_embedding_dimension': (\d+)")
_DENSE = re.compile(r"Dense\(\{.*?'out_features': (\d+)")
_MERGED = ("weight", "density")
_MAX_CODE = 20_000


def read_settings(view: CardView) -> Iterator[Statement]:
    """Keys of a configuration in YAML that the card says it was made with."""
    for number, block in enumerate(view.card.document.blocks):
        if block.kind != "code" or not _NAMES.search(block.text) or len(block.text) > _MAX_CODE:
            continue
        heading = next((p for p in view.passages if p.block == number), None)
        if heading is None or heading.about or block.info not in ("", "yaml", "yml"):
            continue
        settings = _parse(block.text)
        if "merge_method" in settings:
            yield from _merge(view, block, settings)
        elif "base_model" in settings or any(map(_USED.search, heading.headings)):
            for key, kind in _KINDS.items():
                value = settings.get(key)
                if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
                    yield _said(view, block, kind, value, key)


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
