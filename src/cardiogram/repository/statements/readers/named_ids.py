"""Repositories of the Hub that code, commands and links name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.statement import Statement

_ID = r"(?P<id>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}[A-Za-z0-9_])"
_Q = r"[\"'“”]"
_MODEL = tuple(
    regex(pattern)
    for pattern in (
        rf"(?:from_pretrained|from_config|SentenceTransformer|CrossEncoder|"
        rf"snapshot_download|hf_hub_download|load_from_hub|from_hparams|"
        rf"create_model\w*|load_lora_weights|load_textual_inversion|load_ip_adapter|"
        rf"load_adapter|from_single_file|SparseEncoder|"
        rf"load_checkpoint|get_base_model|InferenceClient|LLM|load_model|"
        rf"load_learner|from_pretrained_keras|pull|WhisperModel|ORTModel\w*)"
        rf"\(\s*(?:\w+\s*,\s*)?(?:(?:model|repo_id|pretrained_model_name_or_path|"
        rf"model_name|model_id|source|model_name_or_path|repo_or_dir|"
        rf"model_path)\s*=\s*)?"
        rf"{_Q}(?:hf[-_]hub:|hf://)?{_ID}{_Q}",
        rf"\b(?:model|repo_id|model_id|model_name|model_path|model_name_or_path|"
        rf"model_checkpoint|checkpoint|pretrained_model_name_or_path|peft_model_id|"
        rf"adapter_id|tokenizer|base_model|MODEL_ID|MODEL_NAME|MODEL|model_ckpt|repo|"
        rf"hf_model_id|source|lora_id|base_model_id|"
        rf"base_id)\s*=\s*{_Q}(?:hf[-_]hub:)?{_ID}{_Q}",
        rf"(?:--hf-repo|-hfr|-hf|--model|--model-id|--model_id|--model_name_or_path|"
        rf"--repo-id|--repo_id|--pretrained_model_name_or_path|--hf-path|"
        rf"--model-path|--tokenizer|-m)[ =]{_Q}?{_ID}(?=[\s\"':@\\]|\Z)",
        (
            rf"(?:vllm serve|huggingface-cli download|hf download|hf repo clone|"
            rf"mlx_lm\.\w+ --model|text-generation-launcher --model-id|lms get|sglang "
            rf"serve)\s+{_Q}?{_ID}(?=[\s\"':\\]|\Z)"
        ),
        (
            rf"(?:hf\.co|huggingface\.co)/(?!datasets/|spaces/|docs/|blog/|papers/|"
            rf"models/|api/|collections/){_ID}(?=[:\s\"'`)\]]|\.git\b|/(?:resolve|blob|"
            rf"tree)/|\Z)"
        ),
        rf"{_Q}model{_Q}\s*:\s*{_Q}{_ID}{_Q}",
        rf"api-inference\.huggingface\.co/models/{_ID}",
        rf"gr\.load\(\s*{_Q}(?:models|huggingface)/{_ID}{_Q}",
    )
)
_DATASET = tuple(
    regex(pattern)
    for pattern in (
        rf"load_dataset\(\s*(?:path\s*=\s*)?{_Q}{_ID}{_Q}",
        rf"huggingface\.co/datasets/{_ID}(?=[\s\"'`)\]/?#]|\Z)",
    )
)
_SPACE = (regex(rf"huggingface\.co/spaces/{_ID}(?=[\s\"'`)\]/?#]|\Z)"),)
_LINK = regex(
    rf"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/(?P<of>datasets/|"
    rf"spaces/)?{_ID}(?:/(?:blob|resolve|tree|raw|discussions|commit)/.*|"
    rf"/?(?:[?#].*)?)?\Z"
)
_RESERVED = regex(
    (
        r"(?:docs|blog|papers|models|tasks|learn|course|collections|organizations|settings|"
        r"join|spaces|datasets|new|posts|api|chat|pricing|front|support|resolve|"
        r"terms-of-service|privacy|enterprise|metrics|evaluate-metric|buckets|kernels|login|"
        r"search)\Z"
    ),
    re.I,
)
_FOLDERS = regex(
    (
        r"(?:path|model|models|output|outputs|checkpoint|checkpoints|results|result|data|"
        r"dataset|datasets|saved|weights|ckpt|ckpts|out|tmp|home|usr|mnt|content|drive|"
        r"workspace|src|runs|logs|local|cache|save|saves|trained|finetuned|exp|experiments|"
        r"pretrained|lora|adapters|loras|kaggle|app|opt|root|var|user|your|username|my|"
        r"owner|org|organization|namespace|your-username|your-name|yourname|user-name|"
        r"hf-username|your_username|someone|example|text|image|application|http|https|audio|"
        r"video|model_name|assets|examples|scripts|train|test|eval)\Z"
    ),
    re.I,
)
_PLACEHOLDER = regex(
    r"your[-_ ]|\byour|username|<|\{|xxx|placeholder|model[-_]?(?:name|id)\Z|"
    r"repo[-_]?name|\.(?:py|json|ya?ml|txt|pt|pth|ckpt|bin|csv|jsonl|wav|mp3|png|"
    r"jpe?g|onnx|tar|gz|zip|"
    r"md|sh|html?|ipynb|pkl|parquet)\Z|checkpoint-\d+\Z|[-_.]\Z",
    re.I,
)


def read_ids(view: CardView) -> Iterator[Statement]:
    """Ids that snippets load, and that links lead to; once each."""
    seen: set[tuple[str, str]] = set()
    for id, of, statement in (*_in_words(view), *_in_links(view)):
        if (of, id.lower()) not in seen and is_plausible_id(id):
            seen.add((of, id.lower()))
            yield statement


def _in_words(view: CardView) -> Iterator[tuple[str, str, Statement]]:
    for passage in view.passages:
        if passage.label or "/" not in passage.text or passage.info in ("bibtex", "bib", "json"):
            continue
        for of, patterns in (("model", _MODEL), ("dataset", _DATASET), ("space", _SPACE)):
            for match in (m for pattern in patterns for m in pattern.finditer(passage.text)):
                id = match["id"].removesuffix(".git")
                yield id, of, _named(view, passage, id, of, match)


def _in_links(view: CardView) -> Iterator[tuple[str, str, Statement]]:
    for link in view.card.document.links:
        match = _LINK.match(link.target)
        if match and not link.image:
            id, of = match["id"].removesuffix(".git"), (match["of"] or "models/")[:-2]
            yield id, of, _linked(view, id, of, link.line)


def is_plausible_id(id: str) -> bool:
    """Whether a text may be an id of the Hub, and no path or placeholder.

    Examples
    --------
    >>> is_plausible_id("your-username/model"), is_plausible_id("google/vit")
    (False, True)
    """
    owner, _, name = id.partition("/")
    if _RESERVED.match(owner) or _FOLDERS.match(owner) or not name:
        return False
    return (
        not (_PLACEHOLDER.search(owner) or _PLACEHOLDER.search(name))
        and "--" not in id
        and ".." not in id
    )


def _named(view: CardView, passage: Passage, id: str, of: str, match: re.Match[str]) -> Statement:
    return view.say(
        "repository",
        id,
        passage,
        WordSpan(match.start("id"), match.end("id")),
        about=of,
        certain=passage.place == "code" and not passage.about,
    )


def _linked(view: CardView, id: str, of: str, line: int) -> Statement:
    at = view.find_line(id, line, line, line + 6)
    return Statement("repository", id, at, view.quote(at, id), "text", about=of, certain=False)
