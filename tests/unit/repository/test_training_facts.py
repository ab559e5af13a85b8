"""Facts of trainings: each with the trap that makes the plain reading false."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cardiogram.errors import DataError
from cardiogram.repository.fact import Fact
from cardiogram.repository.facts import Files
from cardiogram.repository.facts.training import TRAINING_FACTS
from cardiogram.repository.facts.training.event_files import _masked_crc, read_scalars
from cardiogram.repository.facts.training.trainer_state import KEPT_WHOLE
from repository_rows import InMemory, check_sources

Given = dict[str, object]


def facts_of(given: Given) -> list[Fact]:
    """Facts of training of files that are given as text, bytes or JSON."""
    repository = InMemory("a/b", {path: as_bytes(value) for path, value in given.items()})
    files = Files(repository)
    facts = [fact for function in TRAINING_FACTS for fact in files.facts(function)]
    assert not files.problems
    check_sources(repository, facts)
    return facts


def as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value)).encode()


def value_of(facts: list[Fact], name: str, about: str = "") -> object:
    """The one value of a name."""
    values = [f.value for f in facts if f.name == name and f.about == about]
    assert len(values) == 1, (name, about, values)
    return values[0]


def state(**values: object) -> Given:
    return {"trainer_state.json": {"global_step": 60, "log_history": [], **values}}


def test_epochs_asked_for_say_nothing_where_steps_were_set() -> None:
    facts = facts_of(state(epoch=2.05, num_train_epochs=3, max_steps=60))
    assert value_of(facts, "epochs") == 2.05
    assert value_of(facts_of(state(epoch=3.0, num_train_epochs=3)), "epochs") == 3


def test_a_run_that_stopped_early_says_so() -> None:
    (steps,) = [f for f in facts_of(state(max_steps=100)) if f.name == "steps"]
    assert (steps.value, steps.note) == (60, "stopped early: 100 were planned")
    (steps,) = [f for f in facts_of(state(max_steps=60)) if f.name == "steps"]
    assert [s.pointer for s in steps.sources] == ["/global_step", "/max_steps"]


def test_the_kept_checkpoint_is_not_the_last_evaluation() -> None:
    log = [
        {"step": 20, "eval_f1": 0.9, "eval_loss": 0.3, "eval_runtime": 1.0},
        {"step": 40, "eval_f1": 0.8, "eval_loss": 0.5, "eval_runtime": 1.0},
    ]
    facts = facts_of(state(best_metric=0.9, best_global_step=20, log_history=log))
    assert value_of(facts, "metric", "f1") == 0.8
    assert value_of(facts, "metric", "f1, best checkpoint") == 0.9
    assert value_of(facts, "best_metric", "f1") == 0.9
    (last,) = [f for f in facts if f.about == "f1" and f.name == "metric"]
    assert last.note == "last evaluation; the best one was at step 20"
    assert not [f for f in facts if "runtime" in f.about]


def test_a_resumed_run_says_that_its_seconds_are_of_a_part() -> None:
    log = [
        {"step": 30, "train_runtime": 5.0, "train_loss": 1.0},
        {"step": 60, "train_runtime": 6.0, "train_loss": 0.5},
    ]
    (seconds,) = [f for f in facts_of(state(log_history=log)) if f.name == "training_seconds"]
    assert (seconds.value, seconds.note) == (6.0, "the run was resumed: this is of its last part")


def test_a_long_state_is_streamed_to_the_same_facts() -> None:
    log = [{"step": s, "loss": 1 / s, "learning_rate": 1e-4 / s} for s in range(1, 40_001)]
    log.append({"step": 40_000, "train_loss": 0.1, "train_runtime": 9.5})
    short = state(log_history=log, epoch=1.0, num_train_epochs=1)
    long = state(log_history=log, epoch=1.0, num_train_epochs=1, padding=["x" * 100] * 30_000)
    sizes = [len(as_bytes(given["trainer_state.json"])) for given in (short, long)]
    assert sizes[0] < KEPT_WHOLE < sizes[1]

    def plain(facts: list[Fact]) -> list[object]:
        return [(f.name, f.value, f.about, [s.pointer for s in f.sources]) for f in facts]

    assert plain(facts_of(long)) == plain(facts_of(short))
    assert value_of(facts_of(long), "learning_rate_logged", "step 1") == 1e-4


def test_the_state_of_the_last_checkpoint_stands_for_a_missing_one() -> None:
    given = {
        "checkpoint-9/trainer_state.json": {"global_step": 9, "log_history": []},
        "checkpoint-20/trainer_state.json": {"global_step": 20, "log_history": []},
    }
    assert value_of(facts_of(given), "steps", "checkpoint-20") == 20


@pytest.mark.parametrize("broken", [b"[]", b"{", b'{"log_history": [1, null, "x"]}', b"\xff", b""])
def test_a_broken_state_costs_itself_only(broken: bytes) -> None:
    files = Files(
        InMemory("a/b", {"trainer_state.json": broken, "all_results.json": b'{"eval_f1": 1}'})
    )
    facts = [fact for function in TRAINING_FACTS for fact in files.facts(function)]
    assert value_of(facts, "metric", "f1") == 1


def test_the_log_of_llama_factory_gives_the_last_loss() -> None:
    rows = [{"current_steps": 1, "loss": 2.0}, {"current_steps": 2, "loss": 1.5}, {"percentage": 9}]
    facts = facts_of({"trainer_log.jsonl": "\n".join(json.dumps(row) for row in rows)})
    assert value_of(facts, "train_loss", "step 2") == 1.5


@pytest.mark.parametrize(("key", "word", "method"), [("stage", "dpo", "DPO"), ("rl", "kto", "KTO")])
def test_the_method_of_a_file_of_settings(key: str, word: str, method: str) -> None:
    given = {"learning_rate": 0.1, key: word, "datasets": ["a/b", {"path": "c/d"}, "./x.json"]}
    facts = facts_of({"training_args.json": given})
    assert value_of(facts, "method") == method
    assert [f.value for f in facts if f.name == "dataset"] == ["a/b", "c/d"]


def test_settings_without_a_name_are_told_apart_from_sentences() -> None:
    facts = facts_of(
        {
            "README.md": "The following hyperparameters were used during training:\n"
            "- eval_batch_size: 8\n- distributed_type: multi-GPU\n- schedule: " + "x " * 40 + "\n"
            "Then we saw:\n- seed: 3\n"
        }
    )
    assert value_of(facts, "hyperparameter", "eval_batch_size") == 8
    assert value_of(facts, "hyperparameter", "distributed_type") == "multi-GPU"
    assert len(facts) == 2


def test_results_are_one_fact_where_files_agree_and_two_where_not() -> None:
    given: Given = {
        "all_results.json": {"eval_f1": 0.5, "eval_samples": 10, "train_runtime": 3.5},
        "eval_results.json": {"eval_f1": 0.5, "eval_runtime": 1.0, "eval_samples": 10},
        "predict_results.json": {"predict_f1": 0.25, "predict_samples": 4},
    }
    facts = facts_of(given)
    assert value_of(facts, "metric", "f1") == 0.5
    assert value_of(facts, "metric", "f1, test") == 0.25
    assert value_of(facts, "eval_samples") == 10
    given["eval_results.json"] = {"eval_f1": 0.75}
    assert sorted(f.value for f in facts_of(given) if f.about == "f1") == [0.5, 0.75]  # type: ignore[type-var]


def test_settings_that_are_not_set_are_no_facts() -> None:
    given = "learning_rate: 1.0e-5\nmax_steps: -1\nwarmup_steps: 0\nbf16: true\nfp16: false\n"
    facts = facts_of({"training_args.yaml": given + "model_name_or_path: /home/ann/base\n"})
    assert {f.name: f.value for f in facts} == {"learning_rate": 1e-5, "precision": "bf16"}


def test_a_configuration_that_is_of_no_training_is_left_alone() -> None:
    assert not facts_of({"config.yaml": "model: a/b\nseed: 3\n"})


AXOLOTL = """---
license: mit
---
<details><summary>See axolotl config</summary>

