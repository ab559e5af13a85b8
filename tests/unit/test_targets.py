"""What targets name on the disk, which addresses are ids, and what is no card."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

import cardiogram.collect  # noqa: F401  # its face is patched
from cardiogram.cards import parse_card
from cardiogram.check import Checked, check, check_all, explain_no_card, is_owner
from cardiogram.check.targets import read_targets
from cardiogram.errors import CardiogramError, ConfigError, HubError, NoCard
from cardiogram.repository.access import name_folder, open_folder, open_repository
from support import SHARED, needs_shared

CARD = "---\nlicense: mit\n---\n# Parrot\n\nIt repeats.\n"
PROJECT = "# left-pad\n\n## Installation\n\n    npm install left-pad\n\nPads a text.\n"


def write(path: Path, text: str = CARD) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(target: Path | str) -> list[str]:
    """What a target names: names of cards, and types of errors."""
    return [
        type(item).__name__ if isinstance(item, CardiogramError) else item.name
        for item in read_targets(str(target))
    ]


def test_a_folder_of_folders_is_every_card_below_it(tmp_path: Path) -> None:
    for name in ("b", "a/deep", ".hidden", "node_modules/x", "c"):
        write(tmp_path / name / "README.md")
    write(tmp_path / "README.md", PROJECT)
    write(tmp_path / "d" / "README.md", PROJECT)
    write(tmp_path / "e" / "readme.txt")
    assert names(tmp_path) == [
        str(tmp_path / "a/deep"),
        str(tmp_path / "b"),
        str(tmp_path / "c"),
        "NoCard",
    ]
    (tmp_path / "README.md").write_text(CARD)
    assert names(tmp_path) == [str(tmp_path)]  # a model's folder: its own card alone


def test_a_card_in_small_letters_is_named(tmp_path: Path) -> None:
    write(tmp_path / "readme.md")
    if (tmp_path / "README.md").exists():
        pytest.skip("letters of both sizes are one here")
    for target in (tmp_path, tmp_path / "README.md"):
        with pytest.raises(ConfigError) as caught:
            names(target)
        assert caught.value.hint == "The Hub reads README.md: rename readme.md."


def test_no_link_leads_out_of_a_clone(tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    write(clone / ".git" / "config")
    write(clone / "docs" / "card.md")
    write(tmp_path / "secret")
    for name, target in (
        ("out", "../../secret"), ("git", "../.git/config"), ("in", "../docs/card.md")
    ):  # fmt: skip
        (clone / name).mkdir()
        (clone / name / "README.md").symlink_to(target)
    assert names(clone) == ["ConfigError", str(clone / "in"), "ConfigError"]  # git, in, out
    for name in ("out", "git"):
        with pytest.raises(ConfigError, match="leads out of its repository"):
            names(clone / name / "README.md")
    (clone / ".git" / "config").unlink()
    (clone / ".git").rmdir()
    assert names(clone / "out") == [str(clone / "out")]  # the Hub's client keeps files elsewhere


def test_a_folder_below_which_there_is_no_card(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no README\.md in .* or below it"):
        names(tmp_path)
    write(tmp_path / "README.md", PROJECT)
    with pytest.raises(NoCard, match="README of a project"):
        names(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_walk_follows_no_link_and_opens_no_pipe(tmp_path: Path) -> None:
    write(tmp_path / "models" / "a" / "README.md")
    (tmp_path / "models" / "loop").symlink_to(tmp_path / "models")
    (tmp_path / "models" / "pipe").mkdir()
    os.mkfifo(tmp_path / "models" / "pipe" / "README.md")
    assert names(tmp_path / "models") == [str(tmp_path / "models/a")]
    with pytest.raises(ConfigError, match=r"no README\.md in"):
        names(tmp_path / "models" / "pipe")


def test_a_card_that_cannot_be_read_among_others_is_an_error_in_its_place(tmp_path: Path) -> None:
    write(tmp_path / "a" / "README.md")
    locked = write(tmp_path / "b" / "README.md")
    locked.unlink()
    locked.symlink_to(tmp_path / "nowhere")  # not a file: left out
    assert names(tmp_path) == [str(tmp_path / "a")]


def test_names_of_folders_are_data(tmp_path: Path) -> None:
    odd = ["-x", "a b", "*", "$(touch gone)", "new\nline", os.fsdecode(b"caf\xe9")]
    for name in odd:
        write(tmp_path / name / "README.md")
    checked = list(check_all(str(tmp_path)))
    assert all(isinstance(item, Checked) for item in checked)
    assert len(checked) == len(odd)


def test_one_card_of_many_is_refused_by_name(tmp_path: Path) -> None:
    write(tmp_path / "a" / "README.md")
    assert check(str(tmp_path)).target == str(tmp_path / "a")
    write(tmp_path / "b" / "README.md")
    with pytest.raises(ConfigError, match="more than one card"):
        check(str(tmp_path))


# Addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "asked"),
    [
        ("a/b", ("a/b", "model", "main")),
        ("datasets/a/b", ("a/b", "dataset", "main")),
        ("https://huggingface.co/a/b", ("a/b", "model", "main")),
        ("https://huggingface.co/a/b/", ("a/b", "model", "main")),
        (
            "http://www.huggingface.co/a/b?not-for-all-audiences=true#usage",
            ("a/b", "model", "main"),
        ),
        ("https://hf.co/a/b/blob/main/README.md", ("a/b", "model", "main")),
        ("huggingface.co/a/b/tree/refs%2Fpr%2F3", ("a/b", "model", "refs/pr/3")),
        ("https://huggingface.co/a/b/resolve/v1.0/config.json", ("a/b", "model", "v1.0")),
        ("https://huggingface.co/a/b/discussions/4", ("a/b", "model", "main")),
        ("https://huggingface.co/gpt2/blob/main/README.md", ("gpt2", "model", "main")),
        ("https://huggingface.co/datasets/a/b/viewer", ("a/b", "dataset", "main")),
        ("https://huggingface.co/models/a/b", ("a/b", "model", "main")),
        ("http://hub.test:8080/a/b/raw/0123456/README.md", ("a/b", "model", "0123456")),
    ],
)
def test_a_pasted_address_is_read(
    monkeypatch: pytest.MonkeyPatch, target: str, asked: tuple[str, str, str]
) -> None:
    calls: list[tuple[str, str, str]] = []

    def read_card(id: str, session: Any, of: str, revision: str) -> Any:
        calls.append((id, of, revision))
        return parse_card(CARD, id=id)

    monkeypatch.setenv("HF_ENDPOINT", "http://hub.test:8080")
    monkeypatch.setattr(sys.modules["cardiogram.collect"], "read_card", read_card)
    (item,) = read_targets(target)
    assert calls == [asked]
    assert not isinstance(item, CardiogramError)
    assert (item.card.id, item.of) == (asked[0], asked[1])


@pytest.mark.parametrize(
    "target",
    [
        "https://example.com/a/b",
        "https://huggingface.co.example.com/a/b",
        "https://example.com/huggingface.co/a/b",
        "file:///etc/passwd",
        "ftp://huggingface.co/a/b",
        "https://huggingface.co/",
        "https://huggingface.co/spaces/a/b",
        "https://huggingface.co/..%2f..%2fapi/whoami",
        "https://[bad/a/b",
        "http:///a/b",
        "a/b/c",
    ],
)
def test_any_other_address_is_refused_without_a_question(
    monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    monkeypatch.setattr(sys.modules["cardiogram.collect"], "read_card", None)
    with pytest.raises(ConfigError) as caught:
        list(read_targets(target))
    assert caught.value.hint


def test_who_may_be_an_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_owner("openai")
    assert is_owner("https://huggingface.co/openai")
    write(tmp_path / "openai" / "README.md")
    assert not any(map(is_owner, ("openai", "a/b", "-", "x.md", "https://example.com/openai")))


# What is no card -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, "binary"),
        (b"GIF89a" + b"\0\1\2" * 30, "binary"),
        (b"%PDF-1.7\n1 0 obj\n", "binary"),
        (b"PK\x03\x04", "binary"),
        (b"\x7fELF\x02\x01\x01" + b"\0" * 60, "binary"),
        (b"", "empty"),
        (b" \n\n", "empty"),
        (PROJECT.encode(), "README of a project"),
    ],
)
def test_what_is_no_card_is_refused_with_the_reason(
    tmp_path: Path, data: bytes, words: str
) -> None:
    path = tmp_path / "README.md"
    path.write_bytes(data)
    with pytest.raises(NoCard, match=words) as caught:
        check(str(path))
    assert caught.value.exit_code == 2
    assert caught.value.hint
    assert check("-", data=data).rating.scores  # whoever hands in a text wants it rated


@pytest.mark.parametrize("name", ["config.json", "model.SAFETENSORS", "train.py", "merge.yaml"])
def test_another_file_of_a_model_is_no_card(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "---\nlicense: mit\n---\n# Parrot\n\nThis model is a parrot.\n")
    with pytest.raises(NoCard, match=rf"{name}' is no model card: it is a \{path.suffix.lower()}"):
        check(str(path), id="me/parrot")
    for other in ("card.txt", "card.markdown", "README"):
        assert check(str(write(tmp_path / other, path.read_text()))).rating.scores


def test_a_project_with_an_id_or_metadata_is_a_card(tmp_path: Path) -> None:
    path = write(tmp_path / "README.md", PROJECT)
    assert check(str(path), id="me/parrot").rating.scores
    path.write_text("---\nlicense: mit\n---\n" + PROJECT)
    assert check(str(path)).rating.scores


@pytest.mark.parametrize(
    "text",
    [
        "# gpt-peppa\n\nFirst version.\n",
        "Please refer to [flaim](https://github.com/x/flaim) for usage.\n",
        "# Parrot\n\n## Usage\n\n    pip install parrot\n\nThis model repeats what it hears.\n",
        "# Parrot\n\n## Install\n\n    pip install x\n\n```\nfrom_pretrained('a/b')\n```\n",
        "caf\xe9 ".encode("utf-16").decode("latin-1"),
    ],
)
def test_a_poor_card_is_a_card(text: str) -> None:
    data = text.encode("latin-1")
    assert explain_no_card(parse_card(data), data) == ""


def test_the_project_itself_has_no_card() -> None:
    root = Path(__file__).parents[2]
    for name in ("README.md", "docs/images/report.png"):
        with pytest.raises(NoCard):
            check(str(root / name))


@needs_shared
def test_no_card_of_the_corpus_is_refused() -> None:
    import gzip
    import json
    import re

    for name in ("cards-dev", "wild-dev-cards"):
        with gzip.open(SHARED / "corpus" / f"{name}.jsonl.gz", "rt") as file:
            texts = [json.loads(line)["text"] for line in file]
        for text in texts:
            bare = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
            for data in (text.encode(), bare.encode()):
                if data.strip():
                    assert explain_no_card(parse_card(data), data) == ""


def test_a_folder_says_which_repository_it_is(tmp_path: Path) -> None:
    card = write(tmp_path / "README.md")
    assert check(str(tmp_path)).card.id == ""
    proof = '{"predicate": {"repository": {"type": "model", "id": "ada/parrot"}}}'
    write(tmp_path / "README.proof.json", proof)
    assert check(str(tmp_path)).card.id == check(str(card)).card.id == "ada/parrot"
    assert check(str(tmp_path), id="b/c").card.id == "b/c"
    write(tmp_path / ".git" / "config", '[remote "origin"]\n\turl = https://hf.co/eve/parrot\n')
    assert check(str(tmp_path)).card.id == "eve/parrot"
    assert name_folder(tmp_path).id == open_folder(tmp_path).id == "eve/parrot"


@pytest.mark.parametrize(
    "proof",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"predicate": {"repository": {"id": "../../etc"}}}',
        '{"predicate": {"repository": {"id": 3}}}',
        '{"predicate": {"repository": []}}',
    ],
)
def test_a_proof_that_says_no_repository(tmp_path: Path, proof: str) -> None:
    write(tmp_path / "README.proof.json", proof)
    assert name_folder(tmp_path).id == ""


@pytest.mark.parametrize("read", [check, open_repository])
def test_a_folder_that_is_not_there_is_said_beside_what_the_hub_says(
    read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    for target in ("nofolder", "no/folder"):
        with pytest.raises(HubError, match=f"^{target}: no file or folder here; "):
            read(target)
    with pytest.raises(HubError, match=r"(?i)^(?!no file).*the Hub"):
        read("https://huggingface.co/no/folder")
