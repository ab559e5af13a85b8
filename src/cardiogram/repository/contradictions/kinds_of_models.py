"""Base models, architectures, libraries, tasks and methods against what files show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    Known,
    contradiction,
    source_of,
    sources_of,
)
from cardiogram.repository.contradictions.licences_and_languages import is_copy
from cardiogram.repository.fact import Fact
from cardiogram.repository.statements import Statement

_COPY_NAME = regex(
    r"[-_.](?:unsloth[-_])?(?:bnb[-_])?[48]bit(?:[-_]\w+)?$|[-_](?:hf|fp16|bf16|gguf|gptq|awq)$",
    re.I,
)
_ALIKE = (
    {
        "bert",
        "roberta",
        "xlm-roberta",
        "camembert",
        "distilbert",
        "electra",
        "albert",
        "mpnet",
        "deberta-v2",
        "deberta",
        "modernbert",
        "nomic_bert",
    },
    {
        "llama",
        "mistral",
        "mixtral",
        "qwen2",
        "qwen3",
        "gemma",
        "gemma2",
        "gemma3",
        "phi",
        "phi3",
        "falcon",
        "internlm",
        "yi",
        "stablelm",
    },
    {"gpt2", "gpt_neo", "gpt_neox", "gptj", "gpt_bigcode", "codegen", "opt", "bloom", "mpt"},
    {"t5", "mt5", "umt5", "longt5"},
    {"bart", "mbart"},
    {"clip", "siglip", "vit"},
    {"vit", "deit", "beit", "dinov2", "swin", "swinv2"},
)
_COMPOSED = regex(r".*encoder-decoder\Z|llava|vision|clip\Z|custom\Z|idefics|auto\Z|timm_")
"""Types of models that are made of others, or say nothing."""
_SAME = {
    "mt5": "t5",
    "umt5": "t5",
    "xlm-roberta": "roberta",
    "camembert": "roberta",
    "swinv2": "swin",
    "deberta": "deberta-v2",
    "layoutlmv3": "layoutlm",
    "layoutlmv2": "layoutlm",
    "qwen2_vl": "qwen2",
    "qwen2_5_vl": "qwen2",
    "qwen2_moe": "qwen2",
    "qwen3_moe": "qwen3",
    "gemma3_text": "gemma3",
    "blip-2": "blip",
    "phi-msft": "phi",
    "clip_vision_model": "clip",
    "mllama": "llama",
    "llama4": "llama",
    "wav2vec2-bert": "wav2vec2",
    "wav2vec2-conformer": "wav2vec2",
    "xlm-roberta-xl": "roberta",
    "nllb_moe": "m2m_100",
    "convnextv2": "convnext",
    "mobilenet_v2": "mobilenet",
    "mobilenet_v1": "mobilenet",
    "conditional_detr": "detr",
    "deformable_detr": "detr",
    "table-transformer": "detr",
    "yolos": "yolo",
}
_OWN_FILES = {
    "diffusers": (
        "model_index.json",
        "unet/config.json",
        "pytorch_lora_weights.safetensors",
        "transformer/config.json",
        "vae/config.json",
        "diffusion_pytorch_model",
    ),
    "espnet": ("exp/", "meta.yaml", ".pth"),
    "nemo": (".nemo",),
    "speechbrain": ("hyperparams.yaml",),
    "fastai": ("model.pkl", ".pkl"),
    "sklearn": (".skops", ".joblib", ".pkl", "sklearn_model"),
    "stable-baselines3": (".zip",),
    "flair": ("pytorch_model.bin", "final-model.pt", ".pt"),
    "spacy": (".whl", "meta.json"),
    "keras": (".keras", ".h5", "saved_model.pb", "keras_metadata.pb", "task.json"),
    "timm": ("pytorch_model.bin", "model.safetensors"),
    "open_clip": ("open_clip_config.json", "open_clip_"),
    "fasttext": (".bin", ".ftz"),
    "allennlp": ("model.tar.gz", "weights.th"),
    "fairseq": (".pt",),
    "stanza": ("models/", ".pt", ".zip"),
    "ml-agents": (".onnx", ".nn"),
    "ultralytics": (".pt", ".onnx"),
    "pyannote-audio": ("config.yaml", "pytorch_model.bin"),
    "paddlenlp": (".pdparams",),
    "asteroid": ("pytorch_model.bin",),
    "tensorflowtts": (".h5",),
    "k2": ("exp/", ".pt"),
    "setfit": ("model_head.pkl", "config_setfit.json"),
    "peft": ("adapter_config.json",),
    "sentence-transformers": ("modules.json", "config_sentence_transformers.json", "config.json"),
    "gguf": (".gguf",),
    "mlx": (".safetensors", ".npz"),
    "coreml": (".mlmodel", ".mlpackage"),
    "onnx": (".onnx",),
    "nemo_asr": (".nemo",),
    "bertopic": ("topics.json", "topic_embeddings"),
}
"""Files, or ends or beginnings of their names, without which a library has nothing to load."""
_HEADS = {
    "ForSequenceClassification": (
        "text-classification zero-shot-classification text-ranking sentence-similarity "
        "feature-extraction tabular-classification reinforcement-learning text-generation "
        "image-text-to-text audio-classification"
    ),
    "ForTokenClassification": "token-classification feature-extraction",
    "ForQuestionAnswering": (
        "question-answering document-question-answering table-question-answering "
        "visual-question-answering"
    ),
    "ForMaskedLM": (
        "fill-mask feature-extraction sentence-similarity text-ranking text-generation"
    ),
    "ForImageClassification": (
        "image-classification image-feature-extraction zero-shot-image-classification "
        "image-to-image"
    ),
    "ForObjectDetection": "object-detection zero-shot-object-detection",
    "ForSemanticSegmentation": "image-segmentation",
    "ForAudioClassification": (
        "audio-classification automatic-speech-recognition voice-activity-detection"
    ),
    "ForCTC": "automatic-speech-recognition audio-classification",
    "WhisperForConditionalGeneration": (
        "automatic-speech-recognition translation audio-classification"
    ),
    "ForSpeechSeq2Seq": "automatic-speech-recognition translation",
    "ForCausalLM": (
        "text-generation text2text-generation conversational summarization translation "
        "question-answering text-classification image-text-to-text any-to-any "
        "visual-question-answering image-to-text text-ranking feature-extraction "
        "sentence-similarity audio-text-to-text video-text-to-text text-to-speech "
        "token-classification zero-shot-classification reinforcement-learning "
        "table-question-answering document-question-answering text-to-audio "
        "automatic-speech-recognition robotics"
    ),
    "MarianMTModel": "translation text2text-generation text-generation",
}
"""Tasks that a head can do."""


def compare_bases(known: Known) -> Iterator[Contradiction]:
    """The base model of the front matter against the one that files name."""
    stated = known.said("base_model", "front matter")
    named = [f for f in known.named(("base_model",)) if isinstance(f.value, str) and "/" in f.value]
    if not stated and named:
        yield from _bases_in_words(known, named)
    if not stated or not named:
        return
    mine = {name for s in stated for name in _names_of_base(known, str(s.value))}
    if any(str(s.value) in known.missing_bases for s in stated):
        return
    if any(mine & set(_names_of_base(known, str(f.value))) for f in named):
        return
    adapter = any("adapter_config" in source.path for f in named for source in f.sources)
    yield contradiction(
        stated[0],
        sources_of(named),
        f"The card says {stated[0].value!r}; {named[0].sources[0].path} says {named[0].value!r}.",
        sure=adapter,
    )


def _bases_in_words(known: Known, named: list[Fact]) -> Iterator[Contradiction]:
    """The one base model that the text names, where the metadata name none."""
    said = [s for s in known.said("base_model") if s.certain]
    mine = {_plain(name) for s in said for name in _names_of_base(known, str(s.value))}
    theirs = {_plain(name) for f in named for name in _names_of_base(known, str(f.value))}
    if len({str(s.value) for s in said}) != 1 or any(
        a in b or b in a for a in mine for b in theirs
    ):
        return
    yield contradiction(
        said[0],
        sources_of(named),
        f"The card says {said[0].value!r}; {named[0].sources[0].path} says {named[0].value!r}.",
        sure=False,
    )


def compare_scratch(known: Known) -> Iterator[Contradiction]:
    """A training from scratch, where metadata or files name a base model."""
    stated = [s for s in known.said("base_model", "front matter") if "/" in str(s.value)]
    facts = known.named(("base_model",))
    for statement in known.said("base_relation", "text"):
        if statement.value != "from scratch" or not (stated or facts):
            continue
        base = facts[0].value if facts else stated[0].value
        yield contradiction(
            statement,
            sources_of(facts) or (source_of(stated[0]),),
            f"The card says that it was trained from scratch; its base model is {base!r}.",
            sure=False,
        )
        return


_TASKS_ALIKE = (
    {"text2text-generation", "summarization", "translation", "text-generation"},
    {"feature-extraction", "sentence-similarity", "fill-mask", "text-ranking"},
    {"text-classification", "zero-shot-classification", "text-ranking"},
    {"text-generation", "image-text-to-text", "any-to-any", "image-to-text", "conversational"},
    {"image-classification", "zero-shot-image-classification", "image-feature-extraction"},
    {"question-answering", "document-question-answering", "visual-question-answering"},
    {"text-to-speech", "text-to-audio"},
    {"object-detection", "zero-shot-object-detection"},
)


def compare_code_task(known: Known) -> Iterator[Contradiction]:
    """The task of the metadata against the one that the snippets ask a pipeline for."""
    stated = known.said("task", "front matter")
    code = known.said("task", "code")
    tasks = {str(s.value) for s in (*stated, *code)}
    if len(stated) != 1 or len({s.value for s in code}) != 1 or len(tasks) < 2:
        return
    if not any(tasks <= group for group in _TASKS_ALIKE):
        yield contradiction(
            stated[0],
            (source_of(code[0]),),
            f"The metadata say {stated[0].value}, the snippet asks for {code[0].value}.",
            sure=False,
        )


_TUNED = regex(r"fine-?tun|nachtrainier|feinabgestimm|affin|ajust|finjuster", re.I)


_CONVERTED = regex(r"convert|quanti[sz]|GGUF|\bAWQ|GPTQ|EXL2|\bMLX", re.I)


def compare_named_base(known: Known) -> Iterator[Contradiction]:
    """The base model of the metadata against the one that the text names."""
    stated = known.said("base_model", "front matter")
    text = [s for s in known.said("base_model") if s.place != "front matter" and s.certain]
    yield from _of_another_family(known, text)
    copied = [s for s in text if _CONVERTED.search(s.quote)]
    if copied or is_copy(known):  # its card repeats the words of the model that it was made from
        text = copied or [s for s in text if not _TUNED.search(s.quote)]
    ids = {str(s.value).lower() for s in stated}
    named = {str(s.value).lower() for s in text}
    if len(ids) != 1 or len(named) != 1 or ids & known.missing_bases:
        return
    mine = {_plain(name) for name in _names_of_base(known, str(stated[0].value))}
    theirs = {_plain(name) for name in _names_of_base(known, str(text[0].value))}
    if not any(a in b or b in a for a in mine for b in theirs):
        yield contradiction(
            stated[0],
            (source_of(text[0]),),
            f"The metadata say {stated[0].value!r}, the text says {text[0].value!r}.",
            sure=False,
        )


_FIRST_FAMILIES = frozenset(
    {"bert", "roberta", "distilbert", "albert", "gpt2", "t5", "bart", "electra", "xlnet"}
)


def _of_another_family(known: Known, text: list[Statement]) -> Iterator[Contradiction]:
    """A base model of the first years whose name is that of another family than the configuration.

    Their names are exact, so that bert is not what roberta is.
    """
    types = [f for f in known.named(("model_type",), "") if f.value in _FIRST_FAMILIES]
    said = {str(s.value).partition("-")[0] for s in text}
    if len(types) != 1 or len(said) != 1 or not said < _FIRST_FAMILIES or types[0].value in said:
        return
    yield contradiction(
        text[0],
        sources_of(types),
        f"The card says {text[0].value!r}; {types[0].sources[0].path} says {types[0].value}.",
        sure=False,
    )


def _names_of_base(known: Known, id: str) -> set[str]:
    """Names under which a base model goes: its present one, and without the mark of a copy."""
    ids = {id}
    if "/" in id:
        other = known.other(id, "model")
        if not isinstance(other, str) and other.id:
            ids.add(other.id)
    plain = {_COPY_NAME.sub("", each.lower()) for each in ids}
    return plain | {each.rpartition("/")[2] for each in plain}


def compare_architectures(known: Known) -> Iterator[Contradiction]:
    """A family that the text names against the configuration's."""
    types = known.named(("model_type",), "")
    theirs = {_family(str(f.value)) for f in types}
    if not theirs:
        return
    classes = known.named(("architecture",), "")
    said = [s for s in known.said("architecture") if s.about != "code"]
    if any(_family(str(s.value)) in theirs for s in said):
        return
    for statement in said:
        mine = _family(str(statement.value))
        if any(_related(mine, each) for each in theirs):
            continue
        yield contradiction(
            statement,
            sources_of([*classes, *types]),
            f"The card says {statement.value}; {types[0].sources[0].path} says {types[0].value}.",
            sure=statement.certain
            and not any({mine, each} <= group for group in _ALIKE for each in theirs),
        )


