"""Pictures, sound, files on the disk, gates and templates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import BYTES, SMALL_NUMBER, read_bytes, read_small
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import OTHER

_IMAGE_LABEL = regex(
    r"(?:(?:input|training|image|native|output|default|base) )*(?:resolution|image[ "
    r"_]size|input[ _]size|image (?:resolution|dimensions)|"
    r"bildgröße|auflösung|résolution|resolución|分辨率|解像度)(?: \((?:pixels|px)\))?\Z",
    re.I,
)
_SQUARE = regex(
    r"(?<![\w.])(?P<height>\d{2,4}) ?(?:px|pixels)? ?[x×*] ?(?P<width>\d{2,4})(?![\w.])"
)
_EDGE = regex(r"\A\W*(?P<edge>\d{2,4})(?: ?(?:px|pixels?))?(?=\W|\Z)")
_PICTURES = regex(
    (
        r"\b(?:resolution|pixels?|px|images?|pictures?|inputs?|bilder\w*|pixeln?|"
        r"auflösung|résolution|resolución|imágenes)\b|像素|分辨率|画像|解像度"
    ),
    re.I,
)
_NOT_SIZE = regex(
    (
        r"\b(?:patch\w*|kernel|grid|gpus?|batch|upscal\w*|any|arbitrary|other|a100|h100|"
        r"v100|window|latents?|crop\w*|larger|up to|different|also|downsampl\w*|"
        r"sheet|photograph\w*|photos|scans?|scaled)\b|\d x \d+ ?(?:GB|GPU)"
    ),
    re.I,
)
_SECONDS = regex(
    (
        r"(?<![\w.])(?P<number>\d{1,3})[- ]?(?:seconds?|sec|s|sekunden|secondes|"
        r"segundos|secondi|sekunder)\b(?=[^.]{0,40}\b(?:audio|chunks?|segments?|at a "
        r"time|windows?|clips?|ljud|am stück)\b)"
    ),
    re.I,
)
_WINDOW_BEFORE = regex(
    (
        r"\b(?:takes?|reads?|chunks? of|windows? of|segments? of|up to|processes|clips? "
        r"of|liest|verarbeitet)\b"
    ),
    re.I,
)
_ON_DISK = regex(
    rf"{BYTES}(?=[^.;]{{0,12}}\b(?:on disk|auf der (?:fest)?platte|download|sur le "
    rf"disque|en disco|su disco|på disk|op schijf)\b)"
)
_DISK_LABEL = regex(
    (
        r"(?:file|model file|download|disk|checkpoint|weights?|total|model) ?size(?: on "
        r"disk)?|size on disk|dateigröße|modellgröße"
    ),
    re.I,
)
_MEMORY_LABEL = regex(
    r"(?:memory|speicher|mémoire|memoria|内存占用|メモリ) ?"
    r"[(（](?:weights only|nur die gewichte|poids seuls|solo los pesos|仅权重|重みのみ)[)）]",
    re.I,
)
_IN_BITS = regex(BYTES + r"[^\d,]{1,6}(?P<bits>32|16|8|4)(?!\d)")
_BYTES = regex(BYTES)
_BESIDE = regex(r"\(\s*" + BYTES + r"\s*\)")
_SHARDS = regex(
    rf"(?:split (?:in)?to|sharded (?:in)?to|in|across|over|auf|in|sur|en|em|op|på|"
    rf"fördelade? på|verteilt auf)\s+(?P<count>\d{{1,3}}|{SMALL_NUMBER}) "
    r"(?:safetensors |weight |model )?(?:shards?|files|parts|dateien|fichiers|"
    r"archivos|arquivos|file|bestanden|filer)\b",
    re.I,
)
_WEIGHTS = regex(
    (
        r"\b(?:weights?|shard\w*|checkpoint|model|gewichte|poids|pesos|pesi|gewichten|"
        r"vikter\w*|verteilt|split)\b"
    ),
    re.I,
)
_GATED = regex(
    r"\b(?:request(?:ing)? access|access request|gated (?:model|repo\w*)|(?:must|"
    r"need to|have to) (?:accept|agree to) (?:the|our|its|"
    r"these)\b[^.]{0,60}\b(?:access|download|before)|"
    r"zugang (?:muss )?beantrag\w+)\b",
    re.I,
)
_OPEN = regex(
    (
        r"\b(?:not gated|ungated|without (?:any )?(?:gate|registration|access request)|"
        r"no (?:access request|gate))\b"
    ),
    re.I,
)
_TEMPLATE_CALL = regex(r"\bapply_chat_template\(")
_TEMPLATE_WORDS = regex(
    (
        r"\b(?:comes with|has|ships with|includes|contains|embedded|built-?in|uses the|"
        r"bringt|hat|avec|includes?)\b[^.]{0,30}\bchat[- ]template\b|\bchat[- ]template "
        r"is (?:included|in the tokenizer|embedded|stored)"
    ),
    re.I,
)
_NO_TEMPLATE = regex(
    r"\b(?:no|not|without|lacks?|missing|kein\w*)\b[^.]{0,30}\bchat[- ]template\b", re.I
)


def read_pictures(view: CardView) -> Iterator[Statement]:
    """Height and width of the pictures that the model takes or makes."""
    for passage in view.passages:
        if (
            passage.about
            or passage.place in ("code", "title")
            or (passage.row != "" and not passage.label)
        ):
            continue
        if passage.label and not _IMAGE_LABEL.match(passage.label.strip()):
            continue
        squares = list(_SQUARE.finditer(passage.text))
        edge = _EDGE.match(passage.text) if passage.label and not squares else None
        if edge is not None:
            yield view.say("image_size", int(edge["edge"]), passage, WordSpan(*edge.span("edge")))
        elif len(squares) == 1 and (passage.label or _is_size(passage)):
            match = squares[0]
            subject, own = view.subject(passage, WordSpan(*match.span()))
            size: list[object] = [int(match["height"]), int(match["width"])]
            if subject != OTHER and (passage.label or int(match["height"]) >= 64):
                yield view.say("image_size", size, passage, WordSpan(*match.span()), certain=own)


def _is_size(passage: Passage) -> bool:
    return bool(_PICTURES.search(passage.text)) and not _NOT_SIZE.search(passage.text)


def read_windows(view: CardView) -> Iterator[Statement]:
    """Seconds of sound that are read at once."""
    for passage in view.sentences():
        match = _SECONDS.search(passage.text)
        if match is None or not _WINDOW_BEFORE.search(passage.text[: match.start()]):
            continue
        subject, own = view.subject(passage, WordSpan(*match.span("number")))
        if subject != OTHER:
            value = int(match["number"])
            yield view.say("window", value, passage, WordSpan(*match.span("number")), certain=own)


def read_disk(view: CardView) -> Iterator[Statement]:
    """Bytes of all weights, on the disk and by their bits, and the number of their files."""
    for passage in view.passages:
        if passage.about or passage.place in ("code", "title"):
            continue
        if _MEMORY_LABEL.fullmatch(passage.label.strip()):
            yield from _memory(view, passage)
        if passage.label:
            labelled = _DISK_LABEL.fullmatch(passage.label.strip())
            counted = re.match(r"(?:#? ?param\w*)\Z", passage.label.strip(), re.I)
            match = (
                _BYTES.match(passage.text)
                if labelled
                else _BESIDE.search(passage.text)
                if counted
                else None
            )
        else:
            match = _ON_DISK.search(passage.text)
        quantity = read_bytes(match, view.comma) if match else None
        if quantity is not None:
            size = int(quantity.value)
            yield view.say("size", size, passage, quantity, unit="bytes", certain=False)
        if not passage.label:
            yield from _shards(view, passage)


def _memory(view: CardView, passage: Passage) -> Iterator[Statement]:
    """Bytes of the weights alone at so many bits each; drafts write them in decimal units."""
    for match in _IN_BITS.finditer(passage.text):
        quantity = read_bytes(match, view.comma)
        if quantity is not None:
            exact = quantity._replace(high=2 * quantity.value - quantity.low)
            about = f"{match['bits']} bits"
            yield view.say("memory", int(exact.value), passage, exact, unit="bytes", about=about)


def _shards(view: CardView, passage: Passage) -> Iterator[Statement]:
    match = _SHARDS.search(passage.text)
    value = read_small(match["count"]) if match else None
    if match and value and value > 1 and _WEIGHTS.search(passage.text):
        subject, own = view.subject(passage, WordSpan(*match.span("count")))
        if subject != OTHER:
            yield view.say("shards", value, passage, WordSpan(*match.span("count")), certain=own)


def read_access(view: CardView) -> Iterator[Statement]:
    """Whether the text asks for consent, or says that nobody does."""
    for passage in view.sentences():
        if passage.about or passage.place == "title":
            continue
        for pattern, value in ((_GATED, True), (_OPEN, False)):
            match = pattern.search(passage.text)
            if match and not view.subject(passage, WordSpan(*match.span()))[0]:
                yield view.say("gated", value, passage, WordSpan(*match.span()), certain=False)


def read_templates(view: CardView) -> Iterator[Statement]:
    """A chat template that code calls for on this model's tokenizer, or that the text names."""
    own = view.card.id.lower()
    blocks = {p.block for p in view.code() if own and own in p.text.lower()}
    for passage in view.passages:
        if passage.place == "code" and passage.block in blocks and not passage.about:
            match = _TEMPLATE_CALL.search(passage.text)
            if match is not None:
                yield view.say("chat_template", True, passage, WordSpan(*match.span()))
        elif passage.place == "text" and not passage.about and not passage.label:
            match = _TEMPLATE_WORDS.search(passage.text)
            if match and not _NO_TEMPLATE.search(passage.text):
                yield view.say(
                    "chat_template", True, passage, WordSpan(*match.span()), certain=False
                )
