"""Whether a library loads a model, where the Hub lists it so and no file of it can be read.

The Hub derives library and task from the files, or takes them from the card. So a way to load a
model is believed only where the list of files names what the library asks for, and nothing in the
name, the tags or the card speaks of another form of the weights or of another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cardiogram.improve.additions.places import is_unwritten
from cardiogram.improve.additions.stating import CardVoice
from cardiogram.lazy import regex
from cardiogram.repository import Fact, holds_weights

_ASKED_FOR: dict[str, tuple[str, ...]] = {
    "transformers": (r"config\.json",),
    "diffusers": (r"model_index\.json",),
    "sentence-transformers": (r"modules\.json",),
    "setfit": (r"config_setfit\.json", r"model_head\.pkl"),
    "timm": (r"config\.json",),
    "open_clip": (r"open_clip_config\.json",),
    "spacy": (r".+-any-py3-none-any\.whl",),
    "stable-baselines3": (r"[\w.-]+\.zip",),
}
"""Files without which a library does not load a model."""
_FORMS = frozenset(
    (
        *("gptq", "awq", "exl2", "exl3", "gguf", "ggml", "mlx", "hqq", "aqlm", "eetq", "fp8"),
        *("bitsandbytes", "compressed-tensors", "quantized", "lora", "peft", "adapter", "openvino"),
        *("2-bit", "3-bit", "4-bit", "5-bit", "6-bit", "8-bit", "custom_code", "ctranslate2"),
    )
)
"""Tags of weights that the library does not load as they are, or not alone."""
_OTHER_FORM = regex(
    r"(?:gptq|awq|exl[23]|gguf|ggml|\bmlx\b|bpw|hqq|aqlm|quip|eetq|bnb|nf4|fp8|int[48]\b|[2-8]-?bit"
    r"|\bq[2-8](?:_|\b)|onnx|openvino|\bct2\b|marlin|lora|adapter|peft)",
    re.IGNORECASE,
)
_OTHER_WAY = regex(
    r"\b(?:trust_remote_code|load_adapter|adapters?|peft|q?lora|gptq|awq|exl2|exllama\w*|gguf|ggml"
    r"|llama\.cpp|ctranslate2|faster[- ]whisper|onnx\w*|openvino|mlx|fairseq|espnet|nemo|flair"
    r"|speechbrain|tensorflow|jax|flax|controlnet|coreml|rwkv|megatron)\b",
    re.IGNORECASE,
)
_CODE = regex(r"\bimport\b|from_pretrained|pip install|git clone|pipeline\(|^\s*[$!%]", re.M)
_READERS = """bert roberta distilbert xlm-roberta xlm-roberta-xl camembert albert electra deberta
    deberta-v2 mpnet mobilebert xlnet longformer big_bird funnel convbert squeezebert xlm flaubert
    rembert roformer ernie nezha megatron-bert esm data2vec-text ibert nystromformer modernbert
    fnet roberta-prelayernorm"""
_WRITERS = """gpt2 gpt_neo gpt_neox gptj llama mistral mixtral opt bloom falcon phi phi3 gemma
    gemma2 gemma3_text qwen2 qwen2_moe qwen3 qwen3_moe stablelm mpt codegen gpt_bigcode starcoder2
    xglm olmo olmo2 cohere cohere2 biogpt openai-gpt mamba granite smollm3 gpt_oss"""
_HEARERS = """wav2vec2 hubert whisper wavlm unispeech unispeech-sat sew sew-d data2vec-audio
    wav2vec2-conformer wav2vec2-bert"""
_SEERS = """vit swin swinv2 beit deit convnext convnextv2 resnet mobilenet_v1 mobilenet_v2 mobilevit
    mobilevitv2 dinov2 regnet efficientnet bit poolformer levit cvt data2vec-vision focalnet pvt
    vit_msn"""
_TYPES: dict[str, frozenset[str]] = {
    task: frozenset(types.split())
    for task, types in (
        ("text-classification", f"{_READERS} {_WRITERS} canine"),
        ("token-classification", f"{_READERS} canine"),
        ("fill-mask", _READERS),
        ("text-generation", _WRITERS),
        ("automatic-speech-recognition", _HEARERS),
        ("audio-classification", f"{_HEARERS} audio-spectrogram-transformer"),
        ("image-classification", _SEERS),
        ("object-detection", "detr yolos conditional_detr deformable_detr table-transformer"),
        ("image-segmentation", "segformer maskformer mask2former upernet detr"),
        ("depth-estimation", "dpt glpn depth_anything zoedepth"),
    )
}
"""Types of models that transformers has a class of for a task, by the Hub's tags."""


def listed(voice: CardVoice, name: str) -> Fact | None:
    """What the Hub lists a model under, where nothing speaks against it.

    Parameters
    ----------
    name
        ``listed_library`` or ``listed_task``.
    """
    library = next(iter(voice.view.facts.named("listed_library")), None)
    if library is None or not _is_loadable(voice, str(library.value)):
        return None
    return next(iter(voice.view.facts.named(name)), None)


def hub_tags(voice: CardVoice) -> frozenset[str]:
    """Tags that the Hub adds by what it reads in the files, without those of the card."""
    own, given = voice.view.repository.info, voice.view.card.metadata.values.get("tags")
    before = own.get("cardData")
    taken = before.get("tags") if isinstance(before, dict) else ()
    return frozenset(_texts(own.get("tags"))).difference(_texts(given), _texts(taken))


def is_of_task(voice: CardVoice, task: str) -> bool:
    """Whether the Hub names a type of model that transformers knows for the task."""
    types = _TYPES.get(task, frozenset())
    return not types.isdisjoint(_texts(voice.view.repository.info.get("tags")))


def _is_loadable(voice: CardVoice, library: str) -> bool:
    view = voice.view
    files, asked_for = view.repository.files, _ASKED_FOR.get(library)
    if asked_for is None or not all(
        any(re.fullmatch(pattern, path) for path in files) for pattern in asked_for
    ):
        return False
    tags = frozenset(tag.lower() for tag in _texts(view.repository.info.get("tags")))
    relations = ("base_model:quantized:", "base_model:adapter:")
    if tags & _FORMS or any(tag.startswith(relations) for tag in tags):
        return False
    own_code = any(path.endswith(".py") and "modeling" in path for path in files)
    if own_code or "adapter_config.json" in files or view.facts.named("method", "quantisation"):
        return False
    if library in ("transformers", "timm") and not holds_weights(files):
        return False
    return not (_OTHER_FORM.search(view.facts.repo) or _says_another_way(voice))


def _says_another_way(voice: CardVoice) -> bool:
    """Whether the card speaks of another way to load it, or shows one."""
    codes = [block for block in voice.view.card.document.blocks if block.kind == "code"]
    if any(_CODE.search(code.text) and not is_unwritten(code, voice.view) for code in codes):
        return True
    return _OTHER_WAY.search(voice.view.card.body) is not None


def _texts(values: object) -> Iterable[str]:
    return [v for v in values if isinstance(v, str)] if isinstance(values, list) else []
