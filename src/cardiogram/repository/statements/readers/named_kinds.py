"""Names with a fixed spelling: architectures, types of weights, quantisations, pooling, methods."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import OTHER, is_elsewhere

DTYPES = {
    "F32": r"(?:torch\.)?float[ -]?32|fp[ -]?32|F32|full precision|single precision",
    "F16": r"(?:torch\.)?float[ -]?16|fp[ -]?16|F16|half precision",
    "BF16": r"(?:torch\.)?bfloat[ -]?16|bf[ -]?16|brain float(?:ing point)?",
    "F64": r"(?:torch\.)?float[ -]?64|fp[ -]?64",
    "F8_E4M3": r"(?:torch\.)?float8_e4m3\w*|fp[ -]?8(?:[ -]e4m3)?",
}
_DTYPE = regex(
    "|".join(f"(?P<{name}>(?<![\\w.]){words}(?![\\w]))" for name, words in DTYPES.items()), re.I
)
_WEIGHTS = regex(
    (
        r"\b(?:weights|checkpoint|gewichte|poids|pesos|pesi|gewichten|vikter\w*|wagi|"
        r"stored|saved|gespeichert|vorliegen|liegen|tensors?)\b|权重|重み|веса"
    ),
    re.I,
)
_NOT_STORED = regex(
    r"\b(?:train\w*|mixed|load\w*|inference|infer|run|running|runs|comput\w*|"
    r"activations?|torch_dtype|dtype ?=|quanti[sz]\w*|convert\w*|cast|can|may|could|"
    r"if|fine-?tun\w*|"
    r"memory|vram|gpu|using|use|from|original\w*|base|autocast|dequant\w*|"
    r"equivalent|instead|than|trainiert\w*|laden|geladen|entraîn\w*|entren\w*|"
    r"gradients?|optimizer)\b",
    re.I,
)
_DTYPE_LABEL = regex(
    (
        r"(?:tensor type|d_?type|torch_dtype|weights?(?: dtype| format| precision| "
        r"type)?|data type|datentyp|number format|storage(?: dtype)?|checkpoint dtype)\Z"
    ),
    re.I,
)
_BITS = regex(r"(?<![\w.])(?P<bits>[2-8])[- ]?bits?\b|\bint(?P<int>[48])\b", re.I)
_METHODS = {
    "gptq": r"gptq",
    "awq": r"awq",
    "gguf": r"gguf",
    "exl2": r"exl2|exllama ?v2",
    "bitsandbytes": r"bitsandbytes|bnb|nf4",
    "hqq": r"hqq",
    "aqlm": r"aqlm",
    "compressed-tensors": r"compressed[- ]tensors|llm[- ]?compressor",
}
_METHOD = regex(
    "|".join(f"(?P<{k.replace('-', '_')}>(?<![\\w]){v}(?![\\w]))" for k, v in _METHODS.items()),
    re.I,
)
_QUANTISED = regex(
    r"quanti[sz]\w*|quantisier\w*|\b[2-8][- ]?bit\b|量化|量子化|cuantiz\w*|kwantyz\w*|квант\w*",
    re.I,
)
_LOOSELY = regex(
    r"\b(?:load\w*|train\w*|qlora|fine-?tun\w*|adam\w*|optimi[sz]er|cache|other|also|original|base|"
    r"scales?|dot products?|implemented|blocks?|super-blocks?|Damp|dataset|vllm|"
    r"type-[01]|support\w*|currently|methods?|models "
    r"for|inference|and [2-8]|"
    r"[2-8](?:-bit)?, [2-8]|q\d_\w{1,8}.{0,80}q\d_\w{1,8})\b",
    re.I,
)
FAMILIES: dict[str, str] = {
    "wav2vec2": r"wav2vec ?-?(?:2(?:\.0)?)|wav2vec2|XLS-?R",
    "whisper": r"whisper",
    "hubert": r"hubert",
    "wavlm": r"wavlm",
    "speecht5": r"speecht5",
    "vits": r"vits",
    "roberta": r"roberta",
    "xlm-roberta": r"xlm-?r(?:oberta)?",
    "distilbert": r"distil-?bert",
    "deberta-v2": r"deberta(?:-?v[23])?",
    "albert": r"albert",
    "electra": r"electra",
    "modernbert": r"modernbert",
    "camembert": r"camembert",
    "mpnet": r"mpnet",
    "longformer": r"longformer",
    "bert": r"bert",
    "gpt2": r"gpt-?2",
    "gpt_neox": r"gpt-?neo-?x",
    "gpt_neo": r"gpt-?neo",
    "gptj": r"gpt-?j",
    "llama": r"ll?ama(?:[ -]?[23](?:\.\d)?)?",
    "mistral": r"mistral",
    "mixtral": r"mixtral",
    "qwen2": r"qwen[ -]?(?:1\.5|2(?:\.5)?)",
    "qwen3": r"qwen[ -]?3",
    "gemma": r"gemma",
    "gemma2": r"gemma[ -]?2",
    "gemma3": r"gemma[ -]?3",
    "phi": r"phi-?[12]|phi-1\.5",
    "phi3": r"phi-?[34]",
    "falcon": r"falcon",
    "bloom": r"bloom",
    "opt": r"OPT",
    "mpt": r"MPT",
    "mamba": r"mamba",
    "rwkv": r"rwkv",
    "t5": r"(?:flan-?|m)?t5",
    "bart": r"bart",
    "mbart": r"mbart(?:-?50)?",
    "pegasus": r"pegasus",
    "marian": r"marian(?:mt)?",
    "m2m_100": r"m2m-?100|nllb(?:-200)?",
    "vit": r"vision transformer|vit",
    "deit": r"deit",
    "beit": r"beit",
    "swin": r"swin(?: transformer)?",
    "convnext": r"convnext",
    "resnet": r"resnet(?:-?\d+)?",
    "efficientnet": r"efficientnet",
    "mobilenet": r"mobilenet",
    "clip": r"clip",
    "siglip": r"siglip",
    "blip": r"blip",
    "yolo": r"yolo",
    "detr": r"detr",
    "segformer": r"segformer",
    "layoutlm": r"layoutlm(?:v[23])?",
    "donut": r"donut",
    "stable-diffusion-xl": r"stable diffusion xl|sdxl",
    "stable-diffusion": r"stable diffusion(?: (?:v?1\.[45]|v?2(?:\.[01])?))?",
    "flux": r"flux(?:\.1)?",
}
"""Families of architectures by the names that prose gives them; the longest match counts."""
_FAMILY = regex(
    "|".join(
        f"(?P<f{i}>(?<![\\w/.-]){words}(?![\\w/]))" for i, words in enumerate(FAMILIES.values())
    ),
    re.I,
)
_FAMILY_NAMES = tuple(FAMILIES)
_BUILT = regex(
    r"\b(?:architecture|architektur|architettura|arquitectura|arquitetura|"
    r"arkitektur\w*|architectuur|architektura|архитектур\w*)\b|"
    r"\b(?:based on|built on|built upon|builds on|uses|bygger på|basiert auf|beruht "
    r"auf|basé sur|repose sur|basado en|se basa en|baseado em|basato su|gebaseerd "
    r"op|oparty na|"
    r"основан\w* на|is an?|ist ein\w*|est un|es un|è un|é um|är en|is een)\b|基于|采用|"
    r"架构|に基づ|ベース|アーキテクチャ|기반",
    re.I,
)
_ARCHITECTURE_LABEL = regex(
    (
        r"(?:model )?(?:architecture|architektur|arquitectura|arquitetura|architettura|"
        r"arkitektur|backbone|架构|アーキテクチャ|아키텍처)(?: type)?\Z"
    ),
    re.I,
)
_NOT_BUILT = regex(
    r"\b(?:tokeni[sz]er|distilled from|teacher|compar\w*|unlike|than|like|similar|"
    r"evaluat\w*|dataset|generated (?:by|with)|labell?ed (?:by|with)|bert-?score|"
    r"format|compatible|"
    r"template|style|llama\.?cpp|clip (?:score|skip)|initiali[sz]ed|prompts?|"
    r"embeddings? from|features from|outputs? of|loss|metric|demo|space|and|und|och|"
    r"et|y|or|with|mit|med)\b",
    re.I,
)
_POOLING = regex(r"'pooling_mode_(?P<mode>\w+)': True|'pooling_mode': '(?P<name>\w+)'")
_POOLING_LABEL = regex(r"pooling(?: (?:mode|method|strategy|type))?\s*\Z", re.I)
_POOL_NAMES = {
    "cls_token": "cls",
    "mean_tokens": "mean",
    "max_tokens": "max",
    "lasttoken": "lasttoken",
    "mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "weightedmean_tokens": "weightedmean",
}
_POOL_PROSE = regex(
    (
        r"(?<![\w-])(?P<mode>mean|cls|max|last[- ]?token|average|weighted mean)(?:[- "
        r"]token)?[- ]pooling"
    ),
    re.I,
)
_SIMILARITY = regex(r"(?P<name>cosine|dot[- ]?product|euclidean|manhattan)", re.I)
_MERGES = {
    "slerp": r"slerp",
    "dare_ties": r"dare[-_ ]ties",
    "dare_linear": r"dare[-_ ]linear",
    "ties": r"ties",
    "linear": r"linear",
    "task_arithmetic": r"task[-_ ]arithmetic",
    "passthrough": r"passthrough",
    "model_stock": r"model[-_ ]stock",
    "breadcrumbs": r"(?:model )?breadcrumbs",
    "della": r"della",
    "nuslerp": r"nuslerp",
    "sce": r"sce",
    "karcher": r"karcher",
}
_MERGE = regex(
    (
        rf"\b(?P<name>{'|'.join(_MERGES.values())})\b(?=[- ]merged?\b|[^.]{{0,20}}\bmerge method)|"
        rf"merge[_ ]method:? ?`?(?P<key>\w+)"
    ),
    re.I,
)
_TRAINED_BY = regex(
    r"\b(?:trained (?:with|using|by)|fine-?tuned (?:with|using)|method:?|"
    r"via)\b[^.]{0,40}?\b(?P<name>SFT|DPO|ORPO|KTO|GRPO|PPO|CPO|RLOO|GKD|supervised "
    r"fine-?tuning|direct preference optimi[sz]ation)\b"
)


_TRAINED = regex(r"learning[ _]?rate|batch[ _]?size|(?:num_)?epochs|warm-?up|optimi[sz]er", re.I)


def read_dtypes(view: CardView) -> Iterator[Statement]:
    """Types in which the weights are said to be stored."""
    training = {p.headings for p in view.pairs() if _TRAINED.match(p.label)}
    for passage in view.passages:
        if passage.about or passage.place in ("code", "title") or len(passage.text) > 500:
            continue
        if not passage.label and not _WEIGHTS.search(passage.text):
            continue
        hits = [(m.lastgroup, m) for m in _DTYPE.finditer(passage.text)]
        if len({name for name, _ in hits}) != 1:
            continue
        name, match = hits[0]
        if passage.label:
            labelled = _DTYPE_LABEL.match(passage.label.strip())
            if (labelled and passage.headings not in training) or _shares_count(passage, match):
                yield view.say("dtype", name, passage, WordSpan(*match.span()))
        elif not _NOT_STORED.search(passage.text):
            subject, own = view.subject(passage, WordSpan(*match.span()))
            if subject != OTHER:
                yield view.say("dtype", name, passage, WordSpan(*match.span()), certain=own)


def _shares_count(passage: Passage, match: re.Match[str]) -> bool:
    """Whether the type stands beside the number of parameters: ``109M, float32``."""
    return (
        bool(re.match(r"(?:#? ?param\w*|model size)\Z", passage.label, re.I)) and match.start() < 24
    )


def read_quantisations(view: CardView) -> Iterator[Statement]:
    """Bits and method of quantised weights."""
    for passage in view.passages:
        if passage.about or passage.label or passage.row or passage.place == "code":
            continue
        text = passage.text
        if len(text) > 400 or not _QUANTISED.search(text) or _LOOSELY.search(text):
            continue
        bits = {int(m["bits"] or m["int"]): m for m in _BITS.finditer(text)}
        methods = {str(m.lastgroup).replace("_", "-"): m for m in _METHOD.finditer(text)}
        sure = len(bits) == len(methods) == 1
        hits: list[tuple[str, str | int, re.Match[str]]] = []
        if len(bits) == 1:
            hits += [("bits", value, match) for value, match in bits.items()]
        if len(methods) == 1:
            hits += [("method", value, match) for value, match in methods.items()]
        for kind, value, match in hits:
            span = WordSpan(*match.span())
            subject, own = view.subject(passage, span)
            if subject != OTHER:
                yield view.say(kind, value, passage, span, certain=own or sure)


def read_architectures(view: CardView) -> Iterator[Statement]:
    """Architectures that the text says the model has."""
    for passage in view.passages:
        if passage.about or passage.place in ("code", "title") or len(passage.text) > 400:
            continue
        if passage.label:
            if _ARCHITECTURE_LABEL.match(passage.label.strip()):
                families = _families(passage.text)
                if len(families) == 1:
                    yield _family(view, passage, families, certain=True)
            continue
        built = _BUILT.search(passage.text)
        families = _families(passage.text) if built else {}
        if built is None or len(families) != 1 or is_elsewhere(passage.text):
            continue
        match = next(iter(families.values()))
        if _is_built_of(passage.text, built, match):
            own = view.subject(passage, WordSpan(built.start(), built.start()))
            if own[0] != OTHER:
                yield _family(view, passage, families, certain=own[1])


def _families(text: str) -> dict[str, re.Match[str]]:
    """Families that a text names, each where it does so last."""
    return {_FAMILY_NAMES[int(m.lastgroup[1:])]: m for m in _FAMILY.finditer(text) if m.lastgroup}


def _is_built_of(text: str, built: re.Match[str], family: re.Match[str]) -> bool:
    """Whether the words that say so and the family stand together, and nothing else between."""
    between = text[built.end() : family.start()]
    if len(between) > 40 or (built.start() < family.start() and re.search(r"[.;:]", between)):
        return False
    if _OF_ID.match(text, family.end()):
        return False  # the name of another model
    before = text[max(0, family.start() - 40) : family.start()]
    return "architect" in built[0].lower() or not _NOT_BUILT.search(before)


_OF_ID = regex(r"-(?:base|large|small|tiny|medium|mini|xl)\b", re.I)


def _family(
    view: CardView, passage: Passage, families: dict[str, re.Match[str]], certain: bool
) -> Statement:
    name, match = next(iter(families.items()))
    return view.say("architecture", name, passage, WordSpan(*match.span()), certain=certain)


def read_embeddings(view: CardView) -> Iterator[Statement]:
    """Pooling and similarity, in the printed architecture and in prose."""
    for passage in view.passages:
        if passage.about:
            continue
        if passage.place == "code":
            modes = list(_POOLING.finditer(passage.text))
            if len(modes) == 1:
                mode = modes[0]["mode"] or modes[0]["name"]
                yield view.say(
                    "pooling", _POOL_NAMES.get(mode, mode), passage, WordSpan(*modes[0].span())
                )
        elif re.match(r"similarity function\Z", passage.label.strip(), re.I):
            if (match := _SIMILARITY.search(passage.text)) is not None:
                yield view.say(
                    "similarity",
                    match["name"].lower().split("-")[0].split()[0],
                    passage,
                    WordSpan(*match.span()),
                )
        elif (
            (not passage.label or _POOLING_LABEL.match(passage.label))
            and (match := _POOL_PROSE.search(passage.text)) is not None
            and len(set(_POOL_PROSE.findall(passage.text))) == 1
        ):
            mode = match["mode"].lower().replace(" ", "").replace("-", "")
            mode = {"average": "mean", "weightedmean": "weightedmean"}.get(mode, mode)
            subject, own = view.subject(passage, WordSpan(*match.span()))
            if subject != OTHER:
                yield view.say(
                    "pooling",
                    mode,
                    passage,
                    WordSpan(*match.span()),
                    certain=own or bool(passage.label),
                )


_OPTIMISERS = regex(
    r"(?<![a-z])(?P<name>adamw?|adam[ _-]?w|sgd|adafactor|lion|adagrad|rmsprop|lamb|prodigy|"
    r"adadelta|"
    r"sophia|muon|shampoo|nadam|ranger)(?![a-z])",
    re.I,
)


def read_optimisers(view: CardView) -> Iterator[Statement]:
    """The optimiser under its label."""
    for passage in view.pairs():
        label = passage.label.strip(" `*_").lower()
        if passage.about or not re.match(r"optimi[sz](?:er|ador|zer|er type)?\Z", label):
            continue
        spelled = {m["name"].lower() for m in _OPTIMISERS.finditer(passage.text)}
        match = _OPTIMISERS.search(passage.text)
        if match is not None and len(spelled) == 1:
            name = match["name"].lower().replace(" ", "").replace("_", "").replace("-", "")
            yield view.say("optimizer", name, passage, WordSpan(*match.span()))


def read_methods(view: CardView) -> Iterator[Statement]:
    """How the model was merged or tuned."""
    for passage in view.passages:
        if passage.about or passage.label:
            continue
        text = re.sub(r"[\[\]`*]", "", passage.text)
        for match in _MERGE.finditer(text):
            written = (match["name"] or match["key"] or "").lower()
            name = next((n for n, p in _MERGES.items() if re.fullmatch(p, written)), "")
            at = passage.text.lower().find(written.split()[0]) if written else -1
            span = WordSpan(at, at + len(written.split()[0])) if name and at >= 0 else None
            if span and (passage.place == "code" or view.subject(passage, span)[0] != OTHER):
                yield view.say("method", name, passage, span)
        trained = _TRAINED_BY.search(text) if passage.place == "text" else None
        if trained and trained["name"] in passage.text:
            at = passage.text.index(trained["name"])
            name = (
                {"s": "sft", "d": "dpo"}[trained["name"][0].lower()]
                if " " in trained["name"]
                else trained["name"].lower()
            )
            yield view.say(
                "method",
                name,
                passage,
                WordSpan(at, at + len(trained["name"])),
                certain=view.subject(passage, WordSpan(at, at))[1],
            )


_SCHEDULES = regex(
    r"(?<![a-z])(?P<name>cosine(?:[ _]with[ _](?:min[ _]lr|restarts))?|linear|"
    r"constant(?:[ _]with[ _]warmup)?|"
    r"polynomial|inverse[ _]sqrt|reduce[ _]lr[ _]on[ _]plateau|one[ _-]?cycle|wsd)(?![a-z])",
    re.I,
)
_SCHEDULE_LABEL = regex(
    r"(?:lr|learning[ _]rate)[ _]schedul(?:e|er)(?:[ _]type)?|schedul(?:e|er)(?:[ _]type)?", re.I
)
_PRECISION_LABEL = regex(
    (
        r"(?:training (?:regime|precision)|mixed[-_ ]precision(?:[_ ]training)?|"
        r"precision)(?: \[optional\])?"
    ),
    re.I,
)
_TOKEN_LABELS = {
    "end_token": regex(r"(?:eos|end[- ]of[- ](?:sequence|text|sentence)|stop)[ _]?token", re.I),
    "begin_token": regex(
        r"(?:bos|begin(?:ning)?[- ]of[- ](?:sequence|text|sentence))[ _]?token", re.I
    ),
    "padding_token": regex(r"pad(?:ding)?[ _]?token", re.I),
}
_LABELS_LABEL = regex(
    (
        r"(?:class|output|target)?[ _]?(?:labels?|classes|categories|entity types|"
        r"entities|label set|klassen)"
    ),
    re.I,
)


def read_training_words(view: CardView) -> Iterator[Statement]:
    """Schedule and precision of the training, under their labels."""
    for passage in view.pairs():
        label = passage.label.strip(" `*")
        if passage.about or (passage.row and passage.place != "table"):
            continue
        if _SCHEDULE_LABEL.fullmatch(label) and (match := _SCHEDULES.match(passage.text.strip())):
            name = match["name"].lower().replace(" ", "_").replace("-", "_")
            yield view.say("schedule", name, passage, WordSpan(*match.span()))
        elif _PRECISION_LABEL.fullmatch(label):
            spelled = {m.lastgroup for m in _DTYPE.finditer(passage.text)}
            shown = _DTYPE.search(passage.text)
            if shown is not None and len(spelled) == 1:
                yield view.say(
                    "precision", shown.lastgroup, passage, WordSpan(*shown.span()), certain=False
                )


def read_tokens(view: CardView) -> Iterator[Statement]:
    """Special tokens under their labels."""
    for passage in view.pairs():
        kind = next(
            (k for k, p in _TOKEN_LABELS.items() if p.fullmatch(passage.label.strip(" `*"))), ""
        )
        match = re.fullmatch(
            r"[`\"']?(?P<token>[<\[][^\s`\"']{1,40}[>\]])[`\"']?\.?", passage.text.strip()
        )
        if kind and match is not None and not passage.about:
            at = passage.text.index(match["token"])
            yield view.say(kind, match["token"], passage, WordSpan(at, at + len(match["token"])))


def read_label_names(view: CardView) -> Iterator[Statement]:
    """Names of the classes, listed under their label."""
    for passage in view.pairs():
        if passage.about or not _LABELS_LABEL.fullmatch(passage.label.strip(" `*")):
            continue
        parts = [
            part.strip(" `*\"'[]().") for part in re.split(r"[,;、，]| and | und ", passage.text)
        ]
        parts = [re.sub(r"^(?:\d+|label_\d+)\s?[:=→-]\s?", "", part, flags=re.I) for part in parts]
        if 2 <= len(parts) <= 60 and all(re.fullmatch(r"[\w /&-]{1,40}", part) for part in parts):
            words: list[object] = [part for part in parts if not part.isdigit()]
            if len(words) == len(parts):
                yield view.say(
                    "labels", words, passage, WordSpan(0, len(passage.text)), about="names"
                )
