"""Facts of configurations, tokenizers and inputs: each with the trap that makes it false."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cardiogram.errors import HubError
from cardiogram.repository.fact import RepositoryFacts
from cardiogram.repository.facts import read_facts
from made_repositories import facts_of, made, value, values

CAUSAL = {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}


# class, shape, labels


def test_code_of_a_repository_is_named_and_said_not_to_be_run() -> None:
    code = {"AutoConfig": "configuration_x.XConfig", "AutoModel": ["slow.X", None]}
    facts = facts_of({"config.json": {"architectures": ["XModel"], "auto_map": code}})
    assert value(facts, "architecture") == "XModel"
    assert "not run" in facts.named("architecture")[0].note
    assert value(facts, "custom_code", "AutoConfig") == "configuration_x.XConfig"
    assert value(facts, "custom_code", "AutoModel") == "slow.X"


@pytest.mark.parametrize(
    ("stated", "labels"),
    [
        ({"0": "LABEL_0", "1": "LABEL_1"}, None),
        ({"1": "no", "0": "yes", "10": "maybe"}, ["yes", "no", "maybe"]),
        ({"0": 7}, None),
        ({}, None),
        ("yes", None),
    ],
)
def test_labels_without_names_are_unknown(stated: object, labels: object) -> None:
    assert value(facts_of({"config.json": {"id2label": stated}}), "labels") == labels


def test_the_text_model_of_several_parts_gives_the_shape() -> None:
    config = {
        "text_config": {"num_hidden_layers": 28, "hidden_size": 2048, "vocab_size": 1000},
        "vision_config": {"num_hidden_layers": 12, "hidden_size": 768, "image_size": 336},
    }
    facts = facts_of({"config.json": config})
    assert (value(facts, "layers"), value(facts, "layers", "vision")) == (28, 12)
    assert (value(facts, "hidden_size"), value(facts, "image_size")) == (2048, 336)
    assert not facts.disagreements


def test_a_window_that_is_not_used_is_none() -> None:
    assert value(facts_of({"config.json": {"sliding_window": 4096}}), "sliding_window") == 4096
    unused = {"sliding_window": 4096, "use_sliding_window": False}
    assert value(facts_of({"config.json": unused}), "sliding_window") is None


# context


CONTEXTS: dict[str, tuple[Mapping[str, object], int | None, int | None]] = {
    "plain": ({"max_position_embeddings": 4096}, 4096, None),
    "Llama 3": (
        {
            "max_position_embeddings": 131072,
            "rope_scaling": {
                "rope_type": "llama3",
                "factor": 32.0,
                "original_max_position_embeddings": 8192,
            },
        },
        131072,
        8192,
    ),
    "YaRN that is stated": (
        {
            "max_position_embeddings": 163840,
            "rope_scaling": {
                "type": "yarn",
                "factor": 40,
                "original_max_position_embeddings": 4096,
            },
        },
        163840,
        4096,
    ),
    "YaRN that is switched on": (
        {
            "max_position_embeddings": 32768,
            "rope_scaling": {
                "type": "yarn",
                "factor": 4.0,
                "original_max_position_embeddings": 32768,
            },
        },
        131072,
        32768,
    ),
    "transformers 5": (
        {
            "max_position_embeddings": 40960,
            "rope_parameters": {
                "rope_type": "yarn",
                "rope_theta": 1e6,
                "factor": 4.0,
                "original_max_position_embeddings": 32768,
            },
        },
        131072,
        32768,
    ),
    "transformers 5, by kind of layer": (
        {
            "max_position_embeddings": 131072,
            "rope_parameters": {
                "sliding_attention": {"rope_type": "default", "rope_theta": 1e4},
                "full_attention": {
                    "rope_type": "yarn",
                    "factor": 32.0,
                    "original_max_position_embeddings": 4096,
                },
            },
        },
        131072,
        4096,
    ),
    "default parameters": (
        {"max_position_embeddings": 4096, "rope_parameters": {"rope_type": "default"}},
        4096,
        None,
    ),
    "linear": (
        {
            "max_position_embeddings": 4096,
            "rope_scaling": {"type": "linear", "factor": 4.0},
        },
        16384,
        4096,
    ),
    "Gemma 3, whose length is stated scaled": (
        {
            "text_config": {
                "model_type": "gemma3_text",
                "max_position_embeddings": 131072,
                "rope_scaling": {"rope_type": "linear", "factor": 8.0},
            }
        },
        131072,
        None,
    ),
    "LongRoPE": (
        {
            "max_position_embeddings": 131072,
            "original_max_position_embeddings": 4096,
            "rope_scaling": {"type": "longrope", "short_factor": [1.0], "long_factor": [1.0]},
        },
        131072,
        4096,
    ),
    "RoBERTa's two": ({"model_type": "roberta", "max_position_embeddings": 514}, 512, None),
    "RoBERTa's padding": (
        {"model_type": "xlm-roberta", "max_position_embeddings": 514, "pad_token_id": 1},
        512,
        None,
    ),
    "RoBERTa, stated without": (
        {"model_type": "roberta", "max_position_embeddings": 512},
        512,
        None,
    ),
    "BERT": ({"model_type": "bert", "max_position_embeddings": 512}, 512, None),
    "T5, relative": ({"model_type": "t5", "n_positions": 512}, None, None),
    "GPT-2": ({"model_type": "gpt2", "n_positions": 1024, "n_ctx": 1024}, 1024, None),
    "nested": ({"text_config": {"max_position_embeddings": 2048}}, 2048, None),
    "words": ({"max_position_embeddings": "many"}, None, None),
    "a truth value": ({"max_position_embeddings": True}, None, None),
    "a factor that is none": (
        {"max_position_embeddings": 4096, "rope_scaling": {"type": "linear", "factor": "4"}},
        4096,
        None,
    ),
}


@pytest.mark.parametrize("case", CONTEXTS)
def test_the_context_with_rope_scaling(case: str) -> None:
    config, context, original = CONTEXTS[case]
    facts = facts_of({"config.json": config})
    assert value(facts, "context") == context
    assert value(facts, "context_original") == original


def test_the_tokenizers_limit_proves_the_context_only_where_it_agrees() -> None:
    def read(limit: object) -> tuple[object, int, object]:
        config = {"max_position_embeddings": 2048}
        facts = facts_of(
            {"config.json": config, "tokenizer_config.json": {"model_max_length": limit}}
        )
        (context,) = facts.named("context")
        return context.value, len(context.sources), value(facts, "sequence_length")

    assert read(2048) == (2048, 2, None)
    assert read(1024) == (2048, 1, 1024)
    assert read(1e30) == read(1000000000000000019884624838656) == (2048, 1, None)
    alone = facts_of({"tokenizer_config.json": {"model_max_length": 1e30}})
    assert alone.named("sequence_length") == alone.named("context") == ()


# chat template, tokens, defaults


@pytest.mark.parametrize(
    "files",
    [
        {"chat_template.jinja": "{{ m }}"},
        {"chat_template.json": {"chat_template": "{{ m }}"}},
        {"tokenizer_config.json": {"chat_template": "{{ m }}"}},
        {
            "tokenizer_config.json": {
                "chat_template": [
                    {"name": "tool_use", "template": "{{ t }}"},
                    {"name": "default", "template": "{{ m }}"},
                ]
            }
        },
    ],
)
def test_a_chat_template_is_found_in_each_of_its_places(files: dict[str, object]) -> None:
    facts = facts_of({"config.json": CAUSAL, **files})
    assert value(facts, "chat_template") == "{{ m }}"


def test_further_templates_go_by_their_names() -> None:
    facts = facts_of(
        {
            "config.json": CAUSAL,
            "chat_template.jinja": "{{ m }}\n<|user|>",
            "additional_chat_templates/tool_use.jinja": "{{ t }}",
        }
    )
    assert value(facts, "chat_template", "tool_use") == "{{ t }}"
    assert [s.line for s in facts.named("chat_template", "")[0].sources] == [1, 2]


def test_two_templates_that_differ_disagree() -> None:
    facts = facts_of(
        {
            "chat_template.jinja": "{{ a }}",
            "tokenizer_config.json": {"chat_template": "{{ b }}"},
        }
    )
    assert value(facts, "chat_template") == "{{ a }}"
    assert [(a.value, b.value) for a, b in facts.disagreements] == [("{{ a }}", "{{ b }}")]


def test_no_template_is_said_of_a_model_that_generates_only() -> None:
    tokenizer = {"eos_token": "</s>"}
    facts = facts_of({"config.json": CAUSAL, "tokenizer_config.json": tokenizer})
    assert value(facts, "chat_template") is False
    assert [s.absent for s in facts.named("chat_template")[0].sources] == [
        "chat_template.jinja",
        "chat_template.json",
    ]
    encoder = {"architectures": ["BertModel"]}
    facts = facts_of({"config.json": encoder, "tokenizer_config.json": tokenizer})
    assert facts.named("chat_template") == ()
    assert facts_of({"config.json": CAUSAL}).named("chat_template") == ()


def test_tokens_are_texts_or_objects_and_generation_may_end_at_several() -> None:
    tokenizer = {
        "eos_token": {"content": "<|end|>", "lstrip": False},
        "bos_token": None,
        "added_tokens_decoder": {"1": {"content": "<|end|>"}, "2": {"content": "<|eot|>"}},
    }
    generation = {"eos_token_id": [1, 2], "temperature": 0.6, "transformers_version": "5.1"}
    facts = facts_of({"tokenizer_config.json": tokenizer, "generation_config.json": generation})
    (end,) = facts.named("end_token")
    assert end.value == "<|end|>"
    assert end.sources[0].pointer == "/eos_token/content"
    assert "<|eot|>" in end.note
    assert value(facts, "begin_token") is None
    assert value(facts, "generation_default", "temperature") == 0.6
    assert {f.about for f in facts.named("generation_default")} == {"temperature"}
    assert "not the author's" in facts.named("generation_default")[0].note


# base models


BASE = {"org/base": {"README.md": "---\nlicense: mit\n---\n"}, "gpt2": {}}


@pytest.mark.parametrize(
    "path",
    [
        *("/home/me/base", "./base", "../base", "~/base", "C:\\models\\base", "outputs/sft"),
        *("org/base/checkpoint-500", "checkpoints/step_100", "model", "gone/model", "a/b", ""),
    ],
)
def test_local_paths_and_what_the_hub_has_not_are_no_base(path: str) -> None:
    facts = facts_of({"config.json": {"_name_or_path": path}}, others=BASE)
    assert facts.named("base_model") == ()
    assert "/home/me" not in repr(facts)


def test_a_base_is_named_by_all_places_that_agree() -> None:
    contents = {
        "README.md": "---\nbase_model: org/base\n---\n",
        "adapter_config.json": {"peft_type": "LORA", "base_model_name_or_path": "org/base"},
    }
    (fact,) = facts_of(contents, others=BASE).named("base_model")
    assert [s.path for s in fact.sources] == ["adapter_config.json", "README.md"]
    assert facts_of({"config.json": {"_name_or_path": "gpt2"}}, others=BASE).named("base_model")


def test_a_card_that_names_another_base_does_not_prove_it() -> None:
    others = {**BASE, "org/other": {}, "org/kin": {"README.md": "---\nbase_model: org/base\n---\n"}}
    config = {"config.json": {"_name_or_path": "org/base"}}
    card = {"README.md": "---\nbase_model: org/other\n---\n"}
    assert values(facts_of({**config, **card}, others=others), "base_model") == ["org/base"]
    kin = {"README.md": "---\nbase_model: org/kin\n---\n"}
    both = values(facts_of({**config, **kin}, others=others), "base_model")
    assert both == ["org/base", "org/kin"]
    (alone,) = facts_of(card, others=others).named("base_model")
    assert alone.note == "named by the card, by no file"


def test_the_original_of_a_copy_in_4_bits() -> None:
    others = {
        "un/base-bnb-4bit": {"README.md": "---\nbase_model: org/base\n---\n"},
        "org/base": {},
    }
    config = {"peft_type": "LORA", "base_model_name_or_path": "un/base-bnb-4bit"}
    facts = facts_of({"adapter_config.json": config}, others=others)
    assert values(facts, "base_model") == ["org/base", "un/base-bnb-4bit"]
    assert facts.named("base_model")[0].sources[0].repo == "un/base-bnb-4bit"


@pytest.mark.parametrize("path", ["outputs/sft", "org/base/checkpoint-5", "tmp/model"])
def test_without_the_hub_a_local_path_is_none(path: str) -> None:
    assert values(without_the_hub(path), "base_model") == []


def test_without_the_hub_a_name_is_taken_as_it_stands() -> None:
    facts = without_the_hub("org/base")
    assert values(facts, "base_model") == ["org/base"]
    assert facts.problems == ("org/base: no network",)


def without_the_hub(named: str) -> RepositoryFacts:
    repository = made({"config.json": {"_name_or_path": named}})

    def other(id: str, of: str = "model") -> None:
        raise HubError("no network")

    repository.other = other  # type: ignore[method-assign, assignment]
    return read_facts(repository)


# pipelines


PIPELINE = {
    "_class_name": "StableDiffusionPipeline",
    "_diffusers_version": "0.42.1",
    "feature_extractor": [None, None],
    "scheduler": ["diffusers", "DDIMScheduler"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "requires_safety_checker": True,
}


def test_a_pipeline_names_its_parts_and_empty_places_are_none() -> None:
    contents = {
        "model_index.json": PIPELINE,
        "scheduler/scheduler_config.json": {"_class_name": "EulerDiscreteScheduler"},
        "unet/config.json": {"sample_size": 96},
        "vae/config.json": {"block_out_channels": [1, 2, 3, 4], "sample_size": 512},
    }
    facts = facts_of(contents)
    assert value(facts, "pipeline") == "StableDiffusionPipeline"
    assert set(value(facts, "components") or ()) == {"scheduler", "unet", "vae"}  # type: ignore[arg-type]
    assert (value(facts, "latent_size"), value(facts, "image_size")) == (96, 768)
    assert value(facts, "safety_checker") is True
    assert value(facts, "scheduler") == "DDIMScheduler"
    (clash,) = [b.value for a, b in facts.disagreements if a.name == "scheduler"]
    assert clash == "EulerDiscreteScheduler"


# sentence transformers


def sentence(pooling: object, *more: str) -> dict[str, object]:
    kinds = ["Transformer", "Pooling", *more]
    modules = [
        {"idx": n, "path": f"{n}_{k}" if n else "", "type": f"sentence_transformers.models.{k}"}
        for n, k in enumerate(kinds)
    ]
    return {
        "modules.json": modules,
        "config.json": {"hidden_size": 384},
        "1_Pooling/config.json": pooling,
    }


OLD = {"word_embedding_dimension": 384, "pooling_mode_cls_token": False}
POOLINGS: dict[str, tuple[Mapping[str, object], str, int | None]] = {
    "old": ({**OLD, "pooling_mode_mean_tokens": True}, "mean", 384),
    "old, two at once": (
        {**OLD, "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True},
        "mean + max",
        None,
    ),
    "old, last token": ({**OLD, "pooling_mode_lasttoken": True}, "lasttoken", 384),
    "new": ({"embedding_dimension": 384, "pooling_mode": "cls"}, "cls", 384),
    "new, two at once": (
        {"embedding_dimension": 384, "pooling_mode": ["cls", "mean"]},
        "cls + mean",
        None,
    ),
}


@pytest.mark.parametrize("case", POOLINGS)
def test_pooling_in_old_and_new_keys(case: str) -> None:
    settings, pooling, dimensions = POOLINGS[case]
    facts = facts_of(sentence(settings))
    assert value(facts, "pooling") == pooling
    if dimensions:
        assert value(facts, "dimensions") == dimensions
    assert value(facts, "normalised") is False


def test_a_dense_module_changes_the_dimensions() -> None:
    contents = sentence(POOLINGS["old"][0], "Dense", "Normalize")
    contents["2_Dense/config.json"] = {"in_features": 384, "out_features": 128}
    facts = facts_of(contents)
    assert value(facts, "dimensions") == 128
    assert value(facts, "normalised") is True


def test_length_prompts_and_similarity() -> None:
    contents = {
        **sentence(POOLINGS["new"][0]),
        "sentence_bert_config.json": {"max_seq_length": 256},
        "tokenizer_config.json": {"model_max_length": 512},
        "config_sentence_transformers.json": {
            "__version__": {"sentence_transformers": "6.2.0"},
            "prompts": {"query": "query: "},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    facts = facts_of(contents)
    assert value(facts, "sequence_length") == 256
    assert value(facts, "prompts") == {"query": "query: "}
    assert value(facts, "similarity") == "cosine"
    assert value(facts, "library_version", "sentence-transformers") == "6.2.0"


def test_modules_of_a_repository_are_named_and_not_run() -> None:
    modules = [{"idx": 0, "path": "", "type": "custom_st.Transformer"}]
    facts = facts_of({"modules.json": modules})
    assert value(facts, "custom_code", "module 0") == "custom_st.Transformer"


# pictures and sound


def test_timms_own_settings_beat_the_upper_ones() -> None:
    config = {
        "architecture": "resnet50",
        "num_classes": 1000,
        "num_features": 2048,
        "input_size": [3, 999, 999],
        "pretrained_cfg": {"input_size": [3, 224, 224], "mean": [0.5, 0.5, 0.5]},
    }
    facts = facts_of({"config.json": config})
    assert value(facts, "image_size") == 224
    assert value(facts, "image_mean") == [0.5, 0.5, 0.5]
    assert value(facts, "architecture") == "resnet50"
    assert value(facts, "library") == "timm"


IMAGES: dict[str, tuple[dict[str, object], object]] = {
    "size": ({"size": {"height": 224, "width": 224}}, 224),
    "not square": ({"size": {"height": 480, "width": 640}}, [480, 640]),
    "a number": ({"size": 224}, 224),
    "cropped": (
        {"size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}},
        224,
    ),
    "not cropped": (
        {"do_center_crop": False, "size": {"height": 384, "width": 384}, "crop_size": 224},
        384,
    ),
    "an edge": ({"size": {"shortest_edge": 800, "longest_edge": 1333}}, None),
}


@pytest.mark.parametrize("home", ["preprocessor_config.json", "processor_config.json"])
@pytest.mark.parametrize("case", IMAGES)
def test_the_size_of_pictures(case: str, home: str) -> None:
    settings, size = IMAGES[case]
    nested = {"image_processor": settings} if home == "processor_config.json" else settings
    assert value(facts_of({home: nested}), "image_size") == size


def test_sound() -> None:
    settings = {"sampling_rate": 16000, "chunk_length": 30, "feature_size": 80}
    for files in (
        {"preprocessor_config.json": settings},
        {"processor_config.json": {"feature_extractor": settings}},
    ):
        facts = facts_of(files)
        assert value(facts, "sampling_rate") == 16000
        assert (value(facts, "window"), value(facts, "mel_bins")) == (30, 80)
    wave = facts_of({"preprocessor_config.json": {"sampling_rate": 16000, "feature_size": 1}})
    assert wave.named("mel_bins") == ()
    picture = facts_of({"preprocessor_config.json": {"feature_size": 80}})
    assert picture.named("mel_bins") == ()


# other libraries


def test_what_scikit_learn_keras_spacy_and_others_write() -> None:
    facts = facts_of({"config.json": {"sklearn": {"environment": ["scikit-learn=1.9.1"]}}})
    assert value(facts, "library_version", "scikit-learn") == "1.9.1"
    keras = {
        "module": "keras",
        "class_name": "Functional",
        "config": {"layers": [{"config": {"batch_shape": [None, 180, 180, 3]}}]},
        "compile_config": {
            "optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.001}},
            "loss": "sparse_categorical_crossentropy",
        },
    }
    facts = facts_of({"config.json": keras, "metadata.json": {"keras_version": "3.9.0"}})
    assert (value(facts, "library"), value(facts, "image_size")) == ("keras", 180)
    assert (value(facts, "optimizer"), value(facts, "learning_rate")) == ("Adam", 0.001)
    meta = {"lang": "da", "spacy_version": ">=3.8", "performance": {"ents_f": 0.81, "speed": None}}
    facts = facts_of({"meta.json": meta})
    assert (value(facts, "language"), value(facts, "metric", "ents_f")) == ("da", 0.81)
    clip = {"model_cfg": {"embed_dim": 512, "vision_cfg": {"image_size": 224}}}
    facts = facts_of({"open_clip_config.json": clip})
    assert (value(facts, "dimensions"), value(facts, "image_size")) == (512, 224)


def test_a_model_file_that_is_not_there_is_said_to_be_missing() -> None:
    config = {"sklearn": {"model": {"file": "model.skops"}}}
    (fact,) = facts_of({"config.json": config}).named("file", "model.skops")
    assert "not there" in fact.note
