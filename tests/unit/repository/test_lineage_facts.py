"""Facts of where a model comes from: the card, merges, parents, files and the Hub."""

from __future__ import annotations

import json

import pytest

from cardiogram.repository.fact import Fact
from cardiogram.repository.facts import Files, read_facts
from cardiogram.repository.facts.lineage import LINEAGE_FACTS
from cardiogram.repository.facts.lineage.file_list import once, purpose_of
from cardiogram.repository.facts.lineage.related_words import sentences
from cardiogram.repository.facts.training import is_hub_id
from repository_rows import InMemory, check_sources

BASE = """---
license: cc-by-nc-4.0
language: [en, de]
---
# Heron

A decoder of 1.1B parameters. It was pretrained on letters that archivists
collected, e.g. in A. Marsh's library. Say hello to it.

## Limitations

It is wrong about birds.

## Results

Accuracy is 71.2 on the marsh test.
"""
DATA = """---
license: cc0-1.0
language: en
dataset_info:
- config_name: short
  features: [{name: text, dtype: string}]
  splits: [{name: train, num_examples: 10}, {name: test, num_examples: 2}]
- config_name: long
  splits: [{name: train, num_examples: 7}]
---
Notes of wardens. Nobody's name is in them.
"""


def made(files: dict[str, str | bytes | dict[str, object]], **more: object) -> InMemory:
    contents = {
        path: value
        if isinstance(value, bytes)
        else (value if isinstance(value, str) else json.dumps(value)).encode()
        for path, value in files.items()
    }
    return InMemory("quiet/heron-ft", contents, **more)  # type: ignore[arg-type]


def facts_of(repository: InMemory) -> list[Fact]:
    files = Files(repository)
    facts = [fact for function in LINEAGE_FACTS for fact in files.facts(function)]
    check_sources(repository, facts)
    return facts


def values(facts: list[Fact], name: str) -> dict[str, object]:
    return {f.about: f.value for f in facts if f.name == name}


CARD = "---\nbase_model: quiet/heron\ndatasets:\n- quiet/notes\n---\n# A\n"
OTHERS = {
    ("model", "quiet/heron"): InMemory("quiet/heron", {"README.md": BASE.encode()}),
    ("dataset", "quiet/notes"): InMemory("quiet/notes", {"README.md": DATA.encode()}, "dataset"),
}


def test_parents_give_licence_languages_rows_and_sentences() -> None:
    facts = facts_of(made({"README.md": CARD}, others=OTHERS))
    assert values(facts, "base_licence") == {"quiet/heron": "cc-by-nc-4.0"}
    assert values(facts, "base_language") == {"quiet/heron": ["en", "de"]}
    assert values(facts, "dataset_licence") == {"quiet/notes": "cc0-1.0"}
    rows = {"quiet/notes short train": 10, "quiet/notes short test": 2, "quiet/notes long train": 7}
    assert values(facts, "dataset_rows") == rows
    words = [(f.value, f.note) for f in facts if f.name in ("base_words", "dataset_words")]
    assert words == [
        (
            "It was pretrained on letters that archivists collected, e.g. in A. Marsh's library.",
            "on its data",
        ),
        ("It is wrong about birds.", "on its limits"),
        ("Accuracy is 71.2 on the marsh test.", "on its results"),
        ("Notes of wardens.", "on its data"),
        ("Nobody's name is in them.", "on its data"),
    ]
    texts = {"quiet/heron": BASE, "datasets/quiet/notes": DATA}
    for source in (s for f in facts for s in f.sources if s.quote and s.repo):
        assert source.quote in texts[source.repo].split("\n")[source.line - 1]


def test_a_dead_parent_gives_nothing_and_no_problem() -> None:
    files = Files(made({"README.md": CARD}, others={}))
    assert not [
        f
        for function in LINEAGE_FACTS
        for f in files.facts(function)
        if f.about.startswith("quiet")
    ]
    assert not files.problems


