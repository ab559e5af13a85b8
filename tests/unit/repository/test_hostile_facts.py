"""Values of the wrong kind, anywhere: no function of facts raises, and other facts stay."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator

import pytest

from cardiogram.repository.facts import Files, read_facts
from cardiogram.repository.facts.registry import FUNCTIONS
from made_repositories import made

ODD: tuple[object, ...] = (
    *(None, True, 0, -1, 1.5, 1e300, 2**63, "", "a/b", "/etc/passwd", "\x00é"),
    *([], [[]], [None, 3], {}, {"a": {}}, {"0": 1}, {"content": None}),
)
DOCUMENTS: dict[str, object] = {
    "config.json": {
        "_name_or_path": "o/base",
        "architectures": ["LlamaForCausalLM"],
        "architecture": "resnet",
        "pretrained_cfg": {"input_size": [3, 8, 8], "mean": [1]},
        "auto_map": {"AutoModel": "m.M"},
        "id2label": {"0": "a"},
        "max_position_embeddings": 8,
        "rope_scaling": {"type": "yarn", "factor": 2, "original_max_position_embeddings": 4},
        "rope_parameters": {"full_attention": {"rope_type": "yarn", "factor": 2}},
        "text_config": {"num_experts": 8, "num_experts_per_tok": 2},
        "vision_config": {"image_size": [8, 8], "hidden_size": 4},
        "quantization_config": {
            "quant_method": "gptq",
            "bits": 4,
            "config_groups": {"g": {"weights": {"num_bits": 4, "actorder": "group"}}},
            "quant_config": {"weight_quant_params": {"nbits": 4}},
        },
        "sklearn": {"environment": ["a=1"], "model": {"file": "m.skops"}, "columns": ["a"]},
        "class_name": "Functional",
        "compile_config": {"optimizer": {"class_name": "Adam", "config": {"learning_rate": 1}}},
        "config": {"layers": [{"config": {"batch_shape": [None, 8, 8, 3]}}]},
    },
    "tokenizer_config.json": {
        "chat_template": [{"name": "default", "template": "t"}],
        "eos_token": {"content": "e"},
        "model_max_length": 8,
        "added_tokens_decoder": {"1": {"content": "e"}},
    },
    "generation_config.json": {"eos_token_id": [1, 2], "temperature": 0.5},
    "adapter_config.json": {"peft_type": "LORA", "r": 8, "rank_pattern": {"q": 4}},
    "model_index.json": {"_class_name": "P", "unet": ["diffusers", "U"]},
    "unet/config.json": {"sample_size": 64},
    "vae/config.json": {"block_out_channels": [1, 2]},
    "modules.json": [{"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"}],
    "1_Pooling/config.json": {"pooling_mode": ["cls"], "embedding_dimension": 8},
    "config_sentence_transformers.json": {"prompts": {"query": "q"}, "__version__": {"a": "1"}},
    "preprocessor_config.json": {"size": {"height": 8, "width": 8}, "crop_size": 4},
    "meta.json": {"spacy_version": "3", "labels": {"ner": ["A"]}, "performance": {"f": 1}},
    "open_clip_config.json": {"model_cfg": {"vision_cfg": {"image_size": 8}}},
    "model.safetensors.index.json": {"metadata": {"total_size": 8}, "weight_map": {"a": "b"}},
}


def places(document: object, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document, the whole of it first."""
    yield at
    inner = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, value in inner:
        yield from places(value, (*at, key))


def put(document: object, at: tuple[str | int, ...], value: object) -> object:
    if not at:
        return value
    changed = copy.deepcopy(document)
    inner = changed
    for key in at[:-1]:
        inner = inner[key]  # type: ignore[index]
    inner[at[-1]] = value  # type: ignore[index]
    return changed


@pytest.mark.parametrize("path", DOCUMENTS)
def test_no_value_of_the_wrong_kind_makes_a_function_raise(path: str) -> None:
    for number, at in enumerate(places(DOCUMENTS[path])):
        for odd in ODD[number % 4 :: 4]:
            data = json.dumps(put(DOCUMENTS[path], at, odd)).encode()
            changed = {**DOCUMENTS, path: data}
            files = Files(made(changed, info={"config": odd, "safetensors": odd, "gguf": odd}))
            for function in FUNCTIONS:
                list(function(files))
            raised = [problem for problem in files.problems if not problem.startswith("model.safe")]
            assert not raised, (at, odd)


def test_a_broken_file_costs_its_own_facts_only() -> None:
    for path in DOCUMENTS:
        facts = read_facts(made({**DOCUMENTS, path: b'{"a": '}))
        assert any(problem.startswith(path) for problem in facts.problems), path
        assert len(facts.facts) > 5
