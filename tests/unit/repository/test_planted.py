"""Contradictions: those of the shared repositories, and others that an edit plants."""

from __future__ import annotations

import pytest
from edited import (
    BERTH,
    GGUF,
    GPTQ,
    HAIKU,
    HARBOUR,
    HERBARIUM,
    KESTREL,
    LAW,
    MERGE,
    RECIPES,
    ROUTER,
    SFT,
    SPEECH,
    added,
    contradictions,
)

from cardiogram.cards import parse_card
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.facts import read_facts
from repository_rows import InMemory, expected, needs_rows

pytestmark = needs_rows
KINDS = {
    "snippet id": "repository",
    "base model": "base_model",
    "table and model-index": "metric",
}
WRONG_HEAD = f'```python\nAutoModelForSequenceClassification.from_pretrained("{HARBOUR}")\n```'
PLANTED = [
    (ROUTER, "learning_rate: 5e-05", "learning_rate: 2e-05", "learning_rate", "trainer_state"),
    (ROUTER, "num_epochs: 3.0", "num_epochs: 5.0", "epochs", "trainer_state"),
    (ROUTER, "train_batch_size: 16", "train_batch_size: 32", "batch_size", "trainer_state"),
    (ROUTER, "- Accuracy: 0.9148", "- Accuracy: 0.9418", "metric", "README.md"),
    (ROUTER, "value: 0.9101774662514386", "value: 0.9301", "metric", "README.md"),
    (ROUTER, "license: apache-2.0", "license: apache-2.0\npipeline_tag: token-classification",
     "task", "config.json"),
    (ROUTER, "", "The encoder of this model has six layers.", "layers", "config.json"),
    (ROUTER, "", "This model sorts tickets into nine classes.", "labels", "config.json"),
    (ROUTER, "", "| | |\n|---|---|\n| Vocabulary size | 50,265 |", "vocabulary", "config.json"),
    (ROUTER, "", "This model has 340M parameters.", "parameters", "model.safetensors"),
    (ROUTER, "", "This model is based on the ALBERT architecture.", "architecture", "config.json"),
    (ROUTER, "- tarnlab/helpdesk-tickets", "- tarnlab/helpdesk-mails", "dataset", ""),
    (ROUTER, "", "The model was trained on 24,800 tickets.", "train_samples", ""),
    (ROUTER, "", "The helpdesk-tickets dataset is licensed under CC BY-NC 4.0.",
     "dataset_licence", "README.md"),
    (SFT, "base_model: ospreylm/osprey-1.1b", "base_model: ospreylm/osprey-1b", "base_model", ""),
    (SFT, 'model="brightmoor/osprey-1.1b-fieldnotes-sft"', 'model="brightmoor/fieldnotes-sft"',
     "repository", ""),
    (SFT, "", "Its context window is 8192 tokens.", "context", "config.json"),
    (HAIKU, "library_name: peft", "library_name: peft\nbase_model: ospreylm/osprey-7b-chat",
     "base_model", "adapter_config.json"),
    (HAIKU, "", "LoRA with rank 64.", "rank", "adapter_config.json"),
    (HAIKU, "", "- lora_alpha: 16", "lora_alpha", "adapter_config.json"),
    (HAIKU, "", "- LoRA dropout: 0.1", "lora_dropout", "adapter_config.json"),
    (HAIKU, "", "- Target modules: q_proj, k_proj, v_proj, o_proj", "target_modules",
     "adapter_config.json"),
    (GGUF, "4.78 GB", "5.78 GB", "size", "osprey-7b-chat.Q5_K_M.gguf"),
    (GGUF, "Q4_K_M.gguf | Q4_K_M", "Q4_K_M.gguf | Q4_K_S", "quantisation", ".gguf"),
    (GGUF, "# Osprey 7B Chat", "# Osprey 13B Chat", "parameters", ".gguf"),
    (GGUF, "--hf-file osprey-7b-chat.Q5_K_M.gguf", "-m osprey-7b-chat.Q5_K_S.gguf", "file", ""),
    (HERBARIUM, "* Image resolution: 512", "* Image resolution: 768", "image_size", "config.json"),
    (HERBARIUM, "license: creativeml-openrail-m", "license: mit", "licence", "README.md"),
    (HERBARIUM, "library_name: diffusers", "library_name: transformers", "library",
     "model_index.json"),
    (HERBARIUM, "", "The herbarium-plates dataset is under CC BY-NC 4.0.", "dataset_licence",
     "README.md"),
    (RECIPES, "Length:** 256", "Length:** 512", "sequence_length", "sentence_bert_config.json"),
    (RECIPES, "Dimensionality:** 384", "Dimensionality:** 768", "dimensions", "config.json"),
    (RECIPES, "Cosine Similarity", "Dot Product", "similarity", "config"),
    (RECIPES, "'pooling_mode_cls_token': False, 'pooling_mode_mean_tokens': True",
     "'pooling_mode_cls_token': True, 'pooling_mode_mean_tokens': False", "pooling",
     "1_Pooling/config.json"),
    (RECIPES, "dataset_size:44800", "dataset_size:54800", "train_samples", ""),
    (MERGE, "[DARE](https://arxiv.org/abs/2311.03099) [TIES](https://arxiv.org/abs/2306.01708)",
     "SLERP", "method", "mergekit_config.yml"),
    (MERGE, "weight: 0.6", "weight: 0.8", "merge_weight", "mergekit_config.yml"),
    (MERGE, "density: 0.53\n      weight: 0.4", "density: 0.3\n      weight: 0.4",
     "merge_density", "mergekit_config.yml"),
    (MERGE, "library_name: transformers", "library_name: transformers\nlicense: apache-2.0",
     "licence", "README.md"),
    (KESTREL, "up to 128k", "up to 256k", "context", "config.json"),
    (KESTREL, "It has 3B parameters", "It has 7B parameters", "parameters", "model.safetensors"),
    (LAW, "sechs Dateien", "vier Dateien", "shards", "model.safetensors.index.json"),
    (LAW, "zwei Epochen", "fünf Epochen", "epochs", "trainer_state.json"),
    (LAW, "Lernrate von 1e-05", "Lernrate von 1e-04", "learning_rate", "training_args.yaml"),
    (LAW, "auf 11.040 Fragen", "auf 21.040 Fragen", "train_samples", "README.md"),
    (SPEECH, "training_steps: 4000", "training_steps: 5000", "steps", "trainer_state.json"),
    (SPEECH, "", "Modellen läser ljud med 8 kHz.", "sampling_rate", "preprocessor_config.json"),
    (SPEECH, "library_name: espnet", "library_name: transformers\npipeline_tag: fill-mask",
     "task", "config.json"),
    (GPTQ, "group size 128", "group size 32", "group_size", "config.json"),
    (GPTQ, "4-bit GPTQ of", "8-bit GPTQ of", "bits", "config.json"),
    (GPTQ, "4-bit GPTQ of", "4-bit AWQ of", "method", "config.json"),
    (GPTQ, "license: cc-by-nc-4.0", "license: apache-2.0", "licence", "README.md"),
    (GPTQ, "About 3.9 GB on disk", "About 6.9 GB on disk", "size", "model.safetensors"),
    (BERTH, "library_name: sklearn", "library_name: keras", "library", "config.json"),
    (BERTH, "license: odc-by", "license: odc-by\npipeline_tag: tabular-regression", "task",
     "config.json"),
    (BERTH, "model_file: berth_delay.skops", "model_file: berth.skops", "file", ""),
    (HARBOUR, "(9 labels)", "(11 labels)", "labels", "config.json"),
    (HARBOUR, "| 512 tokens |", "| 1024 tokens |", "context", "config.json"),
    (HARBOUR, "| 109M, float32", "| 340M, float32", "parameters", "model.safetensors"),
    (HARBOUR, "float32 (436 MB)", "float16 (436 MB)", "dtype", "model.safetensors"),
    (HARBOUR, "(436 MB)", "(236 MB)", "size", "model.safetensors"),
    (HARBOUR, "**88.4** (0.3)", "**84.8** (0.3)", "metric", "README.md"),
    (HARBOUR, "value: 0.8791", "value: 0.8197", "metric", "README.md"),
    (HARBOUR, "| Licence | Apache 2.0 |", "| Licence | MIT |", "licence", "README.md"),
    (HARBOUR, "| Language | English |", "| Language | Danish |", "language", "README.md"),
    (HARBOUR, "", "The encoder has 16 attention heads.", "heads", "config.json"),
    (HARBOUR, "", "- Labels: VESSEL, BERTH, CARGO, PERSON", "labels", "config.json"),
    (HARBOUR, 'pipeline("token-classification"', 'pipeline("text-classification"', "task",
     "config.json"),
    (HARBOUR, "", WRONG_HEAD, "architecture", "config.json"),
    (HARBOUR, "value: 0.8843", "value: 0.9843", "metric", "README.md"),
    (HERBARIUM, "= DiffusionPipeline.", "= StableDiffusionXLPipeline.",
     "architecture", ""),
    (HERBARIUM, "", "This pipeline is based on Stable Diffusion XL.", "architecture",
     "model_index.json"),
    (HERBARIUM, "on the **lumenforge/herbarium-plates** dataset",
     "on the **lumenforge/herbarium-scans** dataset", "dataset", ""),
    (ROUTER, "on the tarnlab/helpdesk-tickets dataset", "on the tarnlab/helpdesk-mails dataset",
     "dataset", "README.md"),
    (LAW, "", "- lr_scheduler_type: linear", "schedule", "training_args.yaml"),
    (LAW, "", "- Training regime: fp16 mixed precision", "precision", "training_args.yaml"),
    (LAW, "", "- warmup_ratio: 0.03", "setting", "training_args.yaml"),
    (LAW, "", "- EOS token: `<|im_end|>`", "end_token",
     "config.json"),
    (LAW, "", "Cut off at 8192 tokens.", "cutoff", "training_args.yaml"),
    (GGUF, "[INST] your question [/INST]", "<|im_start|>user your question<|im_end|>",
     "chat_template", ".gguf"),
    (MERGE, "* [brightmoor/osprey-7b-fieldnotes]", "* [ospreylm/osprey-13b]", "merged_model",
     "mergekit_config.yml"),
    (HAIKU, "library_name: peft", "library_name: peft\nbase_model_relation: merge",
     "base_relation", "adapter_config.json"),
    (GGUF, "Q4_K_M | 4.08 GB", "Q4_K_M | 6.08 GB", "size", ".gguf"),
    (GGUF, "base_model: \"ospreylm/osprey-7b-chat\"", "base_model: ospreylm/osprey-13b",
     "base_model", ""),
    (LAW, "", "## Configuration\n\n```python\nTrainingArguments(learning_rate=2e-4, seed=3)\n```",
     "seed", "training_args.yaml"),
    (GPTQ, "TODO: usage", "```python\nAutoModelForCausalLM.from_pretrained("
     "'helio-quants/osprey-7b-chat-GPTQ-4bit')\n```", "repository", ""),
    (SFT, "", "This model was trained from scratch.", "base_relation", ""),
    (KESTREL, "license_link: LICENSE", "license_link: TERMS.md", "file", ""),
    (ROUTER, "license: apache-2.0", "license: apache-2.0\nextra_gated_prompt: Say who you are.",
     "gated", ""),
    (HARBOUR, "The script is `train.py`", "The script is `finetune.py`", "file", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "clash"),
    [
        pytest.param(id, clash, id=clash["id"])
        for id, entry in (expected().items() if needs_rows.args[0] is False else ())
        for clash in entry["contradictions"]
    ],
)
def test_planted_contradictions_are_found(id: str, clash: dict[str, object]) -> None:
    kind = KINDS.get(str(clash["kind"]), clash["kind"])
    hits = [c for c in contradictions(id) if c.kind == kind]
    assert [c.severity for c in hits] == ["error"]
    side = clash["card"]
    assert isinstance(side, dict)
    if "line" in side:
        assert hits[0].statement.line == side["line"]
    elif "key" in side:
        assert hits[0].statement.pointer == f"/{side['key']}"


