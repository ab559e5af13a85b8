"""Who made a card, by what the tools of today write."""

import json

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features import find_makers
from cardiogram.cards.features.facets import facets_of
from cardiogram.cards.features.kinds import kinds_of
from cardiogram.cards.features.traits import TRAITS, traits_of
from cardiogram.cards.features.vector import count_features
from cardiogram.names import DATA

HUB = "https://github.com/huggingface"
SBERT = "https://www.sbert.net/docs"
WRITTEN = {
    "trainer": (
        "<!-- This model card has been generated automatically according to the information the "
        "Trainer had access to. You should probably proofread it. -->\n# out",
        "---\ntags:\n- generated_from_trainer\n---\n# out\n\nThe rest is mine.",
    ),
    "keras": ("---\ntags: [generated_from_keras_callback]\n---\n# out",),
    "keras_hub": (
        "This is a [`Bert` model](https://keras.io/api/keras_hub/models/bert) uploaded using the "
        "KerasHub library and can be used with JAX, TensorFlow, and PyTorch backends.",
    ),
    "peft": ("# Model Card for Model ID\n\n### Framework versions\n\n- PEFT 0.21.2",),
    "trl": (f"It has been trained using [TRL]({HUB}/trl).",),
    "unsloth": (
        "This qwen3 model was trained 2x faster with\n[Unsloth](https://unsloth.ai)",
        "# heron\n\nThis model was finetuned and converted to GGUF format using\n[Unsloth]()",
    ),
    "axolotl": ("[<img alt='Built with Axolotl' width='200'/>](https://axolotl.ai)",),
    "mergekit": ("This is a merge of pre-trained language models created using [mergekit]().",),
    "autotrain": (
        "---\ntags:\n- autotrain\n- image-classification\n---\n# Mine\n\nloss: 0.31",
        "# Model Trained Using AutoTrain\n\n- Problem type: Text Classification",
    ),
    "sentence_transformers": (
        "# SentenceTransformer\n\nThis is a [sentence-transformers](https://www.SBERT.net) model.",
        f"This is a [SPLADE Sparse Encoder]({SBERT}/sparse_encoder/usage/usage.html) model",
        f"This is a [Cross Encoder]({SBERT}/cross_encoder/usage/usage.html) model",
        f"This is a [Multi-Vector Encoder]({SBERT}/multi_vector/usage/usage.html) model",
    ),
    "setfit": (f"This is a [SetFit]({HUB}/setfit) model for Text Classification.",),
    "span_marker": ("This is a [SpanMarker](https://github.com/tomaarsen/SpanMarkerNER) model",),
    "pylate": ("This is a [PyLate](https://github.com/lightonai/pylate) model finetuned from x",),
    "diffusers": (
        "# LoRA\n\nThese are heron/marsh LoRA adaption weights for stability/sdxl.",
        "<!-- This model card has been generated automatically according to the information the "
        "training script had access to. -->",
    ),
    "mlx": (
        "This model [a/b](https://hf.co/a/b) was\nconverted to MLX format from [c/d](x)\n"
        "using mlx-lm version **0.32.2**.",
    ),
    "gguf": (
        "## Llamacpp imatrix Quantizations of heron by riverlab",
        "weighted/imatrix quants of https://huggingface.co/riverlab/heron",
        "This model was converted to GGUF format from [`a/b`](x) using llama.cpp via the ggml.ai's "
        "[GGUF-my-repo](y) space.",
    ),
    "exllama": ("## Exllama v2 Quantizations of heron\n\nUsing turboderp's ExLlamaV2 v0.2.0",),
    "llm_compressor": (
        "Quantized to W4A16 by [LLM Compressor](https://github.com/vllm-project/llm-compressor).",
        "This model was quantized to FP8. It was created with [llm-compressor](https://github.com)",
    ),
    "mixin": ("This model has been pushed to the Hub using the [PytorchModelHubMixin](x):",),
    "fastai": ("# Amazing!\n\n🥳 Congratulations on hosting your fastai model on the Hub!",),
    "skops": ("# Model Card Authors\n\nThis model card is written by following authors:\n\nIda",),
    "spacy": ("| **spaCy** | `>=3.7` |\n| **Default Pipeline** | `tok2vec`, `ner` |",),
    "timm": (
        "---\ntags:\n- image-classification\n- timm\nlibrary_name: timm\n---\n"
        "# Model card for heron.ft_in1k",
    ),
    "template": (
        "# Model Card for Model ID\n\n<!-- Provide a quick summary of the model. -->\n\n"
        "This modelcard aims to be a base template for new models.",
        "This is the model card of a 🤗 transformers model that has been pushed on the Hub. This "
        "model card has been automatically generated.",
    ),
}


@pytest.mark.parametrize(
    ("maker", "text"), [(maker, text) for maker, texts in WRITTEN.items() for text in texts]
)
def test_what_a_tool_writes_names_it(maker: str, text: str) -> None:
    card = parse_card(text, id="heron/marsh")
    assert maker in find_makers(card)
    assert "timm" not in find_makers(card) or maker == "timm"
    assert "hand-written" not in kinds_of(card, count_features(card))


@pytest.mark.parametrize(
    "text",
    [
        "---\nlibrary_name: transformers\n---\n# Model Card for Otter\n\nWe wrote it by hand.",
        "# Otter\n\nIt beats the timm models, and we use autotrain and Dreambooth ourselves.",
        "---\ntags:\n- skops-fans\n- autotrain_compatible\n---\n# Otter\n\nCaptions were "
        "automatically generated, some by mergekit users.",
        "# Otter\n\n[The base](https://huggingface.co/TheBloke/Otter-GGUF) is another's.",
    ],
)
def test_a_word_that_authors_use_too_names_no_maker(text: str) -> None:
    card = parse_card(text, id="heron/otter")
    assert find_makers(card) == ()
    assert "hand-written" in kinds_of(card, count_features(card))


def test_of_a_card_without_a_text_nothing_says_who_made_it() -> None:
    card = parse_card("---\nlicense: mit\n---\n", id="heron/otter")
    assert kinds_of(card, count_features(card)) == ("other",)


@pytest.mark.parametrize(
    "text",
    [
        "# Model Trained Using AutoTrain",
        "# Otter\n\n<!-- Model Trained Using AutoTrain -->",
        "# Otter\n\n```\nModel Trained Using AutoTrain\n```",
        "---\ntags: autotrain\n---\n# Otter\n\nLoss: 0.31",
    ],
)
def test_the_whole_card_is_asked_and_every_part_answers_alike(text: str) -> None:
    card = parse_card(text, id="heron/otter")
    features = count_features(card)
    traits = dict(zip([t.name for t in TRAITS], traits_of(card, features, ()), strict=True))
    assert find_makers(card) == ("autotrain",)
    assert "trainer" in kinds_of(card, features)
    assert "trainer" in facets_of(card).known
    assert traits["tool_made"]


def test_every_maker_has_phrases_in_lower_case() -> None:
    makers = json.loads((DATA / "makers.json").read_text("utf-8"))
    assert all(phrases and phrases == [p.lower() for p in phrases] for phrases in makers.values())
