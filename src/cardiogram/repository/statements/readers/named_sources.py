"""What the text says that the model was made from: base models, examples, data under a licence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import (
    NUMBER,
    SMALL_NUMBER,
    read_quantity,
    read_small,
)
from cardiogram.repository.statements.readers.terms_and_languages import licence_in
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import is_elsewhere

_MADE_FROM = regex(
    r"(?:fine-?tuned? (?:version of|variant of|version|from|of|on top of)|"
    r"finetuned from(?: model)?|"
    r"quanti[sz]ed (?:version|from|copy) of|conver(?:ted|sion) (?:of|from)|"
    r"converted (?:to|into) (?:the )?[\w.]{2,12} format from|"
    r"(?:GGUF|AWQ|GPTQ|EXL2|MLX|ONNX|exllama ?v?2?|FP8) "
    r"(?:files? |quants? |quanti[sz]ation |conversion |copy |version )?(?:of|for|from)|"
    r"quants? of|adapter (?:for|of)|LoRA (?:for|of|adapter for)|merge of|"
    r"feinabgestimmt\w*|nachtrainiert\w*|aus|version (?:affinée|ajustada) de|finjusterad\w*)\b",
    re.I,
)
_BASE_LABEL = regex(
    (
        r"(?:base(?: ?model)?|finetuned from(?: model)?(?: \[optional\])?|parent model|"
        r"original model|basismodell|modèle de base|modelo base|基础模型|ベースモデル)\Z"
    ),
    re.I,
)
_ID = regex(
    r"(?<![\w./@-])(?P<id>[A-Za-z0-9][\w.-]{1,60}/[A-Za-z0-9][\w.-]{1,90}[A-Za-z0-9])(?![\w/-])"
)
_UNIT = (
    r"(?:examples?|samples?|pairs?|sentences?|questions?|tickets?|rows?|images?|"
    r"pictures?|plates?|recordings?|utterances?|documents?|conversations?|"
    r"instructions?|reviews?|tweets?|articles?|notices?|queries|triplets?|entries|"
    r"records|Beispiele[n]?|Sätze[n]?|Paare[n]?|Fragen|Bilder[n]?|Aufnahmen|"
    r"Dokumente[n]?|exemples|paires|phrases|images|ejemplos|pares|frases|imágenes|"
    r"esempi|coppie|frasi|exemplos|voorbeelden|zinnen|paren|exempel|"
    r"meningar|par|inspelningar|bilder|frågor|przykład\w+|zdań|par|пример\w*|пар\w*|"
    r"предложени\w*|条|对|句|枚|件|문장|개)"
)
_TRAINED_ON = regex(
    rf"\b(?:trained|fine-?tuned|training|learned|trainiert\w*|tränad\w*|finjuster\w*|"
    rf"entraîn\w+|entrenad\w+|treinad\w+|addestrat\w+|getraind|trenowan\w+|обучен\w*|"
    rf"обучал\w*)\b"
    rf"[^.;:()]{{0,90}}?\b(?:on|with|using|over|auf|mit|på|med|sur|avec|con|en|com|"
    rf"su|op|met|na|на)\s+(?:the |a |about |some |around |roughly "
    rf")?(?P<number>{NUMBER})"
    rf"(?:[ -]?(?P<word>k|million|thousand|Millionen|tusen|mil|mille|mila))? "
    rf"+(?:\w+[ -]){{0,3}}?(?:{_UNIT}|[a-z]{{3,20}}s)\b",
    re.I,
)
_EVALUATED_ON = regex(
    rf"\b(?:evaluated|tested|validated|evaluiert|getestet|évalué\w*|evaluad\w+)\b[^.;:()]{{0,40}}?"
    rf"\b(?:on|with|using|over|auf|mit|sur|avec|en|con)\s+(?:the |a |about |some |around )?"
    rf"(?P<number>{NUMBER})(?:[ -]?(?P<word>k|thousand|million))? +(?:[\w-]+ ){{0,3}}?{_UNIT}\b",
    re.I,
)
_COUNTED_ASIDE = regex(
    r"\b(?:tokens?|hours?|minutes?|seconds?|days?|epochs?|steps?|iterations?|gpus?|"
    r"tpus?|cores?|chips?|"
    r"nodes?|languages?|classes|labels|words|characters|layers|frames|per|each|"
    r"additional|hidden|held|"
    r"stunden|schritte\w*|heures|horas|timmar)\b|\d ?[kK]?Hz",
    re.I,
)
_DATA_ID = regex(_ID.pattern + r"[*`]* data ?set")
_DATA = regex(
    (
        r"\b(?:data ?sets?|data|corpus|corpora|daten|datensatz|jeu de données|datos|"
        r"dati|dados|datamängd\w*|datos)\b"
    ),
    re.I,
)


def read_bases(view: CardView) -> Iterator[Statement]:
    """The model that a sentence or a label says this one was made from."""
    for passage in view.passages:
        if passage.about or passage.place in ("code", "title") or passage.row:
            continue
        if passage.label and not _BASE_LABEL.match(passage.label.strip()):
            continue
        made = _MADE_FROM.search(passage.text) if not passage.label else None
        if not passage.label and made is None:
            continue
        start = made.end() if made else 0
        first = made is not None and not re.search(r"\w", passage.text[: made.start()])
        named = _id_after(view, passage, start)
        if named is None:
            continue
        id, span = named
        own = first or bool(passage.label) or (made is not None and "onver" in made[0])
        own = own or view.subject(passage, span)[1]
        ids = list(_ID.finditer(passage.text, span.start)) if made and "erge" in made[0] else []
        if len(ids) > 1:
            for each in ids:
                yield view.say(
                    "merged_model", each["id"], passage, WordSpan(*each.span("id")), certain=own
                )
            continue
        yield view.say("base_model", id, passage, span, certain=own)


def _id_after(view: CardView, passage: Passage, start: int) -> tuple[str, WordSpan] | None:
    """The id that follows some words, as it stands or behind the name that a link shows."""
    match = _ID.search(passage.text, start)
    if match is not None and _BETWEEN.fullmatch(passage.text[start : match.start()]):
        return match["id"], WordSpan(*match.span("id"))
    if (bare := _BARE.match(passage.text, start)) is not None:
        return bare["id"], WordSpan(*bare.span("id"))
    for link in view.card.document.links:
        target = _MODEL_LINK.match(link.target)
        at = passage.text.find(link.text, start) if link.text and target else -1
        near = passage.first - 1 <= link.line <= passage.last + 1
        if target and near and at >= 0 and _BETWEEN.fullmatch(passage.text[start:at]):
            return target["id"], WordSpan(at, at + len(link.text))
    return None


_BETWEEN = regex(r"\W{0,6}(?:the )?(?:base )?(?:model )?\W{0,6}")
_BARE = regex(
    r"\W{0,6}(?:the )?(?P<id>(?:(?:distil|xlm-|mobile|de|al|camem|bio|sci|m)?(?:ro)?berta?|gpt2|"
    r"m?t5|flan-t5|bart|electra|xlnet|longformer)(?:-(?:[a-z]+|v\d|\d{1,3}[bm]?)){1,4}|gpt2)"
    r"(?![\w/-]|\.\w)"
)
"""A model of the first years, which go by a name without an owner."""
_MODEL_LINK = regex(
    r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?!datasets/|spaces/|docs/|papers/|blog/)"
    r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})/?\Z"
)


def read_examples(view: CardView) -> Iterator[Statement]:
    """How many examples the model is said to be trained and evaluated on."""
    for kind, pattern in (("train_samples", _TRAINED_ON), ("eval_samples", _EVALUATED_ON)):
        yield from _examples(view, kind, pattern)


def _examples(view: CardView, kind: str, pattern: re.Pattern[str]) -> Iterator[Statement]:
    for passage in view.sentences():
        if passage.place == "title":
            continue
        hits = list(pattern.finditer(passage.text))
        if len(hits) != 1:
            continue
        match = hits[0]
        quantity = read_quantity(match, view.comma)
        aside = _COUNTED_ASIDE.search(passage.text[match.start("number") : match.end() + 12])
        year = "," not in match["number"] and 1900 <= (quantity.value if quantity else 0) <= 2100
        if quantity is None or aside or year or quantity.value < 100 or quantity.value % 1:
            continue
        about, certain = view.subject(passage, quantity)
        if not about:
            count = int(quantity.value)
            yield view.say(kind, count, passage, quantity, certain=certain, unit="examples")


_MODULE = regex(
    r"(?<![\w.])(?:[qkvo]_proj|gate_proj|up_proj|down_proj|lm_head|embed_tokens|query_key_value|"
    r"dense_h_to_4h|dense_4h_to_h|c_attn|c_proj|c_fc|Wqkv|qkv_proj|gate_up_proj|to_[qkv])(?!\w)"
)
_LEFT_OUT = regex(r"\b(?:not|except|left|without|but|unlike|frozen|nicht|ohne|außer)\b", re.I)
_ADAPTED = regex(r"target|lora|adapter|appl|angewend|projection", re.I)


_TOOK = regex(
    rf"\b(?:train\w*|fine-?tun\w*|entraîn\w*|entrenamiento|tränad\w*|"
    rf"träning\w*)\b[^.;:()\d]{{0,40}}?"
    rf"\b(?:took|takes|for|lasted|in|dauerte|während|pendant|durante|tog|about|"
    rf"around)\b[^.;:()\d]{{0,16}}?"
    rf"(?:(?P<number>{NUMBER})|(?P<small>{SMALL_NUMBER}))(?P<word>) ?"
    rf"(?P<unit>hours?|hrs?|h|minutes?|mins?|days?|stunden?|minuten|tage|heures?|"
    rf"jours?|horas?|días?|"
    rf"timmar|dagar)\b(?! (?:of|on (?:8|16|32|64)))",
    re.I,
)
_ALL_RUNS = regex(r"\b(?:experiments?|runs|trials|search|all models|in total)\b", re.I)
_SECONDS = {"h": 3600.0, "m": 60.0, "d": 86400.0, "s": 3600.0, "t": 86400.0, "j": 86400.0}


def read_durations(view: CardView) -> Iterator[Statement]:
    """How long the training took."""
    for passage in view.sentences():
        match = _TOOK.search(passage.text)
        if match is None or passage.about or _ALL_RUNS.search(passage.text):
            continue
        small = float(read_small(match["small"]) or 0) if match["small"] else 0.0
        quantity = None if small else read_quantity(match, view.comma)
        unit = match["unit"].lower()
        size = 3600.0 if unit.startswith("tim") else _SECONDS[unit[0]]
        value = (quantity.value if quantity else small) * size
        span = WordSpan(match.start("small" if small else "number"), match.end("unit"))
        about, _ = view.subject(passage, span)
        if not about and value:
            yield view.say("training_seconds", value, passage, span, unit="seconds", certain=False)


def read_modules(view: CardView) -> Iterator[Statement]:
    """Layers that an adapter is said to change."""
    for passage in view.passages:
        if passage.about or passage.place in ("code", "title"):
            continue
        hits = list(_MODULE.finditer(passage.text))
        named = bool(re.match(r"(?:lora )?(?:target[_ ])?modules?\Z", passage.label, re.I))
        if is_elsewhere(passage.text) or _LEFT_OUT.search(passage.text):
            continue
        if hits and (named or (not passage.label and _ADAPTED.search(passage.text))):
            modules: list[object] = list(dict.fromkeys(m[0] for m in hits))
            span = WordSpan(hits[0].start(), hits[-1].end())
            yield view.say("target_modules", modules, passage, span, certain=named)


_SIZE_OF_DATA = regex(rf"\A(?P<number>{NUMBER})(?P<word>) training samples\Z")


def read_sizes_of_data(view: CardView) -> Iterator[Statement]:
    """The size of the data as Sentence Transformers writes it."""
    for passage in view.pairs():
        match = _SIZE_OF_DATA.match(passage.text) if passage.label == "Size" else None
        quantity = read_quantity(match) if match else None
        if quantity is not None:
            yield view.say("train_samples", int(quantity.value), passage, quantity)


def read_data_licences(view: CardView) -> Iterator[Statement]:
    """The licence that a sentence gives a data set of the metadata."""
    ids = [id for id in view.card.metadata.texts("datasets") if "/" in id]
    ids += [m["id"] for p in view.sentences() for m in _DATA_ID.finditer(p.text)]
    ids = list(dict.fromkeys(ids))
    for passage in view.passages:
        if passage.place in ("code", "title", "table") or len(passage.text) > 400:
            continue
        named = [id for id in ids if _names_data(passage, id)]
        if not named and len(ids) == 1 and _DATA.search(passage.text) and not passage.label:
            named = ids
        licences = licence_in(passage.text) if len(named) == 1 else ()
        if len(licences) == 1 and _DATA.search(passage.text):
            words = re.search(licences[0].split("-")[0], passage.text, re.I)
            span = WordSpan(*words.span()) if words else WordSpan(0, len(passage.text))
            yield view.say(
                "dataset_licence", licences[0], passage, span, about=named[0], certain=False
            )


def _names_data(passage: Passage, id: str) -> bool:
    text = passage.text.lower()
    return id.lower() in text or id.rpartition("/")[2].lower().replace("-", " ") in text.replace(
        "-", " "
    )


_ON_DATA = regex(
    r"(?:fine-?tuned|trained|feinabgestimmt|trainiert)\b.{0,160}?\bon (?:the )?[`*\[]{0,3}"
    rf"{_ID.pattern}[`*\]]{{0,3}} data ?set"
)
_GENERATED = regex(r"(?:fine-tuned version|pipeline was finetuned|adaption weights)")
_MERGED = regex(r"models? merged|merged models?|merge details|included in the merge", re.I)


def read_datasets(view: CardView) -> Iterator[Statement]:
    """The data set that a sentence says the model was tuned on."""
    for passage in view.sentences():
        match = None if passage.about else _ON_DATA.search(passage.text)
        if match is not None and _GENERATED.search(passage.text):
            span = WordSpan(*match.span("id"))
            yield view.say("dataset", match["id"], passage, span, certain=False)


def read_merged(view: CardView) -> Iterator[Statement]:
    """Models that a list under its heading says were merged."""
    for passage in view.sentences():
        if passage.about or not passage.headings or not _MERGED.search(passage.headings[-1]):
            continue
        match = re.match(rf"[\s*-]{{0,4}}{_ID.pattern}\s*\Z", passage.text)
        if match is not None:
            span = WordSpan(*match.span("id"))
            yield view.say("merged_model", match["id"], passage, span)


_SCRATCH = regex(
    r"\b(?:trained|pre-?trained) (?:entirely |completely |fully )?from scratch\b|"
    r"von Grund auf (?:neu )?trainiert|entraîné à partir de zéro|entrenado desde cero|"
    r"从零(?:开始)?训练",
    re.I,
)


def read_scratch(view: CardView) -> Iterator[Statement]:
    """A sentence that says that the model was made from no other."""
    for passage in view.sentences():
        match = _SCRATCH.search(passage.text)
        if match is None or passage.about or passage.place == "title":
            continue
        span = WordSpan(*match.span())
        about, certain = view.subject(passage, span)
        if not about and certain:
            yield view.say("base_relation", "from scratch", passage, span, certain=False)