@pytest.mark.parametrize(("id", "old", "new", "kind", "path"), PLANTED)
def test_other_kinds_are_found(id: str, old: str, new: str, kind: str, path: str) -> None:
    hits = [c for c in added(id, old, new) if c.kind == kind]
    assert hits, [c.why for c in added(id, old, new)]
    assert any(path in s.path for s in hits[0].others) if path else True
    assert hits[0].why.endswith(".")
    assert hits[0].statement.quote


def test_nothing_else_is_reported() -> None:
    reported = {
        id: len(contradictions(id)) for id in expected() if id not in ("quillnest/vit-run3",)
    }
    planted = {
        id: len(entry["contradictions"]) for id, entry in expected().items() if id in reported
    }
    assert reported == planted


def test_a_chat_template_that_is_not_there() -> None:
    words = '```python\ntokenizer = AutoTokenizer.from_pretrained("q/rook")\n'
    card = parse_card(f"# Rook\n\n{words}tokenizer.apply_chat_template(chat)\n```\n", id="q/rook")
    configuration = b'{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}'
    files = {"config.json": configuration, "tokenizer_config.json": b'{"eos_token": "</s>"}'}
    repository = InMemory("q/rook", files, others={})
    clashes = find_contradictions(card, read_facts(repository, card), repository)
    assert [c.kind for c in clashes] == ["chat_template"]