def test_the_old_and_the_new_name_of_a_base_are_one() -> None:
    card = "---\nbase_model: [quiet/heron, quiet/egret]\n---\n"
    others = OTHERS | {("model", "quiet/egret"): OTHERS["model", "quiet/heron"]}
    facts = facts_of(made({"README.md": card}, others=others))
    assert [f.about for f in facts if f.name == "base_licence"] == ["quiet/heron"]


MERGE = """models:
  - model: quiet/heron+quiet/lora
    parameters: {weight: [0, 0.5, 1], density: 0.4}
  - model: /home/ann/egret
    parameters: {weight: 0.3}
merge_method: dare_ties
base_model: quiet/heron
"""


@pytest.mark.parametrize("where", ["mergekit_config.yml", "README.md"])
def test_a_merge_is_read_from_its_file_or_from_the_card(where: str) -> None:
    text = MERGE if where != "README.md" else f"# A\n\n```yaml\n{MERGE}```\n"
    facts = facts_of(made({where: text}, others={}))
    assert values(facts, "method") == {"": "dare_ties"}
    assert values(facts, "merged_model") == {"": "quiet/heron"}
    assert values(facts, "merge_density") == {"quiet/heron": 0.4}
    assert "ann" not in str(facts)


def test_weights_of_slices_are_each_their_models() -> None:
    sources = [
        {"model": "a/b", "parameters": {"weight": 0.2}},
        {"model": "c/d", "parameters": {"weight": 0.8}},
    ]
    config = {"merge_method": "slerp", "slices": [{"sources": sources}]}
    facts = facts_of(made({"mergekit_config.json": config}, others={}))
    assert values(facts, "merge_weight") == {"a/b": 0.2, "c/d": 0.8}


def test_a_copy_in_another_format_counts_once() -> None:
    files: dict[str, str | bytes | dict[str, object]] = {
        "model.safetensors": WEIGHTS,
        "pytorch_model.bin": b"PK\x03\x04" + b"x" * 2000,
        "training_args.bin": b"x",
        "checkpoint-9/model.safetensors": WEIGHTS,
    }
    (size,) = sizes_of(files)
    assert (size.value, [s.path for s in size.sources]) == (len(WEIGHTS), ["model.safetensors"])
    assert "copies in other formats" in size.note


HEADER = b'{"a":{"dtype":"F32","shape":[500],"data_offsets":[0,2000]}}'
WEIGHTS = len(HEADER).to_bytes(8, "little") + HEADER + bytes(2000)
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9000\n"


def sizes_of(files: dict[str, str | bytes | dict[str, object]]) -> list[Fact]:
    return [f for f in facts_of(made(files)) if f.name == "size" and not f.about]


@pytest.mark.parametrize(
    ("path", "data", "known"),
    [
        ("model.safetensors", WEIGHTS, True),
        ("model.safetensors", bytes(3000), False),
        ("model.safetensors", b"placeholder for model.safetensors\n", False),
        ("pytorch_model.bin", b"PK\x03\x04" + bytes(2000), True),
        ("pytorch_model.bin", b"\x80\x02" + bytes(2000), True),
        ("pytorch_model.bin", b"PK\x03\x04" + bytes(20), False),
        ("pytorch_model.bin", POINTER, False),
        ("pytorch_model.bin", b"<html>" + bytes(2000), False),
        ("tf_model.h5", b"\x89HDF\r\n\x1a\n" + bytes(2000), True),
    ],
)
def test_what_is_no_file_of_weights_has_no_size(path: str, data: bytes, known: bool) -> None:
    assert bool(sizes_of({path: data})) is known


@pytest.mark.parametrize(
    ("paths", "kept"),
    [
        (["unet/a.fp16.safetensors", "unet/a.safetensors"], ["unet/a.safetensors"]),
        (
            ["a-00001-of-00002.bin", "a-00002-of-00002.bin"],
            ["a-00001-of-00002.bin", "a-00002-of-00002.bin"],
        ),
        (["model.onnx", "onnx/model.onnx", "model.h5"], ["model.onnx", "onnx/model.onnx"]),
    ],
)
def test_weights_that_count(paths: list[str], kept: list[str]) -> None:
    assert once(paths) == kept