def _family(name: str) -> str:
    return _SAME.get(name.lower(), name.lower())


def _related(mine: str, theirs: str) -> bool:
    """Whether one name is a part of the other, as bert of roberta, or a model has several."""
    plain, other = re.sub(r"[\W_\d]", "", mine), re.sub(r"[\W_\d]", "", theirs)
    return bool(plain and plain in other) or _COMPOSED.match(theirs) is not None


def compare_libraries(known: Known) -> Iterator[Contradiction]:
    """A library whose kind of files the repository does not hold, where another's are there."""
    stated = known.said("library", "front matter")
    files = known.files
    if len(stated) != 1 or not files:
        return
    library = str(stated[0].value).lower()
    shown = known.named(("library",))
    others = [f for f in shown if _plain(f.value) != _plain(library)]
    shapes = _OWN_FILES.get(library)
    if library == "transformers":
        yield from _not_transformers(known, stated[0], others)
        return
    types = known.named(("architecture", "model_type"), "")
    if shapes is None or len(others) < len(shown) or not (others or types):
        return
    if any(_has_shape(path, shapes) for path in files):
        return
    theirs = others[0].value if others else f"transformers ({types[0].value})"
    yield contradiction(
        stated[0],
        sources_of([*others, *types]),
        f"The card says {stated[0].value}; the files are of {theirs}.",
    )


