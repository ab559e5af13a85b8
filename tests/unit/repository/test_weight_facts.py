"""Facts counted in headers: each with the trap that makes the plain reading false."""

from __future__ import annotations

import pytest

from cardiogram.repository.facts import read_facts
from made_repositories import facts_of, made, value, values
from made_weights import Shapes, gguf_file, weights

PLAIN: Shapes = {"a.weight": ("BF16", (8, 16)), "b.weight": ("BF16", (4, 4))}
CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}


def quantised(**settings: object) -> dict[str, object]:
    return {**CONFIG, "quantization_config": settings}


# packed weights: 4096 x 512 numbers in every layout

GPTQ = {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": True}
AWQ = {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True}
PACKED: dict[str, tuple[dict[str, object], Shapes]] = {
    "gptq": (
        quantised(**GPTQ),
        {
            "l.qweight": ("I32", (512, 512)),
            "l.qzeros": ("I32", (32, 64)),
            "l.scales": ("F16", (32, 512)),
            "l.g_idx": ("I32", (4096,)),
        },
    ),
    "gptq of 3 bits": (
        quantised(**GPTQ | {"bits": 3}),
        {
            "l.qweight": ("I32", (384, 512)),
            "l.qzeros": ("I32", (32, 48)),
            "l.scales": ("F16", (32, 512)),
        },
    ),
    "awq": (
        quantised(**AWQ),
        {
            "l.qweight": ("I32", (4096, 64)),
            "l.qzeros": ("I32", (32, 64)),
            "l.scales": ("F16", (32, 512)),
        },
    ),
    "compressed-tensors": (
        quantised(
            quant_method="compressed-tensors",
            format="pack-quantized",
            config_groups={"group_0": {"weights": {"num_bits": 4, "group_size": 128}}},
        ),
        {
            "l.weight_packed": ("I32", (512, 512)),
            "l.weight_scale": ("BF16", (512, 32)),
            "l.weight_shape": ("I64", (2,)),
        },
    ),
    "fp8 of compressed-tensors": (
        quantised(quant_method="compressed-tensors", format="float-quantized"),
        {"l.weight": ("F8_E4M3", (512, 4096)), "l.weight_scale": ("BF16", (512, 1))},
    ),
    "fp8 in blocks": (
        quantised(quant_method="fp8", weight_block_size=[128, 128]),
        {"l.weight": ("F8_E4M3", (512, 4096)), "l.weight_scale_inv": ("F32", (4, 32))},
    ),
    "nvfp4": (
        quantised(quant_method="modelopt", quant_algo="NVFP4"),
        {
            "l.weight": ("U8", (512, 2048)),
            "l.weight_scale": ("F8_E4M3", (512, 256)),
            "l.weight_scale_2": ("F32", ()),
            "l.input_scale": ("F32", ()),
        },
    ),
    "mxfp4": (
        quantised(quant_method="mxfp4"),
        {
            "m.gate_up_proj_blocks": ("U8", (4, 128, 128, 16)),
            "m.gate_up_proj_scales": ("U8", (4, 128, 128)),
        },
    ),
    "bitsandbytes of 4 bits": (
        quantised(quant_method="bitsandbytes", load_in_4bit=True, bnb_4bit_quant_type="nf4"),
        {
            "l.weight": ("U8", (1048576, 1)),
            "l.weight.absmax": ("U8", (32768,)),
            "l.weight.nested_absmax": ("F32", (128,)),
            "l.weight.nested_quant_map": ("F32", (256,)),
            "l.weight.quant_map": ("F32", (16,)),
            "l.weight.quant_state.bitsandbytes__nf4": ("U8", (93,)),
        },
    ),
    "bitsandbytes of 8 bits": (
        quantised(quant_method="bitsandbytes", load_in_8bit=True),
        {
            "l.weight": ("I8", (512, 4096)),
            "l.SCB": ("F32", (512,)),
            "l.weight_format": ("U8", ()),
        },
    ),
    "awq for single vectors": (
        quantised(**AWQ | {"version": "gemv"}),
        {
            "l.qweight": ("I32", (512, 512)),
            "l.qzeros": ("I32", (512, 4)),
            "l.scales": ("F16", (512, 32)),
        },
    ),
    "mlx": (
        {**CONFIG, "quantization": {"group_size": 64, "bits": 4}},
        {
            "l.weight": ("U32", (512, 512)),
            "l.scales": ("BF16", (512, 64)),
            "l.biases": ("BF16", (512, 64)),
        },
    ),
}
BITS = {
    "gptq": 4,
    "gptq of 3 bits": 3,
    "awq": 4,
    "compressed-tensors": 4,
    "fp8 of compressed-tensors": None,
    "fp8 in blocks": 8,
    "nvfp4": 4,
    "mxfp4": 4,
    "bitsandbytes of 4 bits": 4,
    "bitsandbytes of 8 bits": 8,
    "mlx": 4,
    "awq for single vectors": 4,
}


@pytest.mark.parametrize("layout", PACKED)
def test_packed_weights_are_counted_one_by_one(layout: str) -> None:
    config, shapes = PACKED[layout]
    whole: Shapes = {**shapes, "norm.weight": ("BF16", (4096,))}
    stored = weights(whole)
    facts = facts_of({"config.json": config, "model.safetensors": stored})
    assert value(facts, "parameters") == 4096 * 512 + 4096
    (fact,) = facts.named("parameters", "")
    (kept,) = facts.named("stored_numbers")
    assert (fact.how, kept.how) == ("computed", "computed")
    assert fact.sources[0].value == kept.value != fact.value
    assert value(facts, "bits") == BITS[layout]
    one_each = {"fp8 of compressed-tensors": "F8_E4M3", "fp8 in blocks": "F8_E4M3"}
    one_each["bitsandbytes of 8 bits"] = "I8"
    types = sorted({dtype for dtype, _ in whole.values()})
    assert value(facts, "dtype") == one_each.get(layout, types)


def test_the_hubs_own_total_of_packed_weights_is_what_is_stored() -> None:
    config, shapes = PACKED["gptq"]
    stored = 512 * 512 + 32 * 64 + 32 * 512 + 4096
    info = {"safetensors": {"parameters": {"I32": stored}, "total": stored}}
    contents = {"config.json": config, "model.safetensors": weights(shapes)}
    facts = facts_of(contents, info=info)
    assert value(facts, "parameters") == 4096 * 512
    assert [s.info for s in facts.named("stored_numbers")[0].sources] == ["", "/safetensors/total"]
    assert not facts.disagreements
    alone = facts_of({"config.json": config}, info=info)
    assert (value(alone, "parameters"), value(alone, "stored_numbers")) == (None, stored)


@pytest.mark.parametrize(
    ("dtype", "name"),
    [("I32", "l.q_weight"), ("U8", "l.weight"), ("U8", "l.W_q"), ("U8", "l.qweight")],
)
def test_a_layout_whose_shapes_do_not_tell_gives_no_parameters(dtype: str, name: str) -> None:
    shapes: Shapes = {name: (dtype, (300, 512)), "l.weight_scale": ("BF16", (32, 64))}
    config = quantised(quant_method="exl2", bits=4.25)
    facts = facts_of({"config.json": config, "model.safetensors": weights(shapes)})
    assert value(facts, "parameters") is None
    assert value(facts, "stored_numbers") == 300 * 512 + 32 * 64


def test_masks_of_positions_are_no_parameters() -> None:
    shapes: Shapes = {
        "h.0.attn.bias": ("F32", (1, 1, 64, 64)),
        "h.0.attn.c_attn.bias": ("F32", (96,)),
        "h.0.attn.c_attn.weight": ("F32", (32, 96)),
    }
    facts = facts_of({"model.safetensors": weights(shapes)})
    assert value(facts, "parameters") == 96 + 32 * 96
    assert value(facts, "stored_numbers") == 96 + 32 * 96 + 64 * 64
    assert value(facts, "dtype") == "F32"


def test_a_configuration_that_quantises_on_loading_stores_whole_weights() -> None:
    config = quantised(quant_method="bitsandbytes", load_in_4bit=True)
    facts = facts_of({"config.json": config, "model.safetensors": weights(PLAIN)})
    assert value(facts, "bits") is None
    assert value(facts, "parameters") == 8 * 16 + 16
    assert value(facts, "dtype") == "BF16"


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        ("config.json", {"text_config": {"quantization_config": AWQ}}),
        ("quantize_config.json", {"bits": 4, "group_size": 128, "desc_act": False}),
        ("quant_config.json", {"w_bit": 4, "q_group_size": 128, "version": "GEMM"}),
    ],
)
def test_a_quantisation_is_found_wherever_it_is_written(path: str, settings: object) -> None:
    facts = facts_of({path: settings})
    assert (value(facts, "bits"), value(facts, "group_size")) == (4, 128)


