"""Small invented repositories whose card and files disagree, or agree in other words."""

from __future__ import annotations

import json

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.access import Repository, RepositoryType
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.facts import read_facts
from repository_rows import InMemory

BASE = b"---\nlicense: cc-by-nc-4.0\nlanguage: [de]\n---\n# Heron\n"
DATA = (
    b"---\nlicense: cc-by-nc-4.0\nlanguage: de\ndataset_info:\n"
    b"  splits: [{name: train, num_examples: 12400}, {name: test, num_examples: 1550}]\n---\n# N\n"
)
OTHERS: dict[tuple[RepositoryType, str], Repository] = {
    ("model", "q/heron"): InMemory("q/heron", {"README.md": BASE}),
    ("model", "q/egret"): InMemory("q/egret", {"README.md": BASE}),
    ("dataset", "q/notes"): InMemory("q/notes", {"README.md": DATA}, "dataset"),
}
FRONT = (
    "---\nlicense: cc-by-nc-4.0\nlanguage: de\nbase_model: q/heron\ndatasets:\n- q/notes\n---\n"
    "# Heron ft\n\n"
)
STATE = {
    "trainer_state.json": {
        **{"best_metric": 0.91, "best_global_step": 1550, "epoch": 3.0, "num_train_epochs": 3},
        **{"global_step": 2325, "max_steps": 2325, "train_batch_size": 16},
        "log_history": [
            {"step": 1550, "eval_f1": 0.91, "eval_loss": 0.3},
            {"step": 2325, "eval_f1": 0.90, "eval_loss": 0.35},
            {"step": 2325, "train_loss": 0.5, "train_runtime": 7200.0},
        ],
    }
}
RESULTS = {"all_results.json": {"eval_f1": 0.90, "train_runtime": 7200.0, "train_samples": 12400}}
SETTINGS = {
    "training_args.yaml": "learning_rate: 1.0e-5\nseed: 42\ncutoff_len: 2048\noptim: adamw_torch\n"
}
MERGE = {
    "mergekit_config.yml": "models:\n  - model: q/heron\n    parameters: {weight: 0.6}\n"
    "  - model: q/egret\n    parameters: {weight: 0.4}\nmerge_method: ties\nbase_model: q/heron\n"
}
AXOLOTL = "\n```yaml\nbase_model: q/heron\nmicro_batch_size: 2\nadapter: lora\nlora_r: 32\n```\n"
APACHE = {"LICENSE": "      Apache License\n      Version 2.0, January 2004\n"}
TABLE = "| Metric | Value |\n|---|---|\n| F1 | {} |\n"
Files = dict[str, object]


def contradictions_of(card: str, files: Files, gated: bool = False) -> list[tuple[str, str]]:
    """Kind and severity of each contradiction."""
    contents = {
        path: (value if isinstance(value, str) else json.dumps(value)).encode()
        for path, value in files.items()
    }
    info = {"gated": "manual"} if gated else {}
    repository = InMemory("q/ft", contents | {"README.md": card.encode()}, info=info, others=OTHERS)
    vars(repository)["_content"] = repository.contents.__getitem__  # this login was let in
    facts = read_facts(repository)
    clashes = find_contradictions(parse_card(card, id="q/ft"), facts, repository)
    return [(clash.kind, clash.severity) for clash in clashes]


@pytest.mark.parametrize(
    ("words", "files", "kind"),
    [
        pytest.param("It was trained for 5 epochs.", STATE, "epochs", id="epochs"),
        pytest.param("Training took 5,000 steps.", STATE, "steps", id="steps"),
        pytest.param("Learning rate: 3e-4", SETTINGS, "learning_rate", id="learning rate"),
        pytest.param("- seed: 13", SETTINGS, "seed", id="seed"),
        pytest.param("LoRA rank 16." + AXOLOTL, {}, "rank", id="rank"),
        pytest.param(
            "Trained on 20,000 examples of [q/notes](https://huggingface.co/datasets/q/notes).",
            RESULTS,
            "train_samples",
            id="examples",
        ),
        pytest.param("Training took 10 hours.", RESULTS, "training_seconds", id="hours"),
        pytest.param("Fine-tuned on 50,000 notes.", RESULTS, "train_samples", id="rows"),
        pytest.param("Its F1 score is 0.95.", RESULTS, "metric", id="metric"),
        pytest.param(TABLE.format("93.1"), RESULTS, "metric", id="metric in a table"),
        pytest.param("Cut at 4,096 tokens.", SETTINGS, "cutoff", id="cutoff"),
        pytest.param("Optimizer: SGD", SETTINGS, "optimizer", id="optimiser"),
        pytest.param("This is a SLERP merge.", MERGE, "method", id="merge"),
    ],
)
def test_card_and_training_disagree(words: str, files: Files, kind: str) -> None:
    assert [found for found, _ in contradictions_of(f"{FRONT}{words}\n", files)] == [kind]


@pytest.mark.parametrize(
    ("front", "words", "files", "kind"),
    [
        pytest.param(("nc-4.0", "4.0"), "", {}, "licence", id="of the base"),
        pytest.param(
            ("nc-4.0", "nc-4.0"), "Under the MIT licence.", {}, "licence", id="in the text"
        ),
        pytest.param(("nc-4.0", "nc-4.0"), "", APACHE, "licence", id="of the file"),
        pytest.param(("language: de", "language: fr"), "", {}, "language", id="of the data"),
        pytest.param(
            ("q/heron", "q/egret"),
            "",
            {"training_args.yaml": "learning_rate: 1\nmodel_name_or_path: q/heron\n"},
            "base_model",
            id="base of the settings",
        ),
    ],
)
def test_front_matter_and_others_disagree(
    front: tuple[str, str], words: str, files: Files, kind: str
) -> None:
    card = FRONT.replace(*front) + f"{words}\n"
    assert kind in [found for found, _ in contradictions_of(card, files)]


def test_a_gate_is_not_open_access() -> None:
    card = f"{FRONT}The weights are open and need no access request.\n"
    assert [kind for kind, _ in contradictions_of(card, {}, gated=True)] == ["gated"]


@pytest.mark.parametrize(
    ("words", "files"),
    [
        pytest.param("It was trained for three epochs.", STATE, id="a number in words"),
        pytest.param("Training took two hours.", RESULTS, id="seconds"),
        pytest.param("Its F1 score is 0.91.", RESULTS | STATE, id="the best checkpoint"),
        pytest.param(TABLE.format("90.0"), RESULTS, id="per cent"),
        pytest.param("Batch size 16, 32 in all.", STATE, id="two batch sizes"),
        pytest.param("A TIES merge of q/heron and q/egret.", MERGE, id="a merge"),
        pytest.param("LoRA of rank 32." + AXOLOTL, {}, id="a rank"),
    ],
)
def test_card_and_files_agree_in_other_words(words: str, files: Files) -> None:
    assert contradictions_of(f"{FRONT}{words}\n", files) == []


def test_a_multiple_of_the_batch_of_a_device_is_no_error() -> None:
    card = f"{FRONT}| Setting | Value |\n|---|---|\n| Batch size | 64 |\n"
    assert ("batch_size", "error") not in contradictions_of(card, STATE)
