"""A command that loads the files of this repository from another one."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.facts import read_facts
from made_repositories import made

OURS = "rook-7b-chat.Q4_K_M.gguf"


@pytest.mark.parametrize(
    ("id", "file", "count"),
    [
        ("nest/rook-7b-instruct-GGUF", OURS, 1),
        ("nest/rook-7b-chat-GGUF", OURS, 0),
        ("nest/rook-7b-instruct-GGUF", "rook-7b-instruct.Q4_K_M.gguf", 0),
        ("wing/rook-7b-instruct-GGUF", OURS, 0),
    ],
)
def test_a_command_for_our_file_and_another_repository(id: str, file: str, count: int) -> None:
    text = f"# Rook\n\n```bash\nllama-cli --hf-repo {id} --hf-file {file}\n```\n"
    others = {id: {"README.md": ""}}
    repository = made({"README.md": text, OURS: ""}, id="nest/rook-7b-chat-GGUF", others=others)
    card = parse_card(text, id=repository.id)
    said = find_contradictions(card, read_facts(repository, card), repository)
    whys = [each.why for each in said if "The snippet" in each.why]
    assert len(whys) == count
    assert all(repr(id) in why and repr(repository.id) in why for why in whys)