def test_a_group_of_a_whole_column_is_no_number() -> None:
    facts = facts_of({"config.json": quantised(**GPTQ | {"group_size": -1})})
    assert value(facts, "group_size") is None


def test_groups_of_several_widths_are_told_apart() -> None:
    groups = {f"group_{n}": {"weights": {"num_bits": n}} for n in (4, 8)}
    facts = facts_of(
        {"config.json": quantised(quant_method="compressed-tensors", config_groups=groups)}
    )
    assert value(facts, "bits") is None
    assert value(facts, "bits", "weights of group_8") == 8


# declared and counted


def test_headers_win_over_what_an_index_and_the_hub_declare() -> None:
    index = {
        "metadata": {"total_parameters": 333, "total_size": 288},
        "weight_map": {"a.weight": "model-00001-of-00002.safetensors"}
        | {"b.weight": "model-00002-of-00002.safetensors"},
    }
    contents = {
        "model.safetensors.index.json": index,
        "model-00001-of-00002.safetensors": weights({"a.weight": PLAIN["a.weight"]}),
        "model-00002-of-00002.safetensors": weights({"b.weight": PLAIN["b.weight"]}),
    }
    facts = facts_of(contents, info={"safetensors": {"total": 222}})
    assert value(facts, "parameters") == 144
    assert [f.value for f in facts.named("parameters_declared")] == [222, 333]
    assert [(a.value, b.value) for a, b in facts.disagreements] == [(144, 222), (144, 333)]
    assert value(facts, "shards") == 2
    assert value(facts, "size") == 288


