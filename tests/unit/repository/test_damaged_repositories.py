"""Facts of the shared repositories with values, files and answers of the Hub replaced at random."""

from __future__ import annotations

import json
from random import Random

import pytest
import yaml

from cardiogram.errors import CardiogramError
from cardiogram.repository.access import Repository
from cardiogram.repository.fact import RepositoryFacts
from cardiogram.repository.facts import read_facts
from repository_rows import InMemory, needs_rows, repositories

VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 1.5, 1e308, 10**400, 2**63, -(2**63), "", "x", "a/b", "12", "\0"),
    *([], {}, [None], [[]], [1] * 300, {"a": None}, [{"a": 1}], {"name": [1]}, {"x": {"y": [{}]}}),
)
NUMBERS = {"steps", "epochs", "batch_size", "train_loss", "metric", "dataset_rows", "size", "seed"}
TEXTS = {"dataset", "base_licence", "dataset_licence", "base_words", "file", "task", "method"}


def damaged(value: object, draw: Random, share: float) -> object:
    """A value of which a share of the parts is another's."""
    if draw.random() < share:
        return draw.choice(VALUES)
    if isinstance(value, dict):
        return {key: damaged(part, draw, share) for key, part in value.items()}
    return [damaged(v, draw, share) for v in value[:50]] if isinstance(value, list) else value


def damaged_file(path: str, data: bytes, draw: Random, share: float) -> bytes:
    if draw.random() < 0.05:
        return data[: draw.randrange(len(data) + 1)]
    if path.endswith(".json"):
        return json.dumps(damaged(json.loads(data), draw, share)).encode()
    if path.endswith((".yaml", ".yml")):
        return yaml.safe_dump(damaged(yaml.safe_load(data), draw, share)).encode()
    if path == "README.md" and data.startswith(b"---\n"):
        _, front, body = data.split(b"---\n", 2)
        front = yaml.safe_dump(damaged(yaml.safe_load(front), draw, share)).encode()
        return b"---\n" + front + b"---\n" + body
    return data


def damaged_repository(repository: Repository, draw: Random) -> InMemory:
    share = draw.choice([0.02, 0.1, 0.4])
    contents = {}
    for path, file in repository.files.items():
        try:
            data = b"" if file.size > 1 << 20 else repository.read(path)
        except CardiogramError:  # gated
            continue
        contents[path] = damaged_file(path, data, draw, share)
    info = damaged(dict(repository.info), draw, share)
    return InMemory(repository.id, contents, info=info if isinstance(info, dict) else {})


def check_types(facts: RepositoryFacts) -> None:
    for fact in facts.facts:
        assert fact.sources
        if fact.name in NUMBERS:
            assert type(fact.value) in (int, float), fact
        elif fact.name in TEXTS:
            assert isinstance(fact.value, str), fact


@needs_rows
@pytest.mark.parametrize("seed", range(30))
def test_damage_costs_facts_and_nothing_else(seed: int) -> None:
    draw = Random(seed)
    every = repositories()
    facts = read_facts(damaged_repository(every[draw.choice(sorted(every))], draw))
    check_types(facts)
    assert not [problem for problem in facts.problems if "object" in problem]  # a type of Python
