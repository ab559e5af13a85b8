"""Git repositories as strangers make them: odd, broken and hostile ones, read within bounds."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from cardiogram.errors import ConfigError, DataError
from cardiogram.repository.access import GitClone, cloned, git_clone as module, open_clone, run_git
from made_git import Step, make_git

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")

CARD = "# Otter\n\nIt swims.\n"
LONG = CARD + "It swims well. " * 400_000


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one of everything that a reader may trip over."""
    steps = [
        Step("2026-01-01T00:00", {".gitattributes": "*.bin filter=trap diff=trap\n"}, "begin"),
        Step("2026-01-02T00:00", {"README.md": CARD, "a b\tc.bin": "x"}, "two\x01 \u202e words"),
        Step("2026-01-03T00:00", {"README.md": LONG}),
        Step("2026-01-02T12:00", {"README.md": b"\x89PNG\0\xff" * 9}),
        Step("2026-01-04T00:00", {"README.md": None, "card.md": b"\x89PNG\0\xff" * 9}),
        Step("2026-01-05T00:00", {}, "nothing at all"),
        Step("2026-01-06T00:00", {"README.md": CARD}, "merge", parents=[2]),
    ]
    return make_git(tmp_path_factory.mktemp("git") / "otter.git", steps)


def changes_of(clone: GitClone) -> list[tuple[str, list[str], bool]]:
    return [(c.title, [f.path for f in c.changes], c.is_merge) for c in clone.commits()]


def test_the_main_line_with_what_each_commit_changed(bare: Path) -> None:
    clone = open_clone(bare)
    assert changes_of(clone) == [
        ("merge", ["README.md"], True),
        ("nothing at all", [], False),
        ("Update README.md", ["README.md", "card.md"], False),  # moved: two files, no rename
        ("Update README.md", ["README.md"], False),
        ("Update README.md", ["README.md"], False),
        ("two\x01 \u202e words", ["README.md", "a b\tc.bin"], False),
        ("begin", [".gitattributes"], False),
    ]
    newest = next(clone.commits())
    assert f"{newest.at:%Y-%m-%dT%H:%M%z}" == "2026-01-06T00:00+0000"


def test_texts_are_cut_and_lacking_ones_are_none(bare: Path) -> None:
    clone = open_clone(bare)
    changes = [c for commit in clone.commits() for c in commit.changes if c.path == "README.md"]
    ids = [change.after for change in changes if change.after]
    texts = dict(clone.texts([*ids, "0" * 40, "no id", clone.head], 1000))
    sizes = sorted(len(text) for text in texts.values() if text is not None)
    assert sizes == [len(CARD), 54, 1000]
    assert texts["0" * 40] is texts["no id"] is texts[clone.head] is None