def test_the_size_of_an_index_is_counted_too() -> None:
    index = {"metadata": {"total_size": 7}, "weight_map": {"a": "m-00001-of-00002.safetensors"}}
    index["weight_map"] |= {"b": "m-00002-of-00002.safetensors"}  # type: ignore[operator]
    contents = {
        "model.safetensors.index.json": index,
        "m-00001-of-00002.safetensors": weights({"a": ("F32", (2,))}),
        "m-00002-of-00002.safetensors": weights({"b": ("F32", (3,))}),
    }
    facts = facts_of(contents)
    assert value(facts, "size") == 20
    assert [(a.value, b.value) for a, b in facts.disagreements] == [(20, 7)]


@pytest.mark.parametrize(
    ("dtype", "rows", "config", "bytes_of"),
    [
        (
            "BF16",
            12_500,
            CONFIG,
            {"16 bits": 200_000_000, "8 bits": 100_000_000, "4 bits": 50_000_000},
        ),
        (
            "F32",
            12_500,
            CONFIG,
            {"32 bits": 400_000_000, "16 bits": 200_000_000, "8 bits": 100_000_000}
            | {"4 bits": 50_000_000},
        ),
        ("BF16", 12_499, CONFIG, {}),
        ("I8", 12_500, CONFIG, {}),
        ("BF16", 12_500, quantised(load_in_4bit=True), {}),
    ],
)
def test_memory_is_parameters_times_bytes(
    dtype: str, rows: int, config: dict[str, object], bytes_of: dict[str, int]
) -> None:
    contents = {"config.json": config, "model.safetensors": weights({"a": (dtype, (rows, 8000))})}
    facts = facts_of(contents)
    assert {fact.about: fact.value for fact in facts.named("memory")} == bytes_of
    assert {(f.how, s.counted) for f in facts.named("memory") for s in f.sources} <= {
        ("computed", "parameters")
    }


def test_tied_layers_are_counted_once_and_untied_ones_twice() -> None:
    shapes: Shapes = {
        "model.embed_tokens.weight": ("BF16", (100, 8)),
        "model.norm.weight": ("BF16", (8,)),
        "lm_head.weight": ("BF16", (100, 8)),
    }
    for tie, number in ((True, 808), (False, 1608), (None, 1608)):
        config = {**CONFIG, "tie_word_embeddings": tie}
        facts = facts_of({"config.json": config, "model.safetensors": weights(shapes)})
        assert value(facts, "parameters") == number
        assert value(facts, "stored_numbers") == (1608 if tie else None)
        assert value(facts, "parameters", "without embeddings") == 8


