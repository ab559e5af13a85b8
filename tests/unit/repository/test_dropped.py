"""A folder that was dropped on a page: what was sent of it, and no more."""

from __future__ import annotations

import contextlib
import json

import pytest

from cardiogram.errors import CardNotFound, ConfigError, DataError
from cardiogram.repository import DroppedFile, open_dropped, read_facts
from cardiogram.repository.access.dropped import DroppedRepository
from cardiogram.repository.access.repository import MAX_OTHERS
from made_weights import gguf_file

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    f"oid sha256:{'0' * 64}\nsize 1234\n"
).encode()  # fmt: skip


def whole(path: str, data: bytes) -> DroppedFile:
    return DroppedFile(path, len(data), data)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "a\0b", "a\nb", "x" * 1001],
)
def test_a_path_leads_nowhere_else(path: str) -> None:
    with pytest.raises(DataError, match="no path"):
        open_dropped([DroppedFile(path, 1)])


def test_sizes_are_possible_and_a_file_comes_once() -> None:
    for size in (2, -1, 1 << 60):
        with pytest.raises(DataError, match="cannot have"):
            open_dropped([DroppedFile("a", size, b"abc")])
    with pytest.raises(DataError, match="twice"):
        open_dropped([DroppedFile("a", 1), DroppedFile("a", 2)])


def test_what_was_sent_is_read_and_nothing_more() -> None:
    sent = [
        whole("b/config.json", b"{}"),
        DroppedFile("weights.bin", 1 << 40, b"abcd"),
        DroppedFile("notes.txt", 10, b"abc"),
        whole("model.safetensors", POINTER),
        whole(".env", b"SECRET=1"),
        whole("node_modules/a.json", b"{}"),
    ]
    repository = open_dropped(sent, id="a/b")
    assert [*repository.files] == ["b/config.json", "model.safetensors", "notes.txt", "weights.bin"]
    assert repository.read("b/config.json") == b"{}"
    assert b"".join(repository.stream("b/config.json")) == b"{}"
    assert repository.read_part("weights.bin", 0, 100) == b"abcd"
    assert repository.files["model.safetensors"].size == 1234
    for path in ("weights.bin", "notes.txt", "model.safetensors"):
        with pytest.raises(DataError):
            repository.read(path)
    for path in (".env", "gone"):
        with pytest.raises(CardNotFound):
            repository.read_part(path, 0, 1)
    with pytest.raises(ConfigError, match="nothing is sent"):
        repository.other("a/base")
    assert [*repository.earlier("b/config.json"), *repository.children()] == []


def test_its_proof_says_its_name() -> None:
    proof = json.dumps({"predicate": {"repository": {"id": "a/otter", "type": "model"}}})
    assert open_dropped([whole("README.proof.json", proof.encode())]).id == "a/otter"
    assert open_dropped([whole("README.proof.json", proof.encode())], id="c/d").id == "c/d"


def test_the_beginning_of_a_gguf_is_enough_for_what_stands_in_it() -> None:
    tokens = [f"token-{number}" for number in range(200)]
    values = {
        "general.architecture": "llama",
        "llama.context_length": 4096,
        "tokenizer.ggml.tokens": tokens,
    }
    file = gguf_file(values, [(4, 4)])
    facts = []
    for length in (len(file.head), 200):
        part = DroppedFile("otter.gguf", len(file), file.head[:length])
        read = read_facts(open_dropped([part]))
        assert not read.problems
        facts.append({fact.name: fact.value for fact in read.facts})
    assert facts[0]["context"] == facts[1]["context"] == 4096
    assert facts[0]["parameters"] == 16
    assert "parameters" not in facts[1]


def test_few_other_repositories_are_asked_for() -> None:
    asked: list[str] = []
    repository = DroppedRepository([], lambda id, of: asked.append(id))
    for number in range(MAX_OTHERS + 3):
        with contextlib.suppress(ConfigError):
            repository.other(f"a/{number % (MAX_OTHERS + 1)}")
    assert len(asked) == MAX_OTHERS
