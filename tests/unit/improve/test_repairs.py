"""Every defect of a generator: mended from its source, asked without one, an author's own left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, strategies as st

from cardiogram.errors import HubError
from cardiogram.improve import (
    DraftChange,
    Question,
    ReadmeText,
    apply_changes,
    improve,
    view_card,
)
from cardiogram.improve.repairs import (
    clear_placeholders,
    clear_templates,
    find_repairs,
    generator_lines,
    is_handwritten,
    last_written,
)
from cardiogram.repository.access import RepositoryCommit
from repository_rows import InMemory, needs_rows, repositories

ID = "otterlab/otter-small"
TRAINER = """<!-- This model card has been generated automatically according to the information \
the Trainer had access to. You
should probably proofread and complete it, then remove this comment. -->

# otter-small

"""
TRL = """# Model Card for otter-small

This model is a fine-tuned version of [None](https://huggingface.co/None).
It has been trained using [TRL](https://github.com/huggingface/trl).

## Quick start

```python
from transformers import pipeline

question = "If you had a time machine, but could only go to the past or the future once and never \
return, which would you choose and why?"
generator = pipeline("text-generation", model="None", device="cuda")
```
"""
SHAPE = {"model_type": "bert", "vocab_size": 30522, "hidden_size": 768, "num_hidden_layers": 12}
CONFIG = SHAPE | {"architectures": ["BertForSequenceClassification"]}
UNSLOTH = """# Uploaded  model

- **Developed by:** otterlab
- **License:** apache-2.0
- **Finetuned from model :** brook/brook-7b

This llama model was trained 2x faster with [Unsloth](https://github.com/unslothai/unsloth)
"""


@dataclass
class Repaired:
    """A card after its repairs."""

    before: str
    text: str
    changes: dict[str, DraftChange]
    questions: dict[str, Question]


class Unreachable(InMemory):
    """A repository whose Hub cannot be asked."""

    def other(self, id: str, of: Any = "model") -> Any:
        raise HubError("the Hub was not reached")


def repaired(
    text: str,
    files: Mapping[str, object] | None = None,
    others: Mapping[str, object] | None = None,
    *,
    asked: bool = True,
) -> Repaired:
    """Repair a card beside these files; `others` are cards or files of other repositories."""
    contents = {"README.md": text.encode(), **_encoded(files or {})}
    hub: dict[Any, Any] = {}
    for id, data in (others or {}).items():
        of, name = ("dataset", id[9:]) if id.startswith("datasets/") else ("model", id)
        made = data if isinstance(data, dict) else {"README.md": data}
        hub[of, name] = InMemory(name, _encoded(made), of, others={})  # type: ignore[arg-type]
    kind = InMemory if asked else Unreachable
    repository = kind(ID, contents, others=hub)
    view = view_card(repository)
    found = list(find_repairs(view))
    changes = [each for each in found if isinstance(each, DraftChange)]
    after, refused = apply_changes(view.readme, changes)
    assert not refused
    for change in changes:
        for sentence in change.sentences:
            assert sentence.text in after.text, sentence
            assert sentence.facts, sentence
    again = find_repairs(view_card(repository, after))
    assert not [each for each in again if isinstance(each, DraftChange)]
    questions = {each.id: each for each in found if isinstance(each, Question)}
    return Repaired(text, after.text, {c.id.partition(":")[2]: c for c in changes}, questions)


def _encoded(files: Mapping[str, object]) -> dict[str, bytes]:
    made = {
        path: data if isinstance(data, bytes | str) else json.dumps(data)
        for path, data in files.items()
    }
    return {path: data.encode() if isinstance(data, str) else data for path, data in made.items()}


def cleared(text: str) -> str:
    """A card without what nobody filled in; all other words stay, and a second run changes none."""
    readme = ReadmeText.of(text.encode())
    after, refused = apply_changes(readme, list(clear_placeholders(readme)))
    assert not refused
    assert not list(clear_placeholders(after))
    made = generator_lines(readme) | {""}
    now = iter([line.strip() for line in after.text.splitlines()])
    assert all(line.strip() in now for line in text.splitlines() if line.strip() not in made)
    return after.text


def log(*evaluations: dict[str, float], best: float | None = None, step: int = 0) -> str:
    """A trainer_state.json."""
    history: list[object] = [dict(each) for each in evaluations]
    state: dict[str, object] = {"log_history": history, "global_step": 300}
    if best is not None:
        state |= {"best_metric": best, "best_global_step": step}
    return json.dumps(state)


# the Trainer's first sentence


def test_trained_from_scratch_is_mended_where_the_shape_is_that_of_the_base() -> None:
    text = TRAINER + "This model was trained from scratch on an unknown dataset.\n"
    files = {"config.json": CONFIG, "training_args.yaml": "model_name_or_path: brook/brook-base\n"}
    base = {"brook/brook-base": {"README.md": "# B", "config.json": CONFIG}}
    card = repaired(text, files, base)
    assert "is a fine-tuned version of [brook/brook-base](https://huggingface.co/brook/brook" in (
        card.text
    )
    assert [f.name for f in card.changes["scratch"].sentences[0].facts] == ["base_model"]
    assert "training-data" in card.questions
    assert "on an unknown dataset" in card.text


@pytest.mark.parametrize("other", [{"vocab_size": 32000}, {"model_type": "roberta"}, {}])
def test_trained_from_scratch_is_asked_without_a_base_of_that_shape(other: dict[str, Any]) -> None:
    text = TRAINER + "This model was trained from scratch on the squad dataset.\n"
    base = {"brook/brook-base": {"README.md": "# B", "config.json": CONFIG | other}}
    files: dict[str, object] = {"config.json": CONFIG}
    if other:
        files["training_args.yaml"] = "model_name_or_path: brook/brook-base\n"
    card = repaired(text, files, base)
    assert card.text == text
    assert "base-model" in card.questions


def test_an_author_may_say_that_a_model_was_trained_from_scratch() -> None:
    text = "# Otter\n\nThis model was trained from scratch on an unknown dataset.\n"
    card = repaired(text, {"config.json": CONFIG})
    assert card.text == text
    assert not card.questions


TUNED = "This model is a fine-tuned version of [a/b](https://huggingface.co/a/b) on "


@pytest.mark.parametrize(
    "words",
    ["an unknown dataset", "an unkown dataset", "the None dataset", "the generator dataset"],
)
def test_data_without_a_name_is_mended_from_files_or_asked(words: str) -> None:
    text = f"{TRAINER}{TUNED}{words}.\n"
    files = {"training_args.yaml": "model_name_or_path: a/b\ndataset: brook/otter-notes\n"}
    hub = {"a/b": "# B", "datasets/brook/otter-notes": "# Notes"}
    front = f"---\ndatasets:\n- brook/otter-notes\n---\n\n{text}"
    assert f"{TUNED}the brook/otter-notes dataset." in repaired(front, files, hub).text
    card = repaired(text, {}, {"a/b": "# B"})
    assert card.text == text
    assert "training-data" in card.questions


@pytest.mark.parametrize(
    "words",
    [
        "This pipeline was finetuned from **a/b** on the **{}** dataset. Below are some images.",
        "These are LoRA adaption weights for a/b. The weights were fine-tuned on the {} dataset.",
    ],
)
def test_data_of_a_pipeline_are_named_or_asked(words: str) -> None:
    note = TRAINER.replace("the Trainer", "the training script")
    text = note + words.format("None") + "\n"
    front = f"---\ndatasets:\n- brook/notes\n---\n\n{text}"
    card = repaired(front, {}, {"a/b": "# B", "datasets/brook/notes": "# N"})
    assert words.format("brook/notes") in card.text
    asked = repaired(text, {}, {"a/b": "# B"})
    assert asked.text == text
    assert "training-data" in asked.questions
    assert not repaired("# Otter\n\nIt was tuned on the None dataset.\n").questions


def test_data_of_a_sentence_of_the_author_stays() -> None:
    text = f"{TRAINER}{TUNED}the None dataset, which is a set of None values.\n"
    assert repaired(text, {}, {"a/b": "# B"}).text == text


def test_a_base_that_trl_calls_none_is_named_or_asked() -> None:
    files = {"adapter_config.json": {"base_model_name_or_path": "a/b", "peft_type": "LORA"}}
    card = repaired(TRL, files, {"a/b": "# B"})
    assert "fine-tuned version of [a/b](https://huggingface.co/a/b).\n" in card.text
    assert "base-model" in repaired(TRL).questions
    itself = TRL.replace("None](https://huggingface.co/None", f"{ID}](https://huggingface.co/{ID}")
    assert "[a/b]" in repaired(itself, files, {"a/b": "# B"}).text
    assert "base-model" in repaired(itself).questions


# results


RESULTS = "It achieves the following results on the evaluation set:\n- Loss: 0.5000\n- F1: 0.7000\n"


def test_results_of_the_last_evaluation_are_called_so() -> None:
    text = f"{TRAINER}{TUNED}the a/b dataset.\n{RESULTS}\n## Training procedure\n\nOurs.\n"
    first = {"eval_loss": 0.3, "eval_f1": 0.81, "step": 100}
    last = {"eval_loss": 0.5, "eval_f1": 0.7, "step": 300}
    files = {"trainer_state.json": log(first, last, best=0.81, step=100)}
    card = repaired(text, files, {"a/b": "# B"})
    said = "These are the results of the last evaluation. The best f1 was 0.81, at step 100."
    assert f"- F1: 0.7000\n\n{said}\n\n## Training" in card.text
    assert "checkpoint" in card.questions
    best = RESULTS.replace("0.7000", "0.8100").replace("0.5000", "0.3000")
    kept = text.replace(RESULTS, best)
    assert repaired(kept, files, {"a/b": "# B"}).text == kept


def test_an_evaluation_that_stands_alone_is_listed() -> None:
    text = f"{TRAINER}{TUNED}the a/b dataset.\n\n## Training procedure\n\nOurs.\n"
    files = {"trainer_state.json": log({"eval_loss": 0.25, "eval_f1": 0.75, "step": 300})}
    card = repaired(text, files, {"a/b": "# B"})
    assert "results on the evaluation set:\n- Loss: 0.2500\n- F1: 0.7500\n" in card.text
    assert repaired(text, {}, {"a/b": "# B"}).text == text


def test_a_version_that_is_not_the_configurations_is_asked() -> None:
    text = f"{TRAINER}{TUNED}the a/b dataset.\n\n### Framework versions\n\n- Transformers 4.30.2\n"
    other = repaired(text, {"config.json": {"transformers_version": "4.46.3"}}, {"a/b": "# B"})
    assert "4.46.3" in other.questions["framework-versions"].why
    assert other.text == text
    same = repaired(text, {"config.json": {"transformers_version": "4.30.0"}}, {"a/b": "# B"})
    assert "framework-versions" not in same.questions


# snippets, titles


def test_a_snippet_gets_the_name_of_the_repository() -> None:
    assert f'model="{ID}", device' in repaired(TRL).text
    mine = TRL.replace("It has been trained using [TRL](https://github.com/huggingface/trl).", "")
    assert 'model="None"' in repaired(mine).text


@pytest.mark.parametrize(
    ("opening", "code"),
    [
        ("# Model Trained Using AutoTrain", 'model_path = "PATH_TO_THIS_REPO"'),
        ("This is a [sentence-transformers](https://www.SBERT.net) model.", "load('{MODEL_NAME}')"),
        (
            "This is a [sentence-transformers](https://www.SBERT.net) model.",
            'SentenceTransformer("sentence_transformers_model_id")',
        ),
        (
            "This is a [SetFit](https://github.com/huggingface/setfit) model that can be used.",
            'SetFitModel.from_pretrained("setfit_model_id")',
        ),
    ],
)
def test_what_stands_for_a_repository_is_replaced_in_that_tools_cards(
    opening: str, code: str
) -> None:
    text = f"{opening}\n\n```python\n{code}\n```\n"
    assert f"{ID}" in repaired(text).text
    mine = f"# Otter\n\n```python\n{code}\n```\n"
    assert repaired(mine).text == mine


def test_the_time_machine_goes_with_the_template_on_models_that_write() -> None:
    writes = _encoded({"config.json": {"architectures": ["LlamaForCausalLM"]}})

    def prompts(text: str, files: dict[str, bytes]) -> str:
        view = view_card(InMemory(ID, {"README.md": text.encode(), **files}, others={}))
        assert "time machine" in repaired(text, files).text
        return apply_changes(view.readme, list(clear_templates(view)))[0].text

    assert 'question = "Write one sentence about the sea."' in prompts(TRL, writes)
    assert "time machine" in prompts(TRL, {})  # what it does, nothing says
    mine = TRL.replace("It has been trained using [TRL](https://github.com/huggingface/trl).", "")
    assert "time machine" in prompts(mine, writes)


@needs_rows
def test_a_draft_keeps_a_template_unless_it_is_to_go() -> None:
    repository = repositories()["quillnest/osprey-7b-haiku-lora"]
    kept, gone = (improve(repository, clear_template=each) for each in (False, True))
    assert "## Glossary [optional]" in kept.after.text
    assert "## Glossary" not in gone.after.text
    again = improve(_with_card(repository, gone.after), clear_template=True)
    assert again.after == gone.after


def _with_card(repository: Any, readme: ReadmeText) -> Any:
    contents = {**repository.contents, "README.md": readme.encode()}
    return InMemory(repository.id, contents, info=repository.info)


MERGE = "This is a merge of pre-trained language models created using [mergekit](https://a.b/c).\n"


@pytest.mark.parametrize(
    ("title", "body", "new"),
    [
        ("Model Card for Model ID", "[More Information Needed]", "Model Card for otter-small"),
        ("Untitled Model (1)", MERGE, "otter-small"),
        ("merge", MERGE, "otter-small"),
        ("Uploaded  model", UNSLOTH.partition("\n")[2], "otter-small"),
        ("Model Trained Using AutoTrain", "- Problem type: Tabular", "otter-small"),
        ("results", TRAINER.partition("#")[0], "otter-small"),
        ("outputs/lora-out", TRAINER.partition("#")[0], "otter-small"),
        ("workspace/axolotl/otter/run", TRAINER.partition("#")[0], "otter-small"),
    ],
)
def test_a_title_of_a_generator_gets_the_name(title: str, body: str, new: str) -> None:
    text = f"# {title}\n\n{body}\n"
    assert repaired(text).text.startswith(f"# {new}\n")


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("Results", "Ours are good.\n"),
        ("Results", TRAINER.partition("#")[0]),
        ("merge", "I merged two models.\n"),
        ("otterlab/otter-large", TRAINER.partition("#")[0]),
        ("otter-bert-finetuned-v2", TRAINER.partition("#")[0]),
        ("Model Card for Otter", "[More Information Needed]"),
    ],
)
def test_a_title_of_an_author_stays(title: str, body: str) -> None:
    text = f"# {title}\n\n{body}\n"
    assert repaired(text).text == text


# metadata


@pytest.mark.parametrize(
    "named",
    ["/mnt/models/brook", "./out", "../brook", "C:\\brook", "None", "a/b/c", "gone/model", ID],
)
def test_a_base_that_is_none_is_named_by_files_or_asked(named: str) -> None:
    text = f"---\nbase_model: {named}   # mine\ntags:\n- otter\n---\n# Otter\n\nWords.\n"
    files = {"adapter_config.json": {"base_model_name_or_path": "a/b", "peft_type": "LORA"}}
    card = repaired(text.replace("   # mine", ""), files, {"a/b": "# B"})
    assert "\nbase_model: a/b\ntags:" in f"\n{card.text}"
    asked = repaired(text.replace("   # mine", ""))
    assert asked.text == asked.before
    contradicted = named in ("gone/model", ID)  # it is a question of its own
    assert ("base-model" in asked.questions) != contradicted


def test_a_dead_parent_of_a_merge_is_asked_and_stays() -> None:
    text = f"---\nbase_model:\n- a/b\n- gone/step\ntags:\n- mergekit\n---\n# Otter\n\n{MERGE}"
    files = {"mergekit_config.yml": "merge_method: ties\nbase_model: a/b\n"}
    card = repaired(text, files, {"a/b": "# B"})
    assert card.text == text
    assert "base-model" not in card.questions  # its contradiction asks


AXOLOTL = """<details><summary>See axolotl config</summary>

axolotl version: `0.6.0`
```yaml
base_model: brook/brook-7b
datasets:
  - path: brook/notes
    type: alpaca
lora_r: 32
sequence_len: 4096
num_epochs: 3
```

</details><br>
"""


def test_the_settings_that_axolotl_prints_name_the_base() -> None:
    text = (
        f"---\nbase_model: /mnt/b\n---\n{TRAINER}{AXOLOTL}\nThis model is a fine-tuned version of "
        "[/mnt/b](https://huggingface.co//mnt/b) on the ./x.jsonl and the brook/notes datasets.\n"
    )
    card = repaired(text, {}, {"brook/brook-7b": "# B", "datasets/brook/notes": "# N"})
    assert card.text.startswith("---\nbase_model: brook/brook-7b\n---")
    kept = "on the ./x.jsonl and the brook/notes datasets.\n"  # one alone would not be true
    assert f"(https://huggingface.co/brook/brook-7b) {kept}" in card.text
    assert "training-data" in card.questions


def test_a_four_bit_copy_gives_way_to_what_was_copied() -> None:
    text = "---\nbase_model: unsloth/brook-7b-bnb-4bit\n---\n# Otter\n"
    name = "unsloth/brook-7b-bnb-4bit"
    files = {"adapter_config.json": {"base_model_name_or_path": name, "peft_type": "LORA"}}
    hub = {"brook/brook-7b": "# B", name: "---\nbase_model: brook/brook-7b\n---\n# Copy\n"}
    card = repaired(text, files, hub)
    assert card.text.startswith("---\nbase_model: brook/brook-7b\n---")
    assert card.changes["base-model"].why.endswith(f" '{name}' is a quantised copy.")
    assert repaired(text, files, {name: "# Copy\n"}).text == text


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("./out/run3", "'./out/run3' is no id of the Hub."),
        (ID, f"'{ID}' is this model itself."),
        ("brook/gone", "'brook/gone' is not on the Hub."),
    ],
)
def test_a_base_that_gives_way_is_named_with_its_reason(named: str, why: str) -> None:
    files = {"config.json": {"_name_or_path": "brook/brook-7b"}}
    card = repaired(f"---\nbase_model: {named}\n---\n# Otter\n", files, {"brook/brook-7b": "# B"})
    assert card.changes["base-model"].why.endswith(f" {why}")


def test_a_hub_that_cannot_be_asked_changes_no_base() -> None:
    text = "---\nbase_model: a/b\n---\n# Otter\n"
    card = repaired(text, asked=False)
    assert card.text == text
    assert not card.questions


def test_loaders_and_local_files_are_no_data_sets() -> None:
    text = f"---\ndatasets:\n- generator\n---\n\n{TRAINER}{TUNED}the a/b dataset.\n"
    card = repaired(text, {}, {"a/b": "# B"})
    assert card.text == text
    assert "training-data" in card.questions
    local = text.replace("- generator", "- data/otters.jsonl\n- brook/notes")
    hub = {"a/b": "# B", "datasets/brook/notes": "# N"}
    assert "datasets:\n- brook/notes\n---" in repaired(local, {}, hub).text
    mine = "---\ndatasets:\n- generator\n---\n# Otter\n"
    assert not repaired(mine).questions


def test_licence_license_goes_and_is_asked() -> None:
    text = f"---\ntags:\n- trl\nlicence: license\n---\n\n{TRL}"
    card = repaired(text)
    assert "licence: license" not in card.text
    assert "licence" in card.questions
    mine = "---\nlicence: mit\n---\n# Otter\n"
    assert repaired(mine).text.startswith("---\nlicense: mit\n")
    both = "---\nlicense: mit\nlicence: see below\n---\n# Otter\n"
    assert repaired(both).text == both


@pytest.mark.parametrize(
    ("base", "asks"), [("apache-2.0", False), ("llama3", True), ("mit", True), ("", True)]
)
def test_the_licence_of_unsloth_is_asked_unless_it_is_that_of_the_base(
    base: str, asks: bool
) -> None:
    text = f"---\nbase_model: brook/brook-7b\nlicense: apache-2.0\n---\n\n{UNSLOTH}"
    front = f"---\nlicense: {base}\n---\n" if base else ""
    view = repaired(text, {}, {"brook/brook-7b": f"{front}# B"})
    contradicted = base == "llama3"  # the contradiction asks
    assert ("licence" in view.questions) == (asks and not contradicted)
    assert "license: apache-2.0" in view.text
    mine = text.replace(
        "trained 2x faster with [Unsloth](https://github.com/unslothai/unsloth)", ""
    )
    assert "licence" not in repaired(mine, {}, {"brook/brook-7b": f"{front}# B"}).questions


def test_english_of_unsloth_is_asked_where_base_or_data_are_in_another_language() -> None:
    text = f"---\nbase_model: a/b\nlanguage:\n- en\nlicense: mit\n---\n\n{UNSLOTH}"
    for code, asks in (("de", True), ("en", False)):
        hub = {"a/b": f"---\nlanguage: {code}\nlicense: mit\n---\n# B"}
        assert ("language" in repaired(text, {}, hub).questions) == asks


def test_a_card_without_a_licence_asks_with_that_of_the_parents() -> None:
    text = f"---\nbase_model:\n- a/b\n- a/c\ntags:\n- mergekit\n---\n# Otter\n\n{MERGE}"
    hub = {"a/b": "---\nlicense: mit\n---\n", "a/c": "---\nlicense: llama3\n---\n"}
    why = repaired(text, {}, hub).questions["licence"].why
    assert "a/b is under mit" in why
    assert "a/c is under llama3" in why
    assert not repaired("# Otter\n\nMy own words.\n").questions


def test_the_templates_fields_are_filled_from_files() -> None:
    text = (
        "# Model Card for Otter\n\n- **Carbon Emitted:** [More Information Needed]\n"
        "- **License:** [More Information Needed]\n"
        "- **Finetuned from model [optional]:** [More Information Needed]\n"
    )
    files = {
        "emissions.csv": "emissions\n0.25\n",
        "adapter_config.json": {"base_model_name_or_path": "a/b", "peft_type": "LORA"},
    }
    card = repaired(text, files, {"a/b": "---\nlicense: mit\n---\n"})
    assert "- **Carbon Emitted:** emissions of 250 g of CO2 equivalents\n" in card.text
    assert "- **Finetuned from model:** [a/b](https://huggingface.co/a/b)\n" in card.text
    assert "- **License:** [More Information Needed]" in card.text
    assert repaired(text).text == text


def test_data_without_a_name_in_a_heading_of_sentence_transformers() -> None:
    text = (
        "---\ndatasets:\n- brook/notes\n---\n# Otter\n\n"
        "This is a [sentence-transformers](https://www.SBERT.net) model.\n\n"
        "#### Unnamed Dataset\n\n* Size: 10 training samples\n"
    )
    hub = {"datasets/brook/notes": "# N"}
    assert "#### brook/notes\n" in repaired(text, {}, hub).text
    assert "training-data" in repaired(text.replace("datasets", "data")).questions


# what nobody filled in


@pytest.mark.parametrize(
    "left",
    [
        "[More Information Needed]",
        "More information needed",
        "More information needed.",
        "[Needs More Information]",
        "[More information needed]",
        "<!-- This section addresses misuse, malicious use, and uses that the model will not work "
        "well for. -->\n\n[More Information Needed]",
        '{{ out_of_scope_use | default("[More Information Needed]", true)}}',
        "```python\n# TODO: add an example code snippet for running this diffusion pipeline\n```",
        "[TODO: describe the data used to train the model]",
    ],
)
@pytest.mark.parametrize("heading", ["## Out-of-Scope Use", "### Direct Use [optional]", "# Uses"])
def test_a_section_that_nobody_filled_goes(heading: str, left: str) -> None:
    text = f"# Otter\n\nIt counts otters.\n\n{heading}\n\n{left}\n\n# Food\n\nIt eats fish.\n"
    assert cleared(text) == "# Otter\n\nIt counts otters.\n\n# Food\n\nIt eats fish.\n"
    end = f"# Otter\n\nIt counts otters.\n\n{heading}\n\n{left}\n"
    assert cleared(end) == "# Otter\n\nIt counts otters.\n"


@pytest.mark.parametrize(
    "text",
    [
        "# Otter\n\n## How otters sleep\n\n[More Information Needed]\n",
        "# Otter\n\n## Uses\n\nTBD\n",
        "# Otter\n\n## Uses\n\n<!-- ask Anna about zoos -->\n\n[More Information Needed, Anna]\n",
        "# Otter\n\n## Uses\n\n| a |\n|---|\n| [More Information Needed] |\n",
        "# Otter\n\n```\n## Uses\n\n[More Information Needed]\n```\n",
        "# Otter\n\n# Original model card\n\n## Uses\n\n[More Information Needed]\n",
        "# Otter\n\n## Uses\n\nmore information needed?\n\nYes.\n\n### Seas\n\nTODO\n",
        "# Otter\n\n- **Sleeps:** [More Information Needed]\n",
        "# Otter\n\n## Uses\n\nIn zoos.\n\n- **Paper:** [More Information Needed]\n  or Anna's\n",
        "# Otter\n\n## Uses 用途\n\n[More Information Needed]\n",
        "# Otter\n\n## Uses\n\nMore information needed: 水獺\n",
        f"# Otter\n\n## Uses\n\n<!-- Provide the basic links for the model. {'x ' * 300} -->\n",
        "# Otter\n\n[More Information Needed]\n",
    ],
)
def test_what_an_author_wrote_stays(text: str) -> None:
    readme = ReadmeText(text)
    after, _ = apply_changes(readme, list(clear_placeholders(readme)))
    assert after.text == text


def test_placeholders_go_beside_what_was_filled_in() -> None:
    text = (
        "# Otter\r\n\r\n## Model Details\r\n\r\n- **Developed by:** Anna\r\n"
        "- **Funded by [optional]:** [More Information Needed]\r\n\r\n## Citation\r\n\r\n"
        "**BibTeX:**\r\n\r\n```bibtex\r\n@misc{otter}\r\n```\r\n\r\n**APA:**\r\n\r\n"
        "[More Information Needed]\r\n"
    )
    assert cleared(text) == (
        "# Otter\r\n\r\n## Model Details\r\n\r\n- **Developed by:** Anna\r\n\r\n## Citation\r\n\r\n"
        "**BibTeX:**\r\n\r\n```bibtex\r\n@misc{otter}\r\n```\r\n"
    )


def test_an_unfilled_block_of_code_goes_beside_words() -> None:
    code = "```python\n# TODO: add an example code snippet for running this diffusion pipeline\n```"
    text = f"# Otter\n\n## How to use\n\nAs Anna does.\n\n{code}\n\n## Food\n\nFish.\n"
    assert cleared(text) == "# Otter\n\n## How to use\n\nAs Anna does.\n\n## Food\n\nFish.\n"


def test_versions_that_an_author_put_below_a_heading_stay_there() -> None:
    text = "# Otter\n\n## Technical Specifications\n\n### Framework versions\n\n- PEFT 0.13.2\n"
    assert cleared(text) == text
    uses = f"{text}\n## Uses\n\n[More Information Needed]\n"
    assert cleared(uses) == text


MIXIN = "This model has been pushed to the Hub using the [ModelHubMixin](https://a.b) integration"


def test_a_list_of_the_mixin_goes_with_its_colon() -> None:
    left = "[More Information Needed]"
    text = f"# Otter\n\n{MIXIN}:\n- Library: {left}\n- Docs: {left}"
    assert cleared(text) == f"# Otter\n\n{MIXIN}.\n"
    part = f"# Otter\n\n{MIXIN}:\n- Library: {left}\n- Docs: ours\n"
    assert cleared(part) == f"# Otter\n\n{MIXIN}:\n- Docs: ours\n"


def test_no_data_goes_from_a_generators_sentence_when_nobody_named_them() -> None:
    assert cleared(f"{TRAINER}{TUNED}the None dataset.\n").endswith("co/a/b).\n")
    scratch = f"{TRAINER}This model was trained from scratch on an unknown dataset.\n"
    assert cleared(scratch) == scratch.removeprefix(TRAINER[: TRAINER.index("-->") + 3]).lstrip()


@needs_rows
def test_a_whole_template_leaves_what_is_not_its_own() -> None:
    raw = repositories()["quillnest/osprey-7b-haiku-lora"].read("README.md").decode()
    assert cleared(raw).count("\n") < 15
    assert cleared(raw).endswith("\n\n## Framework versions\n\n- PEFT 0.13.2\n")


LEFT = "[More Information Needed]"
LINES = [
    *(
        "# Otter",
        "## Uses",
        "### Direct Use",
        "## My words",
        LEFT,
        "TODO",
        "",
        "```",
        "<!--",
        "-->",
    ),
    *("<!-- note -->", "<!-- Provide the basic links for the model. -->", "---", "> quoted"),
    *("**BibTeX:**", f"- **Paper [optional]:** {LEFT}", "It counts otters."),
    "### Framework versions",
]


@example(
    [
        "# Otter",
        "## Uses",
        "**BibTeX:**",
        LINES[-3],
        "<!-- Provide the basic links for the model. -->",
    ],
    "\n",
)
@given(st.lists(st.sampled_from(LINES), max_size=25), st.sampled_from(["\n", "\r\n"]))
def test_every_word_that_is_no_templates_stays(lines: list[str], end: str) -> None:
    cleared(end.join(lines) + end)


# the history


OWN = (
    "# Otter\n\n"
    + "It counts otters in pictures of rivers, by day and by night, as well as I do. " * 4
)
MADE = f"{TRAINER}{TUNED}the a/b dataset.\n\n## Model description\n\nMore information needed\n"


def test_the_last_revision_that_a_person_wrote() -> None:
    def history(*texts: str) -> list[tuple[RepositoryCommit, ReadmeText]]:
        return [(RepositoryCommit(str(n), ""), ReadmeText(t)) for n, t in enumerate(texts)]

    assert is_handwritten(ReadmeText(OWN))
    assert not is_handwritten(ReadmeText(MADE))
    lost = last_written(history(MADE, MADE, OWN, MADE))
    assert lost is not None
    assert lost[0].id == "2"
    assert last_written(history(OWN, MADE)) is None
    assert last_written(history(MADE, MADE)) is None
    assert last_written(history("# Otter\n", OWN)) is None


def tagged(*tags: str) -> bytes:
    return "\n".join(["---", "tags:", *(f"- {tag}" for tag in tags), "---", "# Otter", ""]).encode()


PEFT_TAGS = ("base_model:adapter:brook/b", "lora", "transformers")


@pytest.mark.parametrize(
    ("now", "before", "restored"),
    [
        (PEFT_TAGS, [("poetry", "haiku", "lora")], ("poetry", "haiku")),
        (PEFT_TAGS, [PEFT_TAGS, ("poetry",)], ("poetry",)),
        ((*PEFT_TAGS, "rivers"), [("poetry",)], ()),  # edited since
        (("lora",), [("poetry",)], ()),  # no push of PEFT's
        (PEFT_TAGS, [PEFT_TAGS] * 3 + [("poetry",)], ()),
        (PEFT_TAGS, [], ()),
    ],
)
def test_tags_that_a_push_of_peft_wrote_over_are_offered(
    now: tuple[str, ...], before: list[tuple[str, ...]], restored: tuple[str, ...]
) -> None:
    made = InMemory("a/otter", {"README.md": tagged(*now)}, others={})
    commit = RepositoryCommit("abcdef0123", "2024-12-01T10:00:00.000Z")
    made.before["README.md"] = [(commit, tagged(*tags)) for tags in before]
    changes = [each for each in find_repairs(view_card(made)) if each.id == "repair:tags"]
    after, refused = apply_changes(ReadmeText.of(tagged(*now)), changes)  # type: ignore[arg-type]
    assert not refused
    assert after.text == tagged(*now, *restored).decode()
    for change in changes:
        assert change.why.endswith("They stood in the card of 2024-12-01 (commit abcdef0).")


@needs_rows
def test_repairs_of_the_fourteen_are_stable() -> None:
    for id, repository in repositories(fourteen=True).items():
        if "README.md" not in repository.files or repository.info.get("gated"):
            continue
        view = view_card(repository)
        changes = [each for each in find_repairs(view) if isinstance(each, DraftChange)]
        after, refused = apply_changes(view.readme, changes)
        assert not refused, id
        if id == "tarnlab/tarn-bert-harbour-ner":
            assert not changes
            assert not list(clear_templates(view))
        again = find_repairs(view_card(repository, after))
        assert not [each for each in again if isinstance(each, DraftChange)], id


def test_a_card_of_a_megabyte_takes_no_minutes() -> None:
    text = "# Otter\n\n## My words\n\nOurs.\n\n[More Information Needed]\n" * 3_000
    assert not list(clear_placeholders(ReadmeText(text)))