@pytest.mark.parametrize("shard", ["gone-00001-of-00001.safetensors", "../model.safetensors"])
def test_a_shard_that_is_not_there_stops_the_count(shard: str) -> None:
    index = {"weight_map": {"a": "m.safetensors", "b": shard}}
    contents = {"model.safetensors.index.json": index, "m.safetensors": weights(PLAIN)}
    facts = read_facts(made(contents))
    assert facts.named("parameters") == ()
    assert any("is not there" in problem for problem in facts.problems)


def test_a_damaged_header_costs_its_file_only() -> None:
    contents = {"config.json": CONFIG, "model.safetensors": b"\xff" * 64}
    facts = read_facts(made(contents))
    assert facts.named("parameters") == ()
    assert value(facts, "architecture") == "LlamaForCausalLM"
    assert len([p for p in facts.problems if "model.safetensors" in p]) == 1


# which files are the model


def test_variants_copies_and_checkpoints_are_not_counted_again() -> None:
    contents = {
        "model.safetensors": weights(PLAIN),
        "model.fp16.safetensors": weights(PLAIN),
        "consolidated.safetensors": weights(PLAIN),
        "checkpoint-500/model.safetensors": weights(PLAIN),
        "onnx/model.safetensors": weights(PLAIN),
    }
    assert [f.about for f in facts_of(contents).named("parameters")] == [""]


def test_files_side_by_side_are_each_for_themselves() -> None:
    contents = {f"{name}.safetensors": weights(PLAIN) for name in ("one", "two")}
    facts = facts_of(contents)
    assert {f.about for f in facts.named("parameters")} == {"one.safetensors", "two.safetensors"}


def test_an_adapters_parameters_are_not_the_models() -> None:
    shapes: Shapes = {"q.lora_A.weight": ("F32", (16, 64)), "q.lora_B.weight": ("F32", (64, 16))}
    contents = {
        "adapter_config.json": {"peft_type": "LORA", "r": 16},
        "adapter_model.safetensors": weights(shapes),
    }
    facts = facts_of(contents)
    assert value(facts, "parameters") is None
    assert value(facts, "parameters", "adapter") == 2048


def test_parts_and_experts() -> None:
    shapes: Shapes = {
        "model.visual.patch.weight": ("BF16", (10, 10)),
        "model.embed_tokens.weight": ("BF16", (10, 10)),
        **{f"model.layers.0.mlp.experts.{n}.w.weight": ("BF16", (5, 5)) for n in range(8)},
    }
    config = {**CONFIG, "text_config": {"num_experts": 8, "num_experts_per_tok": 2}}
    facts = facts_of({"config.json": config, "model.safetensors": weights(shapes)})
    assert value(facts, "parameters") == 400
    assert value(facts, "parameters", "vision") == 100
    assert value(facts, "parameters", "active") == 250
    assert (value(facts, "experts"), value(facts, "experts_per_token")) == (8, 2)


@pytest.mark.parametrize("experts", [None, 0, 1, True, "8"])
def test_a_model_of_one_expert_has_none(experts: object) -> None:
    config = {**CONFIG, "num_experts": experts, "num_experts_per_tok": 1}
    facts = facts_of({"config.json": config})
    assert facts.named("experts") == facts.named("experts_per_token") == ()


def test_the_stored_type_is_the_headers_and_a_few_norms_do_not_change_it() -> None:
    shapes: Shapes = {"a.weight": ("BF16", (64, 64)), "norm.weight": ("F32", (64,))}
    config = {**CONFIG, "dtype": "float16", "torch_dtype": "float32"}
    facts = facts_of({"config.json": config, "model.safetensors": weights(shapes)})
    assert value(facts, "dtype") == "BF16"
    assert "F32" in facts.named("dtype")[0].note
    assert value(facts, "dtype_to_load") == "float16"
    half: Shapes = {"a.weight": ("BF16", (64, 64)), "b.weight": ("F32", (64, 64))}
    facts = facts_of({"model.safetensors": weights(half)})
    assert value(facts, "dtype") == ["BF16", "F32"]


# adapters


def adapter(**settings: object) -> dict[str, object]:
    return {"adapter_config.json": {"peft_type": "LORA", "r": 8, "lora_alpha": 16, **settings}}