axolotl version: `0.6.0`
```yaml
base_model: quiet/heron-7b
sequence_len: 4096
micro_batch_size: 2
num_epochs: 3
learning_rate: 0.0002
adapter: lora
lora_r: 32
lora_target_modules:
  - q_proj
  - v_proj
datasets:
  - path: quiet/marsh-notes
    type: alpaca
  - path: /workspace/private.jsonl
    type: alpaca
output_dir: /workspace/ann/out
wandb_entity: ann
```

</details><br>
"""


def test_the_axolotl_configuration_of_a_card_is_read_line_by_line() -> None:
    facts = facts_of({"README.md": AXOLOTL})
    values = {f.name: f.value for f in facts if f.name != "hyperparameter"}
    assert values == {
        "base_model": "quiet/heron-7b",
        "cutoff": 4096,
        "batch_size": 2,
        "epochs": 3,
        "learning_rate": 0.0002,
        "rank": 32,
        "dataset": "quiet/marsh-notes",
        "target_modules": ["q_proj", "v_proj"],
    }
    lines = AXOLOTL.split("\n")
    for fact in facts:
        for source in fact.sources:
            assert source.quote == lines[source.line - 1].strip()
    assert "/workspace" not in str(facts)
    assert "ann" not in str(facts)


@pytest.mark.parametrize("id", ["quiet/heron-7b-GGUF", "quiet/heron-7b-AWQ"])
def test_a_quantised_copy_quotes_the_configuration_of_another_model(id: str) -> None:
    files = Files(InMemory(id, {"README.md": AXOLOTL.encode()}))
    facts = [fact for function in TRAINING_FACTS for fact in files.facts(function)]
    assert not [fact for fact in facts if fact.name == "base_model"]


def test_a_block_that_begins_with_a_blank_line_keeps_its_lines() -> None:
    card = "# A\n\n- see\n\n  ```yaml\n\n  base_model: a/b\n  micro_batch_size: 4\n  ```\n"
    facts = facts_of({"README.md": card})
    assert value_of(facts, "batch_size") == 4
    for source in (source for fact in facts for source in fact.sources):
        assert source.quote == card.split("\n")[source.line - 1].strip()


def test_a_block_of_aliases_is_not_unfolded() -> None:
    bomb = "base_model: a/b\nmicro_batch_size: 1\na: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}, *{a}, *{a}, *{a}, *{a}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    loop = "base_model: a/b\nmicro_batch_size: 1\nz: &z [*z, *z]\n"
    for block in (bomb, loop):
        facts = facts_of({"README.md": f"# A\n\n```yaml\n{block}```\n"})
        assert value_of(facts, "base_model") == "a/b"


CARDS = {
    "trainer": (
        "The following hyperparameters were used during training:\n"
        "- learning_rate: 5e-05\n- train_batch_size: 16\n- lr_scheduler_warmup_steps: 500\n"
        "- num_epochs: 3.0\n- optimizer: Adam with betas=(0.9,0.999)\n\n"
        "### Framework versions\n\n- Transformers 4.46.3\n- Pytorch 2.5.1+cu124\n",
        {"learning_rate": 5e-05, "batch_size": 16, "warmup_steps": 500, "epochs": 3.0},
    ),
    "diffusers": (
        "This pipeline was finetuned from **a/b** on the **c/plates** dataset.\n\n"
        "These are the key hyperparameters used during training:\n\n"
        "* Epochs: 8\n* Learning rate: 1e-05\n* Batch size: 4\n* Mixed-precision: fp16\n",
        {"epochs": 8, "learning_rate": 1e-05, "batch_size": 4, "dataset": "c/plates"},
    ),
    "sentence-transformers": (
        "### Training Dataset\n\n#### Unnamed Dataset\n\n* Size: 44,800 training samples\n"
        "* Loss: [<code>CoSENTLoss</code>](https://sbert.net) with these parameters:\n\n"
        "#### Non-Default Hyperparameters\n\n- `per_device_batch_size`: 128\n- `fp16`: True\n",
        {"train_samples": 44800, "loss_function": "CoSENTLoss", "precision": "fp16"},
    ),
    "setfit": (
        "### Training Hyperparameters\n- batch_size: (16, 16)\n- num_epochs: (1, 8)\n"
        "- loss: CosineSimilarityLoss\n- max_steps: -1\n",
        {"batch_size": 16, "loss_function": "CosineSimilarityLoss"},
    ),
    "keras": (
        "It achieves the following results on the evaluation set:\n- Train Loss: 0.5\n"
        "- Validation Loss: 0.75\n- Epoch: 3\n",
        {"train_loss": 0.5},
    ),
    "trl": ("This model was trained with DPO, a method introduced in [X](y).\n", {"method": "DPO"}),
    "hand": ("| A | B |\n|---|---|\n| Learning rate | 3e-5, linear |\n", {"learning_rate": 3e-5}),
}  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_lists_of_generators_are_facts_with_their_lines(name: str) -> None:
    card, expected = CARDS[name]
    facts = facts_of({"README.md": f"# A\n\n{card}"})
    for fact, value in expected.items():
        assert value_of(facts, fact) == value
    for fact in facts:
        (source,) = fact.sources
        assert source.quote in f"# A\n\n{card}".split("\n")[source.line - 1]


@pytest.mark.parametrize(
    "card",
    [
        "- learning_rate: 5e-05\n",
        "```\nThe following hyperparameters were used during training:\n- seed: 4\n```\n",
        "#### Training Hyperparameters\n\n- **Training regime:** [More Information Needed]\n",
        "| Learning rate | 1e-5 | 2e-5 |\n|---|---|---|\n| Batch size | 4 | 8 |\n",
        "| Batch size | we tried many |\n",
        "- Version 2.0: we were trained with SFT\n",
        "This model was trained with Unsloth.\n",
        "#### All Hyperparameters\n\n- `use_cpu`: False\n- `log_level`: passive\n",
    ],
)
def test_other_lists_are_no_facts(card: str) -> None:
    assert not facts_of({"README.md": f"# A\n\n{card}"})


def test_tags_of_generators_are_facts() -> None:
    tags = "---\ntags:\n- dataset_size:557850\n- loss:CoSENTLoss\n- dataset:x\n---\n# A\n"
    facts = facts_of({"README.md": tags})
    assert {f.name: f.value for f in facts} == {
        "train_samples": 557850,
        "loss_function": "CoSENTLoss",
    }


def test_weights_and_biases_gives_no_name_of_a_person_or_machine() -> None:
    folder = "wandb/run-20250101_120000-abc/files"
    facts = facts_of(
        {
            f"{folder}/wandb-summary.json": {"eval/f1": 0.5, "train/loss": 0.25, "_runtime": 9},
            f"{folder}/config.yaml": "learning_rate:\n  value: 0.001\n_wandb:\n  value: {a: 1}\n",
            f"{folder}/wandb-metadata.json": {
                "gpu": "H100",
                "gpu_count": 8,
                "host": "ann-pc",
                "email": "a@b.c",
            },
        }
    )
    assert value_of(facts, "metric", "f1") == 0.5
    assert value_of(facts, "train_loss") == 0.25
    assert value_of(facts, "learning_rate") == 0.001
    assert value_of(facts, "hardware") == "8 x H100"
    assert "ann" not in str(facts)
    assert "a@b" not in str(facts)


def test_runs_of_mlflow_are_told_apart() -> None:
    given: Given = {}
    for run, loss in (("r1", "0.5"), ("r2", "0.25")):
        given[f"mlruns/0/{run}/params/learning_rate"] = "0.01\n"
        given[f"mlruns/0/{run}/metrics/eval_loss"] = f"1733044462 0.9 1\n1733044463 {loss} 2\n"
    facts = facts_of(given)
    assert value_of(facts, "metric", "loss, run r1") == 0.5
    assert value_of(facts, "metric", "loss, run r2") == 0.25
    assert value_of(facts, "learning_rate", "run r2") == 0.01


def database(path: Path, fill: Callable[[sqlite3.Connection], None]) -> bytes:
    with sqlite3.connect(path) as base:
        fill(base)
    base.close()
    return path.read_bytes()


def test_trackio_gives_the_last_value_of_each_metric(tmp_path: Path) -> None:
    def fill(base: sqlite3.Connection) -> None:
        base.execute(
            "CREATE TABLE metrics (id INTEGER PRIMARY KEY, run_name TEXT, step INT, metrics TEXT)"
        )
        base.execute("CREATE TABLE configs (id INTEGER PRIMARY KEY, run_name TEXT, config TEXT)")
        rows = [("r", 1, '{"eval/loss": 0.9}'), ("r", 2, '{"eval/loss": 0.5, "x": "y"}')]
        base.executemany("INSERT INTO metrics (run_name, step, metrics) VALUES (?, ?, ?)", rows)
        config = '{"learning_rate": 0.002, "_Username": "ann"}'
        base.execute("INSERT INTO configs (run_name, config) VALUES ('r', ?)", (config,))

    facts = facts_of({"trackio/heron.db": database(tmp_path / "a.db", fill)})
    assert value_of(facts, "metric", "loss") == 0.5
    assert value_of(facts, "learning_rate") == 0.002
    assert "ann" not in str(facts)


def test_a_database_that_asks_for_endless_work_is_stopped(tmp_path: Path) -> None:
    def fill(base: sqlite3.Connection) -> None:
        base.execute(
            "CREATE VIEW metrics AS WITH RECURSIVE c(x) AS"
            " (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
            """ SELECT x AS rowid, 'r' AS run_name, '{"eval/loss": 1}' AS metrics FROM c"""
        )

    data = database(tmp_path / "a.db", fill)
    view = Files(InMemory("a/b", {"a.db": data}))
    assert not [fact for function in TRAINING_FACTS for fact in view.facts(function)]
    assert not view.problems  # it was not even asked
    broken = Files(InMemory("a/b", {"a.db": data[:100] + b"\xff" * (len(data) - 100)}))
    assert not [fact for function in TRAINING_FACTS for fact in broken.facts(function)]
    assert broken.problems


def event(tag: str, step: int, value: float, *, tensor: bool = False) -> bytes:
    """A record as TensorBoard writes it."""
    part = struct.pack("<f", value)
    scalar = b"\x42\x08\x08\x01\x22\x04" + part if tensor else b"\x15" + part
    name = b"\x0a" + bytes([len(tag)]) + tag.encode()
    entry = b"\x0a" + bytes([len(name + scalar)]) + name + scalar
    body = (
        b"\x09"
        + struct.pack("<d", 1.0)
        + b"\x10"
        + bytes([step])
        + b"\x2a"
        + bytes([len(entry)])
        + entry
    )
    return framed(body)


def framed(body: bytes) -> bytes:
    size = struct.pack("<Q", len(body))
    return size + struct.pack("<I", _masked_crc(size)) + body + struct.pack("<I", _masked_crc(body))


def test_event_files_give_the_last_scalar_in_its_own_precision() -> None:
    data = (
        event("eval/f1", 1, 0.5)
        + event("eval/f1", 2, 0.9101775)
        + event("eval/loss", 2, 0.25, tensor=True)
    )
    assert read_scalars(data) == {"eval/f1": (2, 0.9101775), "eval/loss": (2, 0.25)}
    facts = facts_of({"runs/r/events.out.tfevents.1": data})
    assert value_of(facts, "metric", "f1") == 0.9101775
    assert read_scalars(data[:-3]) == {"eval/f1": (2, 0.9101775)}  # a run that was stopped


def test_the_check_sum_is_that_of_tensorflow() -> None:
    assert _masked_crc(bytes.fromhex("1800000000000000")) == 0x224B7FA3


@pytest.mark.parametrize("at", [3, 9, 15, 30, -1])
def test_a_record_that_was_changed_is_refused(at: int) -> None:
    data = bytearray(event("eval/f1", 1, 0.5))
    data[at] ^= 1
    with pytest.raises(DataError):
        read_scalars(bytes(data) + event("eval/f1", 2, 0.75))


def hostile_records() -> Iterator[bytes]:
    yield framed(b"\x2a\xff\xff\xff\xff\x7f")  # a length beyond the record
    yield framed(b"\xff" * 20)  # a number without an end
    yield framed(b"\x0b")  # a group
    size = struct.pack("<Q", 1 << 62)
    yield size + struct.pack("<I", _masked_crc(size)) + b"\0" * 16


@pytest.mark.parametrize("data", [*hostile_records()])
def test_hostile_records_are_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        read_scalars(data)


def test_a_pickle_is_never_opened() -> None:
    memory = InMemory("a/b", {"training_args.bin": b"\x80\x04", "pytorch_model.bin": b"\x80"})
    files = Files(memory)
    assert not [fact for function in TRAINING_FACTS for fact in files.facts(function)]
    assert not memory.reads


def test_the_harness_gives_a_result_for_each_task() -> None:
    results = {"heron_qa": {"acc,none": 0.5, "acc_stderr,none": 0.01, "alias": "heron_qa"}}
    facts = facts_of({"results_2025.json": {"results": results, "versions": {"heron_qa": 1}}})
    assert [(f.value, f.about) for f in facts] == [(0.5, "acc, heron_qa")]
