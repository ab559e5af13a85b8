"""A folder as a repository: no path out of it, no half-read file, no login of its git remote."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from cardiogram.errors import CardiogramError, CardNotFound, ConfigError, DataError
from cardiogram.repository.access import FolderRepository, open_folder, open_repository

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 4000000000\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    (made / "unet").mkdir(parents=True)
    (made / "README.md").write_text("# A model\n", "utf-8")
    (made / "config.json").write_text('{"a": 1}', "utf-8")
    (made / "unet" / "config.json").write_text("{}", "utf-8")
    return made


def test_a_folder_lists_and_reads_its_files(folder: Path) -> None:
    repository = open_folder(folder)
    assert {p: f.size for p, f in repository.files.items()} == {
        "README.md": 10,
        "config.json": 8,
        "unet/config.json": 2,
    }
    assert repository.read("config.json") == b'{"a": 1}'
    assert repository.read_part("config.json", 1, 4) == b'"a"'
    assert repository.read_part("config.json", 6, 999) == b"1}"
    assert repository.read_part("config.json", 8, 9) == b""
    assert b"".join(repository.stream("README.md")) == b"# A model\n"
    assert (repository.id, repository.of, repository.commit) == ("", "model", "")
    assert (dict(repository.info), repository.history, repository.children()) == ({}, (), ())


@pytest.mark.parametrize(
    ("target", "of"), [("", "model"), ("README.md", "dataset"), ("unet/../config.json", "model")]
)
def test_a_folder_is_opened_by_itself_or_a_file_in_it(folder: Path, target: str, of: str) -> None:
    repository = open_repository(str(folder / target), of=of)  # type: ignore[arg-type]
    assert "unet/config.json" in repository.files
    assert repository.of == of


@pytest.mark.parametrize(
    "target", ["", "no/such/folder/here", "a b", "https://example.org/a/b", "\0"]
)
def test_what_names_nothing_is_refused(target: str) -> None:
    with pytest.raises(ConfigError):
        open_repository(target)
    with pytest.raises(ConfigError):
        open_folder(target or "no/such/folder")


def test_a_file_is_no_folder(folder: Path) -> None:
    with pytest.raises(ConfigError, match="is no folder"):
        open_folder(folder / "config.json")


def test_links_out_pipes_and_what_is_hidden_are_no_files(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text('{"key": 1}', "utf-8")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x.json").write_text("{}", "utf-8")
    (folder / "out.json").symlink_to(secret)
    (folder / "out.folder").symlink_to(tmp_path / "outside")
    (folder / "loop.json").symlink_to(folder / "loop.json")
    (folder / "gone.json").symlink_to(folder / "nothing.json")
    (folder / "in.json").symlink_to("unet/config.json")
    (folder / ".env").write_text("TOKEN=x", "utf-8")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main", "utf-8")
    (folder / ".eval_results").mkdir()
    (folder / ".eval_results" / "a.yaml").write_text("- b", "utf-8")
    os.mkfifo(folder / "pipe.json")
    repository = open_folder(folder)
    assert set(repository.files) == {
        ".eval_results/a.yaml",
        "README.md",
        "config.json",
        "in.json",
        "unet/config.json",
    }
    assert repository.read("in.json") == b"{}"
    for path in ("../secret.json", "out.json", str(secret), "unet/../../secret.json", "pipe.json"):
        for read in (
            lambda: repository.read(path),  # noqa: B023
            lambda: repository.read_part(path, 0, 10),  # noqa: B023
            lambda: list(repository.stream(path)),  # noqa: B023
        ):
            with pytest.raises(CardNotFound):
                read()


def test_a_file_that_is_exchanged_for_a_link_out_is_not_read(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('{"b": 1}', "utf-8")
    repository = open_folder(folder)
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(tmp_path / "secret.json")
    with pytest.raises(DataError, match="out of the folder"):
        repository.read("config.json")


def test_a_file_that_changes_between_two_reads_is_an_error(folder: Path) -> None:
    repository = open_folder(folder)
    assert repository.read("README.md") == b"# A model\n"
    for path in ("config.json", "README.md"):
        (folder / path).write_text("{}", "utf-8")
        with pytest.raises(DataError, match="changed while it was read"):
            repository.read_part(path, 0, 2)
    assert repository.read("README.md") == b"# A model\n"  # read once, then kept
    (folder / "unet" / "config.json").unlink()
    with pytest.raises(DataError, match="cannot be read"):
        repository.read("unet/config.json")


def test_a_file_over_the_limit_is_not_read(folder: Path) -> None:
    repository = open_folder(folder)
    with pytest.raises(DataError, match="more than the 7"):
        repository.read("config.json", 7)
    for start, stop in ((-1, 1), (2, 1), (0, (16 << 20) + 1)):
        with pytest.raises(DataError):
            repository.read_part("config.json", start, stop)


def test_a_pointer_of_git_lfs_says_size_and_digest_and_is_not_the_file(
    folder: Path,
) -> None:
    digest = hashlib.sha256(b"").hexdigest()
    (folder / "model.safetensors").write_bytes(POINTER % digest.encode())
    repository = open_folder(folder)
    file = repository.files["model.safetensors"]
    assert (file.size, file.digest) == (4_000_000_000, f"sha256:{digest}")
    with pytest.raises(DataError, match="git lfs pull"):
        repository.read_part("model.safetensors", 0, 8)


@pytest.mark.parametrize(
    ("url", "id", "of"),
    [
        ("https://huggingface.co/anna/model", "anna/model", "model"),
        ("https://anna:hf_secretsecretsecret@huggingface.co/anna/model.git", "anna/model", "model"),
        ("git@hf.co:anna/model", "anna/model", "model"),
        ("https://huggingface.co/datasets/anna/data", "anna/data", "dataset"),
        ("https://github.com/anna/model", "", "model"),
        ("https://huggingface.co/anna", "", "model"),
        ("https://huggingface.co/anna/model/../x", "", "model"),
        ("https://huggingface.co.example.org/anna/model", "", "model"),
        ("http://[broken", "", "model"),
    ],
)
def test_the_name_is_that_of_the_git_remote(folder: Path, url: str, id: str, of: str) -> None:
    (folder / ".git").mkdir()
    text = f'[core]\n\tfsmonitor = "touch {folder}/run"\n[remote "origin"]\n\turl = {url}\n'
    (folder / ".git" / "config").write_text(text, "utf-8")
    repository = open_folder(folder)
    assert (repository.id, repository.of) == (id, of)
    assert not (folder / "run").exists()
    assert open_folder(folder, id="given/name").id == "given/name"


def test_a_snapshot_of_the_clients_cache_has_name_and_commit(tmp_path: Path) -> None:
    commit = "0123456789abcdef" * 2 + "01234567"
    blobs = tmp_path / "models--anna--model" / "blobs"
    snapshot = tmp_path / "models--anna--model" / "snapshots" / commit
    snapshot.mkdir(parents=True)
    blobs.mkdir()
    (blobs / "abc").write_text("{}", "utf-8")
    (snapshot / "config.json").symlink_to("../../blobs/abc")
    (snapshot / "evil.json").symlink_to("../../../../etc/passwd")
    repository = open_folder(snapshot)
    assert (repository.id, repository.commit) == ("anna/model", commit)
    assert list(repository.files) == ["config.json"]
    assert repository.read("config.json") == b"{}"


def test_without_a_session_no_other_repository_is_known(folder: Path) -> None:
    with pytest.raises(CardiogramError, match="was not looked up on the Hub: nothing is sent"):
        open_folder(folder).other("anna/base")


def test_other_repositories_are_asked_for_once(folder: Path) -> None:
    asked: list[tuple[str, str]] = []
    other = FolderRepository(folder)

    def ask(id: str, of: str) -> FolderRepository | None:
        asked.append((id, of))
        return other if id == "anna/base" else None

    repository = FolderRepository(folder, ask)
    for _ in range(2):
        assert repository.other("anna/base") is other
        assert repository.other("anna/none", "dataset") is None
    assert asked == [("anna/base", "model"), ("anna/none", "dataset")]