@pytest.mark.parametrize(
    ("path", "purpose"),
    [
        ("adapter_model.safetensors", "adapter weights"),
        ("training_args.bin", "arguments of the training, as a pickle"),
        ("optimizer.pt", "state of the optimiser"),
        ("heron.imatrix.gguf", "importance matrix"),
        ("mmproj-F16.gguf", "vision projector"),
        ("heron-Q4_K_M.gguf", "weights"),
        ("a.xyz", ""),
    ],
)
def test_what_a_file_is_for(path: str, purpose: str) -> None:
    assert purpose_of(path) == purpose


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Apache License\n   Version 2.0, January 2004\n", "apache-2.0"),
        ("\nMIT License\n\nCopyright", "mit"),
        ("Creative Commons Attribution-NonCommercial 4.0 International\n", "cc-by-nc-4.0"),
        ("                    GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007", "gpl-3.0"),
        ("You may use this as you like, unlike the MIT License.", None),
    ],
)
def test_a_licence_file_is_known_by_its_title(text: str, id: str | None) -> None:
    facts = [f for f in facts_of(made({"LICENSE": text})) if f.name == "licence"]
    assert [(f.value, f.about) for f in facts] == ([(id, "LICENSE")] if id else [])
    for fact in facts:
        (source,) = fact.sources
        assert source.quote == text.split("\n")[source.line - 1].strip()


def test_results_of_the_index_and_of_eval_results_name_their_data() -> None:
    card = (
        "---\nmodel-index:\n- name: x\n  results:\n  - dataset: {type: a/b, split: test}\n"
        "    metrics: [{type: f1, value: 0.5}, {type: wer, value: true}, {type: acc}]\n---\n"
        "See https://arxiv.org/abs/2511.90217v2 and https://arxiv.org/abs/1910.09700.\n"
    )
    results = "- dataset: {id: a/b, task_id: ner}\n  value: 88.4\n- value: 3\n"
    facts = facts_of(made({"README.md": card, ".eval_results/a.yaml": results}, others={}))
    assert values(facts, "metric") == {"f1, a/b, test": 0.5}
    assert values(facts, "eval_result") == {"a/b, ner": 88.4, "": 3}
    assert values(facts, "paper") == {"": "2511.90217"}


def test_emissions_are_read_without_the_place() -> None:
    given = {
        "README.md": "---\nco2_eq_emissions:\n  emissions: 7.5\n  hardware_used: 1 x T4\n---\n",
        "emissions.csv": "duration,emissions,longitude\n9.5,0.0075,12.34\n",
    }
    facts = facts_of(made(given, others={}))  # type: ignore[arg-type]
    assert [f.value for f in facts if f.name == "emissions"] == [7.5, 7.5]
    assert values(facts, "hardware") == {"": "1 x T4"}
    assert "12.34" not in str(facts)


def test_a_script_gives_its_default() -> None:
    script = "import argparse\nparser.add_argument('--learning-rate', type=float, default=3e-5)\n"
    facts = facts_of(made({"train.py": script, "src/train.py": script}))
    assert values(facts, "learning_rate") == {"train.py": 3e-5}


def test_a_space_and_a_copy_are_proved_by_their_own_cards() -> None:
    space = InMemory("else/demo", {"README.md": b"---\nmodels: [quiet/heron-ft]\n---\n"}, "space")
    copy = InMemory("else/gguf", {"README.md": b"---\nbase_model: [quiet/heron-ft]\n---\n"})
    other = InMemory("else/other", {"README.md": b"---\nbase_model: a/b\n---\n"})
    others = {
        ("space", "else/demo"): space,
        ("model", "else/gguf"): copy,
        ("model", "else/other"): other,
    }
    repository = made(
        {"README.md": "# A"}, info={"spaces": ["else/demo"], "gated": "odd"}, others=others
    )
    vars(repository)["children"] = lambda relation, limit: ["else/gguf", "else/other"]
    facts = facts_of(repository)
    (demo,) = [f for f in facts if f.name == "demo"]
    assert [s.pointer or s.info for s in demo.sources] == ["/spaces/0", "/models/0"]
    assert [(f.value, f.note) for f in facts if f.name == "quantised_version"] == [
        ("else/gguf", "of somebody else")
    ]
    assert not values(facts, "gated")


