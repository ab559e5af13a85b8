"""Code for each library: it parses, imports what it uses, and names the repository."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve import ReadmeText, apply_changes, improve, view_card
from cardiogram.improve.additions import find_additions
from cardiogram.improve.claiming import make_claims
from cardiogram.improve.interview import Answers
from cardiogram.repository.proof import Proof, verify
from repository_rows import InMemory

ID = "q/heron-ft"
TRANSFORMERS = {"transformers_version": "4.57.0"}
CLASSES = {"id2label": {"0": "up", "1": "down"}}
SKLEARN = {
    "environment": ["scikit-learn=1.5.0"],
    "model": {"file": "model.skops"},
    "model_format": "skops",
    "task": "tabular-classification",
    "columns": ["a", "b"],
    "example_input": {"a": [1, 2, 3], "b": [0.5, 0.1, 0.2]},
}
ADAPTER = {
    **{"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": 8},
    "base_model_name_or_path": "q/heron",
}
UNKNOWN_TOKEN = {"tokenizer_config.json": {"chat_template": "{{ bos_token }}{{ messages }}"}}
Files = dict[str, object]


WHOLE = {name: b"x" for name in ("model.safetensors", "tokenizer.json", "preprocessor_config.json")}


def config(architecture: str, **more: object) -> Files:
    return {"config.json": {"architectures": [architecture], **TRANSFORMERS, **more}, **WHOLE}


def code_of(files: Files, card: str = "") -> str:
    """The code that a draft of a card without any adds; "" for none."""
    contents = {
        path: value if isinstance(value, bytes) else json.dumps(value).encode()
        for path, value in files.items()
    }
    base = InMemory("q/heron", {"README.md": b"---\nlicense: mit\n---\n# Heron\n"}, others={})
    if card:
        contents["README.md"] = card.encode()
    made = InMemory(ID, contents, others={("model", "q/heron"): base})
    after, refused = apply_changes(ReadmeText(card), list(find_additions(view_card(made))))
    assert not refused
    blocks = re.findall(r"```python\n(.*?)\n```", after.text, re.S)
    assert len(blocks) < 2
    return blocks[0] if blocks else ""


@pytest.mark.parametrize(
    ("files", "call"),
    [
        (config("BertForSequenceClassification", **CLASSES), 'pipeline("text-classification"'),
        (config("BertForTokenClassification", **CLASSES), 'aggregation_strategy="simple"'),
        (config("BertForMaskedLM"), "unmasker.tokenizer.mask_token"),
        (config("LlamaForCausalLM"), "max_new_tokens=200"),
        (config("T5ForConditionalGeneration"), "AutoModelForSeq2SeqLM.from_pretrained"),
        (config("ViTForImageClassification", **CLASSES), '"picture.jpg"'),
        (config("WhisperForConditionalGeneration"), '"speech.wav"'),
        (
            config(
                "LlamaForCausalLM",
                quantization_config={"quant_method": "awq", "bits": 4, "group_size": 128},
            ),
            "# pip install transformers accelerate autoawq",
        ),
        (
            {"adapter_config.json": ADAPTER, "adapter_model.bin": b"x"},
            'AutoTokenizer.from_pretrained("q/heron")',
        ),
        (
            {"adapter_config.json": ADAPTER, "adapter_model.bin": b"x", **UNKNOWN_TOKEN, **WHOLE},
            "tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True",
        ),
        (
            {**config("LlamaForCausalLM"), **UNKNOWN_TOKEN},
            "print(generator.tokenizer.apply_chat_template(messages, add_generation_prompt=True",
        ),
        (
            {
                "model_index.json": {
                    "_class_name": "StableDiffusionPipeline",
                    "_diffusers_version": "0.31.0",
                }
            },
            "DiffusionPipeline.from_pretrained",
        ),
        (
            {
                "modules.json": [
                    {"idx": 0, "path": "", "type": "sentence_transformers.models.Transformer"}
                ],
                "config_sentence_transformers.json": {"__version__": {"transformers": "4.46.3"}},
            },
            "model.encode",
        ),
        ({"config_setfit.json": {"labels": ["a", "b"]}}, "SetFitModel.from_pretrained"),
        ({"config.json": {"sklearn": SKLEARN}, "model.skops": b"PK"}, "get_untrusted_types"),
        ({"metadata.json": {"keras_version": "3.6.0"}}, f'"hf://{ID}"'),
        ({"open_clip_config.json": {"model_cfg": {"embed_dim": 512}}}, f'"hf-hub:{ID}"'),
        (
            {
                "meta.json": {"spacy_version": ">=3.7", "lang": "en", "name": "core"},
                "en_core-any-py3-none-any.whl": b"PK",
            },
            'spacy.load("en_core")',
        ),
    ],
)
def test_each_library_has_its_code(files: Files, call: str) -> None:
    code = code_of(files)
    assert call in code
    assert ID in code
    tree = ast.parse(code)
    imported = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    bound = imported | {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used - bound <= {"print"}
    assert imported <= used


def stored(name: str, dtype: str, **metadata: str) -> bytes:
    """A safetensors file of one tensor."""
    tensor = {"dtype": dtype, "shape": [16, 64], "data_offsets": [0, 2048]}
    header = json.dumps({"__metadata__": metadata, name: tensor}).encode()
    return len(header).to_bytes(8, "little") + header + bytes(2048)


@pytest.mark.parametrize(
    ("trigger", "front", "prompt"),
    [
        ({"modelspec.trigger_phrase": "a heron"}, "instance_prompt: a bird", "a heron"),
        ({}, "instance_prompt: a <b>bird", "Put your text here."),
        ({}, "instance_prompt: photo of a TOK bird", "photo of a TOK bird"),
        ({}, "instance_prompt: 7", "Put your text here."),
    ],
)
def test_a_lora_for_pictures_is_loaded_on_its_base(
    trigger: dict[str, str], front: str, prompt: str
) -> None:
    data = stored("lora_unet_q.lora_down.weight", "F16", ss_network_dim="16", **trigger)
    front = f"base_model: q/heron\npipeline_tag: text-to-image\n{front}"
    code = code_of({"heron.safetensors": data}, f"---\n{front}\n---\n# Heron\n\nA LoRA.\n")
    assert f'load_lora_weights("{ID}", weight_name="heron.safetensors")' in code
    assert f'pipeline("{prompt}")' in code
    assert "torch_dtype=torch.float16" in code


@pytest.mark.parametrize(
    ("name", "dtype", "kind"),
    [
        ("FluxPipeline", "BF16", "torch.bfloat16"),
        ("FluxPipeline", "F16", ""),
        ("StableDiffusion3Pipeline", "F16", "torch.float16"),
    ],
)
def test_a_pipeline_is_loaded_in_the_type_of_its_weights(name: str, dtype: str, kind: str) -> None:
    index = {"_class_name": name, "transformer": ["diffusers", "Transformer"]}
    weights = stored("x", dtype)
    code = code_of(
        {
            "model_index.json": index,
            "transformer/diffusion_pytorch_model.safetensors": weights,
        }
    )
    assert "DiffusionPipeline.from_pretrained" in code
    assert ("torch" in code) == bool(kind)
    assert kind in code


SHARD = "model-0000{}-of-00002.safetensors"
OLD_SHARD = "pytorch_model-0000{}-of-00002.bin"


@pytest.mark.parametrize(
    ("names", "loads"),
    [
        ("model.safetensors tokenizer.json", True),
        ("pytorch_model.bin vocab.txt", True),
        (f"{SHARD.format(1)} {SHARD.format(2)} model.safetensors.index.json spiece.model", True),
        (
            f"{OLD_SHARD.format(1)} {OLD_SHARD.format(2)} pytorch_model.bin.index.json vocab.txt",
            True,
        ),
        (f"{SHARD.format(1)} model.safetensors.index.json spiece.model", False),
        (f"{SHARD.format(1)} {SHARD.format(2)} tokenizer.json", False),
        ("model.safetensors.index.json tokenizer.json", False),
        ("", False),
        ("tokenizer.json", False),
        ("model.safetensors tokenizer_config.json", False),
        ("tf_model.h5 tokenizer.json", False),
        ("flax_model.msgpack tokenizer.json", False),
        ("onnx/model.onnx tokenizer.json", False),
        ("gptq_model-3bit.safetensors tokenizer.json", False),
        ("model.fp16.safetensors tokenizer.json", False),
        ("checkpoint-5/model.safetensors tokenizer.json", False),
    ],
)
@pytest.mark.parametrize("version", [{}, TRANSFORMERS])
def test_code_for_a_text_needs_weights_and_a_tokenizer(
    names: str, loads: bool, version: dict[str, str]
) -> None:
    """The configuration of docs/your-card.md, by whoever wrote it."""
    made = {"architectures": ["BertForSequenceClassification"], "model_type": "bert", **CLASSES}
    code = code_of({"config.json": {**made, **version}, **dict.fromkeys(names.split(), b"x")})
    assert ("from transformers import pipeline" in code) == loads
    assert loads or not code


def test_a_picture_needs_a_processor() -> None:
    files = config("ViTForImageClassification", **CLASSES)
    assert "pipeline(" in code_of(files)
    del files["preprocessor_config.json"]
    assert code_of(files) == ""


def test_an_adapter_needs_its_weights() -> None:
    assert code_of({"adapter_config.json": ADAPTER}) == ""


def test_a_model_for_javascript_has_no_python() -> None:
    front = "---\nlibrary_name: {}\n---\n# Heron\n\nA model.\n"
    assert "pipeline(" in code_of(config("BertForMaskedLM"), front.format("transformers"))
    assert code_of(config("BertForMaskedLM"), front.format("transformers.js")) == ""


def test_code_of_the_repository_is_not_run() -> None:
    own = config("HeronForCausalLM", auto_map={"AutoModelForCausalLM": "modeling.Heron"})
    assert code_of({**own, "modeling.py": b"class Heron: ..."}) == ""


def test_a_repository_without_a_known_way_has_no_code() -> None:
    assert code_of({"model.bin": b"x"}) == ""


# what the Hub lists where no file can be read -----------------------------------------------------

UNREAD = b"placeholder"
MODEL = {"config.json": UNREAD, "model.safetensors": UNREAD, "tokenizer.json": UNREAD}
TYPES = {"fill-mask": "bert", "text-generation": "llama"}
PLACEHOLDER = """
TODO: Add your code

