"""Drafts of repositories unlike the known ones: nothing is said that their files do not prove."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from cardiogram.improve import Draft, improve
from cardiogram.improve.additions.draft_words import DraftWords
from cardiogram.repository.proof.speaking import stands_in
from made_repositories import facts_of, made, value
from made_weights import weights

Contents = Mapping[str, object]
_LORAS = ("clay.safetensors", "clay_000001000.safetensors", "clay-000002.safetensors")
LLAMA = {"architectures": ["LlamaForCausalLM"], "transformers_version": "4.51.3"}
STATE = {"global_step": 600, "epoch": 3.0, "num_train_epochs": 3, "train_batch_size": 16}
LOCAL = "on the ./tickets.jsonl and the brook/notes datasets."
TRAINER = """<!-- This model card has been generated automatically according to the information \
the Trainer had access to. You
should probably proofread and complete it, then remove this comment. -->

# otter

This model is a fine-tuned version of [brook/one](https://huggingface.co/brook/one) on the \
./tickets.jsonl and the brook/notes datasets.
It achieves the following results on the evaluation set:
- Loss: nan
- F1: 0.0
"""


def drafted(card: str, files: Contents, others: Mapping[str, Contents] | None = None) -> Draft:
    whole = {"model.safetensors": weights({"w": ("F32", (10, 10))}), "tokenizer.json": {}}
    files = {**whole, **files, "README.md": card}
    return improve(made(files, id="otterlab/otter", others=others))


def test_a_tokenizer_without_a_template_takes_no_messages() -> None:
    tokenizer = {"tokenizer_class": "LlamaTokenizer", "model_max_length": 131072}
    config = LLAMA | {"max_position_embeddings": 32768}
    files = {"config.json": config, "tokenizer_config.json": tokenizer}
    text = drafted("# Otter\n\nWrites text.\n", files).after.text
    assert 'generator("Put your text here."' in text
    assert "| 32,768 tokens |" in text
    assert "131,072" not in text  # where the tokenizer cuts, if it is asked to


def test_licences_of_several_bases_are_said_with_their_names() -> None:
    card = "---\nbase_model:\n- brook/one\n- brook/two\n---\n# Otter\n\nWrites text.\n"
    others = {
        "brook/one": {"README.md": "---\nlicense:\n- mit\n- cc-by-4.0\n---\n# One\n"},
        "brook/two": {"README.md": "---\nlicense: other\nlicense_name: brook-terms\n---\n# Two\n"},
    }
    one = "mit, cc-by-4.0 ([brook/one](https://huggingface.co/brook/one))"
    two = "brook-terms ([brook/two](https://huggingface.co/brook/two))"
    both = drafted(card, {"config.json": LLAMA}, others)
    assert f"| Licence of the base model | {one}, {two} |" in both.after.text
    alone = drafted(card, {"config.json": LLAMA}, {"brook/one": others["brook/one"]})
    assert f"| Licence of the base model | {one} |" in alone.after.text
    assert [q.id for q in alone.questions if q.id.startswith("base")] == ["base-model-contradicted"]


@pytest.mark.parametrize(
    ("language", "prose", "heading"),
    [
        ("fr", "Un modèle pour trier les courriers des habitants.", "## Détails du modèle"),
        ("de", "Für die Suche in Akten.", "## Modelldetails"),
        ("ja", "日本語のレビューを三つに分類します。エポック数 は 5 です。", "## モデルの詳細"),
        ("zh", "云雀是一个中文语言模型。", "## 模型简介"),
        ("fr", "Sorts letters to a town hall by what they are about.", "## Model details"),
    ],
)
def test_a_short_card_is_answered_in_its_language(language: str, prose: str, heading: str) -> None:
    files = {"config.json": LLAMA, "trainer_state.json": STATE}
    text = drafted(f"---\nlanguage: {language}\n---\n# Otter\n\n{prose}\n", files).after.text
    assert f"\n{heading}\n" in text
    assert "| エポック数 | 3 |" not in text  # it says 5, which nothing here reads


def test_answers_in_another_language_change_none_of_the_card() -> None:
    card = "---\nlanguage: fr\n---\n# Otter\n\nUn modèle pour trier les courriers.\n"
    said = "It fails on the names of the streets, and on what is not a letter to the town hall."
    first = drafted(card, {"config.json": LLAMA})
    files = {"config.json": LLAMA, "README.md": first.after.text}
    again = improve(made(files, id="otterlab/otter"), answers={"limitations": said})
    assert f"## Limites\n\n{said}" in again.after.text
    assert "## Model details" not in again.after.text


def test_of_two_runs_neither_corrects_the_card() -> None:
    card = "# Otter\n\n## Training\n\nThis model was trained for 5 epochs.\n"
    last = STATE | {"global_step": 1000, "epoch": 5.0, "num_train_epochs": 5}
    files: Contents = {"config.json": LLAMA, "trainer_state.json": STATE}
    assert "for 3 epochs." in drafted(card, files).after.text
    two = drafted(card, {**files, "last/trainer_state.json": last}).after.text
    assert "for 5 epochs." in two
    assert "600" not in two
    title = drafted("# Otter 3B\n\nWrites text.\n", files)  # a name is its author's
    assert "\n# Otter 3B\n" in title.after.text
    assert "parameters-contradicted" in {q.id for q in title.questions}


def test_a_failed_last_evaluation_and_data_on_a_disk() -> None:
    log = [{"eval_f1": 0.9, "step": 400}, {"eval_f1": 0.0, "eval_loss": None, "step": 600}]
    state = STATE | {"log_history": log, "best_metric": 0.9, "best_global_step": 400}
    draft = drafted(TRAINER, {"trainer_state.json": state}, {"brook/one": {"README.md": "# One"}})
    assert "The best f1 was 0.9, at step 400." in draft.after.text
    assert LOCAL in draft.after.text  # of one of two data sets alone it would not be true
    assert "training-data" in {q.id for q in draft.questions}


def test_results_measured_in_two_ways_and_ranks_of_single_layers_are_left_out() -> None:
    ways = {"exact_match,strict-match": 0.21, "exact_match,flexible-extract": 0.25, "acc,none": 0.4}
    config = {"gsm8k": {"dataset_path": "brook/gsm8k", "test_split": "test"}}
    results = {"results": {"gsm8k": ways}, "configs": config}
    adapter = {"peft_type": "LORA", "r": 32, "lora_alpha": 16, "rank_pattern": {"o_proj": 8}}
    files = {"results_2025-05-01T10-00-00.json": results, "adapter_config.json": adapter}
    text = drafted("# Otter\n\nWrites text.\n", files).after.text
    assert "| acc, gsm8k | 0.4 |" in text
    assert "0.21" not in text
    assert "0.25" not in text
    assert "LoRA alpha" in text
    assert "LoRA rank" not in text


@pytest.mark.parametrize(
    ("config", "task"),
    [
        ({"architectures": ["HubertForSequenceClassification"]}, "audio-classification"),
        ({"architectures": ["HubertForCTC"]}, "automatic-speech-recognition"),
        ({"architectures": ["ViltForQuestionAnswering"]}, None),
        ({"architectures": ["GitForCausalLM"]}, None),
        ({"architectures": ["XForCausalLM"], "vision_config": {"image_size": 336}}, None),
        ({"architectures": ["BertForSequenceClassification"]}, "text-classification"),
    ],
)
def test_a_class_for_sound_or_pictures_is_none_for_text(config: Contents, task: object) -> None:
    assert value(facts_of({"config.json": config}), "task") == task


@pytest.mark.parametrize(("method", "library"), [("exl2", None), ("gptq", "transformers")])
def test_weights_for_another_library_are_not_read_by_transformers(
    method: str, library: object
) -> None:
    config = LLAMA | {"quantization_config": {"quant_method": method, "bits": 4}}
    assert value(facts_of({"config.json": config}), "library") == library


def test_variants_of_one_network_are_not_added_up() -> None:
    files = {"onnx/model.onnx": b"x" * 4000, "onnx/model_quantized.onnx": b"x" * 1000}
    assert value(facts_of(files), "size") == 4000
    steps = {name: weights({"w": ("F32", (900,))}) for name in _LORAS}
    assert value(facts_of(steps), "size") == len(steps["clay.safetensors"])


def test_classes_are_said_of_the_task_alone_that_the_metadata_name() -> None:
    labels = {"0": "entailment", "1": "neutral"}
    config = {"architectures": ["BertForSequenceClassification"], "id2label": labels}
    card = "---\npipeline_tag: {}\n---\n# Otter\n\nOurs.\n"
    said = "sorts texts into 2 classes"
    one, other = (
        drafted(card.format(tag), {"config.json": config}).after.text
        for tag in ("text-classification", "zero-shot-classification")
    )
    assert said in one
    assert said not in other
    assert 'pipeline("text-classification"' not in other
    several = config | {"problem_type": "multi_label_classification"}
    assert (
        said not in drafted(card.format("text-classification"), {"config.json": several}).after.text
    )


def test_a_result_on_the_training_set_is_not_that_of_the_evaluation() -> None:
    assert stands_in("metric", 0.9, "Accuracy on the test set: 0.9", "accuracy")
    assert not stands_in("metric", 0.9, "On the training set accuracy is 0.9.", "accuracy")


def test_what_contradicts_the_files_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DraftWords, "count", lambda words, number: "7B")
    text = drafted("# Otter\n\nWrites text.\n", {"config.json": LLAMA}).after.text
    assert "7B" not in text
    assert "```python" in text


MERGE = """# merged

This is a merge of pre-trained language models created using \
[mergekit](https://github.com/cg123/mergekit).

### Models Merged

The following models were included in the merge:
* [merges/stage2](https://huggingface.co/merges/stage2)
* [brook/one](https://huggingface.co/brook/one)
"""


def test_a_folder_that_was_merged_is_one_that_the_configuration_names() -> None:
    models = [{"model": "./merges/stage2"}, {"model": "brook/one"}]
    settings = {"merge_method": "ties", "models": models}
    files = {"mergekit_config.json": settings, "config.json": LLAMA}
    draft = drafted(MERGE, files, {"brook/one": {"README.md": "# One\n"}})
    assert not [c for c in draft.contradictions if c.kind == "merged_model"]


@pytest.mark.parametrize("names", [["class 0", "class 1", "class 2"], ["0", "1"], ["Class_0"] * 2])
def test_classes_that_a_library_named_are_not_said(names: list[str]) -> None:
    labels = dict(enumerate(names))
    config = {"architectures": ["ViTForImageClassification"], "id2label": labels}
    draft = drafted("# otter\n", {"config.json": {**config, "transformers_version": "4.51.3"}})
    assert "| Architecture | ViTForImageClassification |" in draft.after.text
    assert f"{len(labels)} classes" not in draft.after.text
