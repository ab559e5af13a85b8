"""Files of the repository that a card names, with the sizes and quantisations it gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import BYTES, read_bytes
from cardiogram.repository.statements.statement import Place, Statement

_WEIGHTS = (
    r"(?:gguf|safetensors|bin|onnx|pt|pth|ckpt|h5|keras|tflite|mlmodel|nemo|skops|"
    r"joblib|pkl|msgpack|ot|engine|ggml|q\d\w*)"
)
_FILE = rf"(?P<file>[\w][\w.+/-]*\.{_WEIGHTS})(?![\w/])"
_WHOLE = regex(rf"[`\[(]*{_FILE}[`\])]*\Z")
_ANY_FILE = r"(?P<file>[\w*][\w.+*/-]*\.\w{1,12})"
_Q = r"[\"'“”]"
_OF_REPOSITORY = (
    regex(
        rf"hf_hub_download\(\s*(?:repo_id\s*=\s*)?{_Q}(?P<id>[\w.-]+/[\w.-]+){_Q}\s*,\s*(?:filename\s*=\s*)?{_Q}{_ANY_FILE}{_Q}"
    ),
    regex(
        rf"from_pretrained\(\s*(?:repo_id\s*=\s*)?{_Q}(?P<id>[\w.-]+/[\w.-]+){_Q}\s*,\s*(?:filename|gguf_file|weight_name|model_file|file_name)\s*=\s*{_Q}{_ANY_FILE}{_Q}"
    ),
    regex(
        rf"load_\w+\(\s*{_Q}(?P<id>[\w.-]+/[\w.-]+){_Q}\s*,\s*(?:weight_name|"
        rf"filename|model_file)\s*=\s*{_Q}{_ANY_FILE}{_Q}"
    ),
    regex(
        rf"(?:--hf-repo|-hfr|-hf)[ "
        rf"=](?P<id>[\w.-]+/[\w.-]+)(?::\w+)?\s+(?:\\\s+)?(?:--hf-file|-hff)[ "
        rf"=]{_ANY_FILE}"
    ),
    regex(
        rf"(?:huggingface-cli|hf) download (?P<id>[\w.-]+/[\w.-]+) (?:--include "
        rf")?{_Q}?{_ANY_FILE}{_Q}?"
    ),
    regex(
        r"(?:huggingface\.co|hf\.co)/(?P<id>[\w.-]+/[\w.-]+)/(?:resolve|blob|"
        r"raw)/main/(?P<file>[^\s\"'`)?#\]]+)"
    ),
)
_LOCAL_MODEL = regex(
    rf"(?<![\w-])(?:-m|--model|model_path\s*=|-mm|--mmproj)[ =]?{_Q}?(?:\./|"
    rf"\.\\)?(?P<file>[\w][\w.+-]*\.gguf){_Q}?(?=\s|\)|,|\Z|\\)"
)
_HERE = regex(
    (
        rf"(?:`|\b)(?P<file>[\w][\w.+/-]*\.(?:py|json|ya?ml|txt|jinja|csv|ipynb|"
        rf"{_WEIGHTS[3:-1]}))`? (?:(?:is|are|can be found|lies|included|provided) "
        rf")?(?:in|with) this (?:repo\w*|folder)"
    ),
    re.I,
)
_SEE_LICENCE = regex(
    r"\b(?:see|siehe|voir|read) (?:the )?(?:file )?`?(?P<file>LICEN[SC]E(?:\.(?:md|"
    r"txt))?|NOTICE|USE_POLICY\.md)\b"
)
_QUANT = regex(r"\A`?(?P<quant>I?Q\d\w*|TQ\d_\d|[BF]F?16|F32|MXFP4\w*|NVFP4)`?(?=\W|\Z)", re.I)
_SIZE = regex(BYTES)
_NOT_OF_FILE = regex(
    r"\b(?:V?RAM|memory|needed|needs|requires?|required|was|were|before|used to|speicher\w*)\b",
    re.I,
)
_FILE_IN_TEXT = regex(_FILE)


def read_files(view: CardView) -> Iterator[Statement]:
    """Files that code loads from this repository, and that tables and lists offer."""
    yield from _in_code(view)
    for passage in view.passages:
        if passage.row and passage.row == passage.text and (match := _WHOLE.match(passage.text)):
            yield view.say("file", match["file"], passage, WordSpan(*match.span("file")))
        elif passage.place == "text" and not passage.label and not passage.about:
            yield from _in_prose(view, passage)
    yield from _links(view)


def _in_code(view: CardView) -> Iterator[Statement]:
    own = view.card.id.lower()
    by_block: dict[int, list[Passage]] = {}
    for passage in view.passages:
        if not passage.label:
            by_block.setdefault(passage.block, []).append(passage)
    for number, block in enumerate(view.card.document.blocks):
        if block.kind == "heading" or block.kind == "table":
            continue
        parts = by_block.get(number, [])
        for match in (m for pattern in _OF_REPOSITORY for m in pattern.finditer(block.text)):
            line = block.text.count("\n", 0, match.start("file"))
            if parts and (not own or match["id"].lower() == own):
                yield _of_code(view, parts, match, line)
        if block.kind == "code":
            for match in _LOCAL_MODEL.finditer(block.text):
                line = block.text.count("\n", 0, match.start("file"))
                if parts:
                    yield _of_code(view, parts, match, line, certain=False)


def _of_code(
    view: CardView, parts: list[Passage], match: re.Match[str], line: int, certain: bool = True
) -> Statement:
    file = match["file"]
    first = parts[0].first + line
    at = view.find_line(file, first, parts[0].first, parts[0].last)
    place: Place = "code" if parts[0].place == "code" else "text"
    return Statement("file", file, at, view.quote(at, file), place, certain=certain)


def _in_prose(view: CardView, passage: Passage) -> Iterator[Statement]:
    for pattern in (_HERE, _SEE_LICENCE):
        for match in pattern.finditer(passage.text):
            yield view.say(
                "file", match["file"], passage, WordSpan(*match.span("file")), certain=False
            )


def _links(view: CardView) -> Iterator[Statement]:
    """Links into this repository's own tree."""
    own = view.card.id.lower()
    for link in view.card.document.links:
        match = _OF_REPOSITORY[-1].search(link.target)
        if match and own and match["id"].lower() == own and len(match["file"]) < 200:
            at = view.find_line(match["file"], link.line, link.line, link.line + 40)
            yield Statement("file", match["file"], at, view.quote(at, match["file"]), "text")