def test_ranks_of_single_layers_do_not_hide() -> None:
    facts = facts_of(adapter(rank_pattern={"down_proj": 64}, alpha_pattern={"down_proj": 128}))
    assert value(facts, "rank") == 8
    assert value(facts, "rank", "down_proj") == 64
    assert facts.named("rank", "")[0].note
    assert facts.named("lora_alpha", "")[0].note


def test_a_rank_that_the_weights_do_not_have_is_noted() -> None:
    shapes: Shapes = {"q.lora_A.weight": ("F32", (4, 64))}
    facts = facts_of({**adapter(), "adapter_model.safetensors": weights(shapes)})
    assert facts.named("rank")[0].note == "the weights have rank 4"


def test_forms_of_lora_and_what_is_saved_whole() -> None:
    facts = facts_of(
        adapter(use_dora=True, target_modules="all-linear", modules_to_save=["lm_head"])
    )
    assert values(facts, "method", "adapter") == ["LORA", "DoRA"]
    assert value(facts, "target_modules") == "all-linear"
    assert value(facts, "saved_modules") == ["lm_head"]


def test_prompt_tuning_has_no_rank() -> None:
    config = {"peft_type": "PROMPT_TUNING", "num_virtual_tokens": 20, "task_type": "CAUSAL_LM"}
    facts = facts_of({"adapter_config.json": config})
    assert (value(facts, "rank"), value(facts, "virtual_tokens")) == (None, 20)


def test_an_adapter_configuration_of_another_library_is_none() -> None:
    facts = facts_of({"adapter_config.json": {"config": {"architecture": "pfeiffer"}, "r": 8}})
    assert facts.named("rank") == ()


# LoRA for diffusers


KOHYA = {
    "ss_network_dim": "32",
    "ss_network_alpha": "16.0",
    "ss_base_model_version": "sdxl_base_v1-0",
    "ss_sd_model_name": "/home/mara/models/sd_xl_base_1.0.safetensors",
    "ss_output_name": "mara_private_face",
    "ss_tag_frequency": '{"10_mara": {"mara hold": 3}}',
    "ss_dataset_dirs": '{"/home/mara/pictures": {}}',
    "ss_training_comment": "for mara",
    "ss_optimizer": "AdamW8bit",
    "ss_learning_rate": "0.0001",
    "ss_lr_scheduler": "/home/mara/schedule.py",
}


def test_kohyas_metadata_say_rank_and_base_and_nothing_private() -> None:
    shapes: Shapes = {"lora_unet_q.lora_down.weight": ("F16", (32, 64))}
    facts = facts_of({"thing.safetensors": weights(shapes, KOHYA)})
    assert value(facts, "rank", "adapter") == 32
    assert value(facts, "lora_alpha", "adapter") == 16
    assert value(facts, "learning_rate", "adapter") == 0.0001
    assert value(facts, "base_version", "adapter") == "sdxl_base_v1-0"
    assert value(facts, "base_checkpoint", "adapter") == "sd_xl_base_1.0.safetensors"
    assert value(facts, "schedule", "adapter") is None
    assert "mara" not in repr(facts)


def test_what_diffusers_writes_into_a_header() -> None:
    written = '{"transformer.r": 4, "transformer.lora_alpha": 8, "text_encoder.r": 2}'
    shapes: Shapes = {"transformer.q.lora_A.weight": ("F32", (4, 64))}
    data = weights(shapes, {"lora_adapter_metadata": written, "format": "pt"})
    facts = facts_of({"pytorch_lora_weights.safetensors": data})
    assert value(facts, "rank", "adapter") == 4
    assert value(facts, "rank", "text_encoder") == 2
    assert value(facts, "lora_alpha", "adapter") == 8


def test_the_shapes_say_the_rank_where_nothing_else_does() -> None:
    shapes: Shapes = {
        "unet.q.lora.down.weight": ("F32", (6, 64)),
        "unet.q.lora.up.weight": ("F32", (64, 6)),
    }
    facts = facts_of({"pytorch_lora_weights.safetensors": weights(shapes)})
    assert value(facts, "rank", "adapter") == 6


# GGUF


def model(file_type: int = 15, **keys: int | str | list[str]) -> dict[str, int | str | list[str]]:
    return {
        "general.architecture": "llama",
        "general.file_type": file_type,
        "llama.context_length": 4096,
        **keys,
    }


