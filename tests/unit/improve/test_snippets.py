"""Code for each library: it parses, imports what it uses, and names the repository."""

from __future__ import annotations

import ast
import json
import re

import pytest

from cardiogram.improve import ReadmeText, apply_changes, view_card
from cardiogram.improve.additions import find_additions
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


def config(architecture: str, **more: object) -> Files:
    return {"config.json": {"architectures": [architecture], **TRANSFORMERS, **more}}


def code_of(files: Files) -> str:
    """The code that a draft of a card without any adds; "" for none."""
    contents = {
        path: value if isinstance(value, bytes) else json.dumps(value).encode()
        for path, value in files.items()
    }
    base = InMemory("q/heron", {"README.md": b"---\nlicense: mit\n---\n# Heron\n"}, others={})
    made = InMemory(ID, contents, others={("model", "q/heron"): base})
    after, refused = apply_changes(ReadmeText(""), list(find_additions(view_card(made))))
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
            {"adapter_config.json": ADAPTER},
            'AutoTokenizer.from_pretrained("q/heron")',
        ),
        (
            {"adapter_config.json": ADAPTER, **UNKNOWN_TOKEN},
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


def test_a_lora_for_pictures_is_loaded_on_its_base() -> None:
    header = json.dumps(
        {
            "__metadata__": {"ss_network_dim": "16", "modelspec.trigger_phrase": "a heron"},
            "lora_unet_q.lora_down.weight": {
                "dtype": "F16",
                "shape": [16, 64],
                "data_offsets": [0, 2048],
            },
        }
    ).encode()
    data = len(header).to_bytes(8, "little") + header + bytes(2048)
    card = b"---\nbase_model: q/heron\npipeline_tag: text-to-image\n---\n# Heron\n\nA LoRA.\n"
    base = InMemory("q/heron", {"README.md": b"---\nlicense: mit\n---\n# Heron\n"}, others={})
    made = InMemory(
        ID, {"README.md": card, "heron.safetensors": data}, others={("model", "q/heron"): base}
    )
    view = view_card(made)
    after, _ = apply_changes(view.readme, list(find_additions(view)))
    assert f'load_lora_weights("{ID}", weight_name="heron.safetensors")' in after.text
    assert 'pipeline("a heron")' in after.text
    assert "LoRA rank | 16" in after.text


def test_code_of_the_repository_is_not_run() -> None:
    own = config("HeronForCausalLM", auto_map={"AutoModelForCausalLM": "modeling.Heron"})
    assert code_of({**own, "modeling.py": b"class Heron: ..."}) == ""


def test_a_repository_without_a_known_way_has_no_code() -> None:
    assert code_of({"model.bin": b"x"}) == ""