```python
from stable_baselines3 import ...
from huggingface_sb3 import load_from_hub

...
```
"""


def listed(
    library: str,
    task: str,
    files: dict[str, bytes],
    tags: str = "",
    body: str = "A model.",
    id: str = ID,
) -> InMemory:
    """A model of which only the card and the list of files is known."""
    card = f"---\nlicense: mit\n---\n# Heron\n\n{body}\n".encode()
    info = {"library_name": library, "pipeline_tag": task, "tags": tags.split(), "cardData": {}}
    return InMemory(id, {"README.md": card, **files}, info=info, others={})


def listed_draft(made: InMemory) -> tuple[str, list[str]]:
    """The card with what is added, and what of it does not hold."""
    view = view_card(made)
    changes = list(find_additions(view))
    after, refused = apply_changes(view.readme, changes)
    assert not refused
    claims = make_claims(view_card(made, after, facts=view.facts), changes, Answers({}))
    card = parse_card(after.encode(), id=made.id)
    verified = verify(card, made, Proof(card.sha256, claims, made.id), view.facts)
    assert sum(len(change.sentences) for change in changes) <= len(claims)
    return after.text, [s.sentence for s in verified.sentences if s.state != "holds"]


@pytest.mark.parametrize(
    ("library", "task", "files", "tags", "call"),
    [
        ("transformers", "fill-mask", MODEL, "bert", 'pipeline("fill-mask", model="q/heron-ft")'),
        ("transformers", "text-generation", MODEL, "gpt2 conversational", '[{"role": "user"'),
        ("transformers", "translation", MODEL, "marian", "AutoModelForSeq2SeqLM.from_pretrained("),
        ("diffusers", "text-to-image", {"model_index.json": UNREAD}, "", "DiffusionPipeline.from"),
        ("sentence-transformers", "sentence-similarity", {"modules.json": UNREAD}, "", 'mer("q/h'),
        ("timm", "image-classification", MODEL, "", 'create_model("hf_hub:q/heron-ft"'),
    ],
)
def test_a_model_is_loaded_as_the_hub_lists_it(
    library: str, task: str, files: dict[str, bytes], tags: str, call: str
) -> None:
    text, open_ = listed_draft(listed(library, task, files, tags))
    assert call in text
    assert not open_


@pytest.mark.parametrize(
    ("library", "task", "change"),
    [
        ("transformers", "fill-mask", {"files": {"config.json": UNREAD}}),
        ("transformers", "fill-mask", {"files": {"config.json": UNREAD, "tf_model.h5": UNREAD}}),
        ("transformers", "fill-mask", {"files": {**MODEL, "adapter_config.json": UNREAD}}),
        ("transformers", "fill-mask", {"files": {**MODEL, "modeling_heron.py": UNREAD}}),
        ("transformers", "fill-mask", {"files": {"model.gguf": UNREAD, "config.json": UNREAD}}),
        ("transformers", "text-generation", {"tags": "llama gptq"}),
        ("transformers", "text-generation", {"tags": "llama base_model:adapter:q/heron"}),
        ("transformers", "text-generation", {"tags": "t5"}),
        ("transformers", "text-generation", {"tags": "bert"}),
        ("transformers", "token-classification", {"tags": "layoutlmv3"}),
        ("transformers", "fill-mask", {"tags": "heron"}),
        ("transformers", "text-generation", {"id": "q/heron-4bit-128g"}),
        ("transformers", "text-generation", {"body": "Load it with ExLlama."}),
        ("transformers", "fill-mask", {"body": "```python\nimport heron\nheron.load()\n```"}),
        ("transformers", "question-answering", {}),
        ("transformers", "translation", {}),
        ("diffusers", "text-to-image", {}),
        ("diffusers", "text-to-image", {"files": {"model_index.json": b""}, "tags": "diffusers:X"}),
        ("espnet", "text-to-speech", {}),
    ],
)
def test_what_the_library_may_not_load_gets_no_code(
    library: str, task: str, change: dict[str, Any]
) -> None:
    text, _ = listed_draft(
        listed(library, task, **{"files": MODEL, "tags": TYPES.get(task, ""), **change})
    )
    assert ID not in text
    assert "How to use" not in text


def test_the_code_that_a_template_left_open_is_filled() -> None:
    body = f"A **PPO** agent.\n\n## Usage\n{PLACEHOLDER}"
    files = {"ppo-Heron-v2.zip": UNREAD}
    text, open_ = listed_draft(listed("stable-baselines3", "x", files, body=body))
    assert f'load_from_hub("{ID}", "ppo-Heron-v2.zip")' in text
    assert "import ..." not in text
    assert "TODO" not in text
    assert not open_
    text, _ = listed_draft(listed("stable-baselines3", "x", {"heron.zip": UNREAD}, body=body))
    assert "import ..." in text


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, ""),
        ({"tokenizer.json": None}, "no tokenizer among its files"),
        ({"tokenizer.json": None, "model.safetensors": None}, "no weight file and no tokenizer"),
        ({"config.json": {"auto_map": {"AutoModel": "m.M"}}}, "it runs the repository's own code"),
    ],
)
@pytest.mark.parametrize("id", [ID, ""])
def test_why_there_is_no_code_is_said(files: dict[str, Any], reason: str, id: str) -> None:
    given = config("LlamaForCausalLM")
    for name, value in files.items():
        given |= {name: {**given[name], **value} if value else value}  # type: ignore[dict-item]
    contents = {
        name: value if isinstance(value, bytes) else json.dumps(value).encode()
        for name, value in given.items()
        if value is not None
    }
    draft = improve(InMemory(id, contents, others={}))
    (*said,) = (why for change, why in draft.refused if change.id == "add:code")
    assert said == [reason] * bool(reason) or said[0].startswith(reason)
    assert ("```python" in draft.after.text) == (not reason and bool(id))