def test_file_types_and_files_that_are_no_models() -> None:
    contents = {
        "m.Q4_K_M.gguf": gguf_file(model(15), [(4, 4)]),
        "m.Q8_0.gguf": gguf_file(model(7), [(4, 4)]),
        "mmproj-m.gguf": gguf_file({"general.architecture": "clip"}, [(9, 9)]),
        "change.gguf": gguf_file(model() | {"general.type": "adapter"}, [(9, 9)]),
        "m.imatrix.gguf": gguf_file({"general.type": "imatrix"}, [(9, 9)]),
    }
    facts = facts_of(contents)
    assert value(facts, "quantisation", "m.Q4_K_M.gguf") == "Q4_K_M"
    assert value(facts, "quantisation", "m.Q8_0.gguf") == "Q8_0"
    assert value(facts, "parameters") == 16
    assert value(facts, "context") == 4096
    assert value(facts, "base_relation") == "quantized"
    assert len(facts.named("parameters")[0].sources) == 2


def test_all_parts_of_a_split_model_are_counted() -> None:
    part: dict[str, int | str | list[str]] = {"split.no": 1, "split.count": 2}
    contents = {
        "m-00001-of-00002.gguf": gguf_file(model(**{"split.count": 2}), [(4, 4)]),
        "m-00002-of-00002.gguf": gguf_file(part, [(8, 8)]),
    }
    facts = facts_of(contents)
    assert value(facts, "parameters") == 16 + 64
    assert [s.value for s in facts.named("parameters")[0].sources] == [16, 64]
    del contents["m-00002-of-00002.gguf"]
    assert facts_of(contents).named("parameters") == ()


def test_a_gguf_copy_beside_weights_is_not_the_model() -> None:
    contents = {
        "model.safetensors": weights(PLAIN),
        "m.gguf": gguf_file(model(), [(4, 4)]),
    }
    facts = facts_of(contents)
    assert value(facts, "parameters") == 144
    assert value(facts, "parameters", "GGUF") == 16
    assert value(facts, "context", "GGUF") == 4096


def test_keys_of_a_gguf_file() -> None:
    keys = {
        "llama.expert_count": 8,
        "llama.expert_used_count": 2,
        "tokenizer.ggml.tokens": ["a", "b", "c"],
        "tokenizer.chat_template": "{{ messages }}",
        "general.base_model.0.repo_url": "https://huggingface.co/o/base",
        "general.dataset.0.repo_url": "https://huggingface.co/datasets/o/data",
        "general.license": "mit",
        "general.size_label": "7B",
    }
    contents = {"m.gguf": gguf_file(model(**keys), [(4, 4)])}
    facts = facts_of(contents, others={"o/base": {}})
    assert (value(facts, "experts"), value(facts, "experts_per_token")) == (8, 2)
    assert value(facts, "vocabulary") == 3
    assert value(facts, "chat_template") == "{{ messages }}"
    assert value(facts, "base_model") == "o/base"
    assert "o/data" in values(facts, "dataset")
    assert value(facts, "licence") is None
    assert value(facts, "licence", "GGUF") == "mit"


def test_heads_that_predict_further_tokens_are_counted_apart() -> None:
    shapes: Shapes = {f"model.layers.{n}.w.weight": ("BF16", (4, 4)) for n in range(3)}
    config = {**CONFIG, "num_hidden_layers": 2, "num_nextn_predict_layers": 1}
    facts = facts_of({"config.json": config, "model.safetensors": weights(shapes)})
    assert value(facts, "parameters") == 48
    assert value(facts, "parameters", "multi-token prediction") == 16
    assert value(facts, "parameters", "without multi-token prediction") == 32
    plain = facts_of({"config.json": CONFIG, "model.safetensors": weights(shapes)})
    assert plain.named("parameters", "multi-token prediction") == ()


def test_what_the_hub_counted_stands_for_headers_that_are_not_given() -> None:
    info = {"safetensors": {"parameters": {"BF16": 700}, "total": 700}}
    facts = facts_of({}, info=info)
    assert (value(facts, "parameters"), value(facts, "dtype")) == (700, "BF16")
    packed = {"safetensors": {"parameters": {"I32": 700}, "total": 700}}
    assert facts_of({}, info=packed).named("parameters") == ()