def read_file_details(view: CardView) -> Iterator[Statement]:
    """Size and quantisation that a table or a list gives a file."""
    for passage in view.passages:
        file = _WHOLE.match(passage.row) if passage.row else None
        if file and passage.text != passage.row:
            yield from _detail(view, passage, file["file"])
        elif passage.place == "text" and not passage.label:
            files = list(_FILE_IN_TEXT.finditer(passage.text))
            sizes = list(_SIZE.finditer(passage.text))
            if len(files) == len(sizes) == 1 and 0 <= sizes[0].start() - files[0].end() < 40:
                yield from _sized(view, passage, files[0]["file"], sizes[0])


def _detail(view: CardView, passage: Passage, file: str) -> Iterator[Statement]:
    size = _SIZE.match(passage.text)
    if size and re.search(
        r"size|größe|taille|tamaño|storlek|大小|サイズ|크기|размер|dimensione|rozmiar",
        passage.label,
        re.I,
    ):
        yield from _sized(view, passage, file, size)
    quant = _QUANT.match(passage.text)
    if quant and re.search(
        r"quant|type|typ|format|量化|量子化|precision|method", passage.label, re.I
    ):
        yield view.say(
            "quantisation",
            quant["quant"].upper(),
            passage,
            WordSpan(*quant.span("quant")),
            about=file,
        )
    bits = re.match(r"(\d)(?:[ -]?bit)?\Z", passage.text)
    if bits and re.match(r"bits?\Z", passage.label, re.I):
        yield view.say("bits", int(bits[1]), passage, WordSpan(*bits.span(1)), about=file)


def _sized(
    view: CardView, passage: Passage, file: str, match: re.Match[str]
) -> Iterator[Statement]:
    quantity = read_bytes(match, view.comma)
    if quantity is not None and not _NOT_OF_FILE.search(passage.text):
        size = int(quantity.value)
        yield view.say("size", size, passage, quantity, unit="bytes", about=file)