def test_a_bundle_is_read_without_a_head_too(bare: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.bundle"
    subprocess.run(["git", "bundle", "create", "-q", file, "main"], cwd=bare, check=True)
    with cloned(str(file)) as clone:
        assert len(changes_of(clone)) == 7
    assert not clone.folder.exists()
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(DataError, match="git cannot read"), cloned(str(file)):
        pass


def test_a_clone_without_its_files_names_them_and_has_no_texts(bare: Path) -> None:
    subprocess.run(["git", "config", "uploadpack.allowFilter", "true"], cwd=bare, check=True)
    with cloned(bare.as_uri(), "file") as clone:
        assert len(changes_of(clone)) == 7
        ids = [c.after for commit in clone.commits() for c in commit.changes if c.after]
        assert {text for _, text in clone.texts(ids, 1000)} == {None}
    with pytest.raises(DataError, match="git cannot read"), cloned(bare.as_uri(), "https"):
        pass


def test_a_shallow_clone_says_nothing_of_its_oldest_commit(bare: Path, tmp_path: Path) -> None:
    words = ["git", "clone", "-q", "--bare", "--depth", "3", bare.as_uri(), tmp_path / "few"]
    subprocess.run(words, check=True)
    clone = open_clone(tmp_path / "few")
    assert clone.is_shallow
    assert [title for title, *_ in changes_of(clone)] == ["merge", "nothing at all"]


def test_no_setting_of_a_repository_runs_a_program(bare: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hostile"
    subprocess.run(["git", "clone", "-q", "--no-checkout", bare, folder], check=True)
    sprung, trap = tmp_path / "sprung", tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{sprung}'\ncat\n")
    trap.chmod(0o755)
    programs = (
        "core.fsmonitor core.pager core.sshCommand core.editor core.askPass core.gitProxy "
        "pager.log diff.external diff.trap.textconv diff.trap.command filter.trap.smudge "
        "filter.trap.clean filter.trap.process gpg.program gpg.ssh.program credential.helper "
        "core.alternateRefsCommand remote.origin.uploadpack uploadpack.packObjectsHook"
    )
    settings = [
        *(f"{name}={trap}" for name in programs.split()),
        *(f"alias.{name}=!{trap}" for name in ("log", "rev-parse", "cat-file")),
        *("log.showSignature=true", "log.follow=true", "diff.renames=copies", "log.showRoot=false"),
        *("color.ui=always", "log.diffMerges=separate", "diff.relative=true", "format.pretty=%GG"),
        *("protocol.allow=always", "protocol.ext.allow=always", "extensions.partialClone=origin"),
        *("remote.origin.promisor=true", f"remote.origin.url=ext::{trap} x", "log.date=raw"),
        *(
            f"core.hooksPath={tmp_path}",
            "i18n.logOutputEncoding=UTF-16",
            "diff.ignoreSubmodules=all",
        ),
    ]
    with (folder / ".git" / "config").open("a") as file:
        for setting in settings:
            name, _, value = setting.partition("=")
            *section, key = name.split(".")
            head = section[0] if len(section) == 1 else f'{section[0]} "{section[1]}"'
            file.write(f'[{head}]\n\t{key} = "{value}"\n')
    signed = run_git(folder, "cat-file", "commit", "HEAD")
    assert signed is not None
    signed = signed.replace(b"\n\n", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n x\n\n", 1)
    id = run_git(folder, "hash-object", "-t", "commit", "-w", "--stdin", stdin=signed)
    assert id is not None
    (folder / ".git" / "refs" / "heads" / "main").write_bytes(id)
    clone = open_clone(folder)
    assert changes_of(clone) == changes_of(open_clone(bare))
    lacking = "1" * 40  # of a promised remote: git would run the program to fetch it
    assert dict(clone.texts([lacking], 1000)) == {lacking: None}
    assert not sprung.exists()


def test_a_folder_below_the_top_has_its_own_card(tmp_path: Path) -> None:
    bare = make_git(
        tmp_path / "x.git", [Step("2026-01-01T00:00", {"models/otter/README.md": CARD})]
    )
    subprocess.run(["git", "clone", "-q", bare, tmp_path / "x"], check=True)
    subprocess.run(["git", "config", "diff.relative", "true"], cwd=tmp_path / "x", check=True)
    clone = open_clone(tmp_path / "x" / "models" / "otter")
    assert clone.prefix == "models/otter/"
    assert changes_of(clone)[0][1] == ["models/otter/README.md"]


def test_a_submodule_is_a_file(tmp_path: Path, bare: Path) -> None:
    folder = tmp_path / "with"
    subprocess.run(["git", "clone", "-q", bare, folder], check=True, capture_output=True)
    head = open_clone(bare).head
    for words in (
        ["update-index", "--add", "--cacheinfo", f"160000,{head},other"],
        ["-c", "user.name=a", "-c", "user.email=a@e", "commit", "-qm", "link"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True)
    assert changes_of(open_clone(folder))[0] == ("link", ["other"], False)


def test_what_is_no_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    with pytest.raises(ConfigError, match="no repository"):
        open_clone(tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    with pytest.raises(ConfigError, match="no commit"):
        open_clone(tmp_path / "new")
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(ConfigError):
        open_clone(tmp_path)
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(ConfigError, match="no git"):
        open_clone(tmp_path)


def test_git_that_lasts_or_prints_without_end_is_ended(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blob = next(c.after for c in list(open_clone(bare).commits())[4].changes)
    assert blob is not None
    assert run_git(bare, "cat-file", "blob", blob, limit=99) == LONG[:99].encode()
    start = time.monotonic()
    lasting = ("-c", "alias.lasting=!sleep 20 & sleep 20", "lasting")
    assert run_git(bare, *lasting, seconds=0.2) is None
    assert time.monotonic() - start < 15
    monkeypatch.setattr(module, "MAX_LOG", 100)
    with pytest.raises(DataError, match="cannot be read whole"):
        list(open_clone(bare).commits())