def _not_transformers(
    known: Known, statement: Statement, others: list[Fact]
) -> Iterator[Contradiction]:
    """Files that transformers cannot load: pipelines of diffusers, models of scikit-learn."""
    foreign = [
        f
        for f in others
        if str(f.value)
        in (
            "diffusers",
            "sklearn",
            "keras",
            "open_clip",
            "nemo",
            "speechbrain",
            "fastai",
            "flair",
            "spacy",
        )
    ]
    if foreign and not known.named(("model_type",), ""):
        yield contradiction(
            statement,
            sources_of(foreign),
            f"The card says transformers; the files are of {foreign[0].value}.",
        )


def _has_shape(path: str, shapes: tuple[str, ...]) -> bool:
    return any(path.endswith(shape) or path.startswith(shape) for shape in shapes)


def _plain(value: object) -> str:
    return re.sub(r"[\W_]", "", str(value).lower())


def compare_tasks(known: Known) -> Iterator[Contradiction]:
    """A task that the head of the model cannot do, or that a file calls otherwise."""
    stated = [*known.said("task", "front matter"), *known.said("task", "code")]
    for statement in stated:
        yield from _compare_task(known, statement)


def _compare_task(known: Known, statement: Statement) -> Iterator[Contradiction]:
    if known.named(("dimensions", "pooling")):
        return
    mine = str(statement.value)
    classes = [f for f in known.named(("architecture",), "") if isinstance(f.value, str)]
    name = str(classes[0].value) if len(classes) == 1 else ""
    tasks = next((tasks for head, tasks in _HEADS.items() if name.endswith(head)), "")
    named = [f for f in known.named(("task",), "") if not _is_by_class(f)]
    against = classes if tasks and mine not in tasks.split() else []
    if named and mine not in {str(f.value) for f in named}:
        against = named if not tasks or against else []
    if against:
        yield contradiction(
            statement,
            sources_of(against),
            f"The card says {mine}; {against[0].sources[0].path} says {against[0].value}.",
        )