def test_many_shards_of_a_base_are_not_read() -> None:
    shards = {f"model-{n}-of-3.safetensors": b"" for n in "123"}
    total = {"safetensors": {"total": 70, "parameters": {"BF16": 70}}}
    for types, expected in (({"BF16": 70}, {"quiet/big": 70}), ({"I32": 70}, {})):
        total["safetensors"]["parameters"] = types
        base = InMemory("quiet/big", shards, info=dict(total))
        card = {"README.md": "---\nbase_model: quiet/big\n---\n"}
        facts = facts_of(made(card, others={("model", "quiet/big"): base}))  # type: ignore[arg-type]
        assert values(facts, "base_parameters") == expected
        assert not [path for path in base.reads if path.endswith(".safetensors")]


def test_a_space_of_somebody_else_is_not_the_authors() -> None:
    info = {
        "spaces": ["else/demo", "quiet/demo"],
        "gated": "auto",
        "createdAt": "2025-01-02T03:04:05.000Z",
    }
    facts = facts_of(made({"README.md": "# A"}, info=info | {"gated": False}, others={}))
    notes = [(f.value, f.note) for f in facts if f.name == "demo"]
    assert notes == [("quiet/demo", ""), ("else/demo", "of somebody else")]
    (first,) = [f for f in facts if f.name == "first_commit"]
    assert (first.value, "not when the model was released" in first.note) == ("2025-01-02", True)


@pytest.mark.parametrize(
    "path",
    [
        "./out/a",
        "/home/a/b",
        "data/train.jsonl",
        "a/b/c",
        "models/heron",
        "../a/b",
        "a",
        "C:\\a\\b",
        "~/a",
        "a/..b",
    ],
)
def test_a_path_is_no_id(path: str) -> None:
    assert not is_hub_id(path)


def test_sentences_keep_their_lines() -> None:
    lines = ["It is 3.5 kg. See Fig. 2 of Dr. Marsh (2020).", "Then it", "ends!"]
    assert [*sentences(lines, 1, 3)] == [
        ("It is 3.5 kg.", 1, 1),
        ("See Fig. 2 of Dr. Marsh (2020).", 1, 1),
        ("Then it ends!", 2, 3),
    ]


def test_no_login_address_or_local_path_leaves() -> None:
    secret = "hf_" + "a" * 34
    start = "The following hyperparameters were used during training:\n"
    card = f"{start}- optimizer: by ann@example.org {secret}\n"
    given = {
        "README.md": card,
        "training_args.yaml": "learning_rate: 1\ntemplate: /home/ann/x.jinja\n",
    }
    shown = str(read_facts(made(given, others={})))  # type: ignore[arg-type]
    for word in (secret, "ann@example.org", "/home/ann"):
        assert word not in shown
    assert "[e-mail address]" in shown


def test_the_hub_is_never_asked_for_a_path_of_somebody() -> None:
    card = "---\nbase_model: [/home/ann/base, quiet/heron-ft, quiet/heron]\ndatasets: [./x]\n---\n"
    repository = made(
        {"README.md": card, "adapter_config.json": {"base_model_name_or_path": "/a/b"}}
    )
    asked: list[str] = []

    def other(id: str, of: str = "model") -> None:
        asked.append(id)

    vars(repository)["other"] = other
    files = Files(repository)
    for function in LINEAGE_FACTS:
        files.facts(function)
    assert asked == ["quiet/heron"]