def _is_by_class(fact: Fact) -> bool:
    """Whether a task was only derived from the class of the model."""
    return all("architectures" in source.pointer or source.info for source in fact.sources)


_GROUPS = (
    regex(
        r"(?:slerp|dare_ties|dare_linear|ties|linear|task_arithmetic|passthrough|model_stock|"
        r"breadcrumbs|della|della_linear|nuslerp|sce|karcher)\Z"
    ),
    regex(r"(?:gptq|awq|exl2|exl3|bitsandbytes|hqq|aqlm|compressed-tensors|gguf)\Z"),
    regex(r"(?:sft|dpo|orpo|kto|grpo|ppo|cpo|rloo|gkd)\Z"),
)


def compare_methods(known: Known) -> Iterator[Contradiction]:
    """How it was merged, quantised or tuned, against the one that files name."""
    facts = [(str(f.value).lower(), f) for f in known.named(("method",))]
    for statement in known.said("method"):
        mine = str(statement.value).lower()
        group = next((g for g in _GROUPS if g.match(mine)), None)
        against = [f for name, f in facts if group and group.match(name)]
        if against and mine not in {str(f.value).lower() for f in against}:
            yield contradiction(
                statement,
                sources_of(against),
                (
                    f"The card says {statement.value}; {against[0].sources[0].path} "
                    f"says {against[0].value}."
                ),
                sure=statement.certain,
            )
