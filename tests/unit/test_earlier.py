"""What an edit changed, as git tells it: for plain repositories, odd names and hostile settings."""

import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.check import DeletedCard, check, compare, find_deleted
from cardiogram.check.earlier import Earlier, read_committed, read_earlier
from cardiogram.cli import main
from cardiogram.errors import ConfigError
from cardiogram.judge.rating import Score

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")

POOR = "---\nlicense: mit\n---\n# Parrot\n\nIt repeats.\n"
BETTER = POOR + "\n## Usage\n\n```python\nimport parrot\nparrot.load('me/parrot')('hi')\n```\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "--quiet", "--initial-branch", "main")
    return root


def git(folder: Path, *words: str) -> str:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", "--literal-pathspecs", *who, *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(path: Path, text: str = POOR) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    git(path.parent, "add", "--", path.name)
    git(path.parent, "commit", "--quiet", "-m", "card")
    return git(path.parent, "rev-parse", "HEAD")


def test_what_an_edit_changed_since_the_last_commit(repository: Path) -> None:
    path = repository / "models" / "a" / "README.md"
    commit(path)
    assert compare(check(str(path))).earlier is None  # nothing changed
    path.write_text(BETTER)
    after = compare(check(str(path)))
    assert after.earlier is not None
    assert after.earlier.at == "the last commit"
    assert after.earlier.scores == check("-", data=POOR.encode()).rating.scores
    assert after.earlier.changes(after.rating.scores)["usage"] > 0


def test_any_revision_or_file(repository: Path, tmp_path: Path) -> None:
    path = repository / "README.md"
    first = commit(path)
    git(repository, "tag", "v1")
    commit(path, BETTER)
    for revision in (first, first[:8], "v1", "HEAD~1", "main~1"):
        assert read_earlier(path, revision) == POOR.encode()
    assert read_earlier(path, "main") == BETTER.encode()
    other = tmp_path / "old.md"
    other.write_text("# Old\n")
    assert read_earlier(path, str(other)) == b"# Old\n"
    earlier = compare(check(str(path)), "v1").earlier
    assert earlier is not None
    assert earlier.at == "v1"
    new = repository / "new" / "README.md"
    new.parent.mkdir()
    new.write_text(POOR)
    assert read_earlier(new, "v1") is None
    assert compare(check(str(new)), "v1").earlier is None


@pytest.mark.parametrize(
    "against",
    [
        "nothing",
        "HEAD~9",
        "",
        "-x",
        "--output=gone",
        "HEAD:README.md",
        "HEAD..HEAD",
        "a\nb",
        "a\0b",
    ],
)
def test_what_is_no_revision(repository: Path, against: str) -> None:
    path = repository / "README.md"
    commit(path)
    with pytest.raises(ConfigError, match="no such file, and no revision") as caught:
        read_earlier(path, against)
    assert caught.value.hint
    assert sorted(file.name for file in repository.iterdir()) == [".git", "README.md"]


def test_a_file_that_is_called_as_a_revision_is_refused(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository / "README.md"
    commit(path)
    monkeypatch.chdir(repository)
    Path("main").write_text(BETTER)
    with pytest.raises(ConfigError, match="a file, and a revision") as caught:
        read_earlier(path, "main")
    assert "--against ./main" in caught.value.hint
    assert read_earlier(path, "./main") == BETTER.encode()
    assert read_earlier(path, "refs/heads/main") == POOR.encode()


@pytest.mark.parametrize(
    "name",
    [
        "-x.md",
        "a b.md",
        ":(top)x.md",
        "*.md",
        "new\nline.md",
        "HEAD:x.md",
        "caf\udce9.md",
        "$(touch gone).md",
    ],
)
def test_names_of_files_are_data(repository: Path, name: str) -> None:
    commit(repository / name)
    (repository / name).write_text(BETTER)
    assert read_committed(repository / name) == POOR.encode()
    assert not (repository / "gone").exists()


def test_a_link_is_compared_with_what_it_points_to(repository: Path) -> None:
    commit(repository / "docs" / "card.md")
    (repository / "README.md").symlink_to("docs/card.md")
    assert read_committed(repository / "README.md") == POOR.encode()


def test_nothing_is_said_where_git_knows_nothing(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside" / "README.md"
    outside.parent.mkdir()
    outside.write_text(POOR)
    assert read_committed(outside) is None
    untracked = repository / "README.md"
    untracked.write_text(POOR)
    assert read_committed(untracked) is None  # no commit yet
    commit(repository / "other.md")
    assert read_committed(untracked) is None
    monkeypatch.setenv("PATH", "")
    assert read_committed(repository / "other.md") is None
    with pytest.raises(ConfigError):
        read_earlier(repository / "other.md", "main")


def test_a_broken_repository_is_silent(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    (tmp_path / "README.md").write_text(POOR)
    assert compare(check(str(tmp_path / "README.md"))).earlier is None


def test_settings_of_a_repository_run_nothing(repository: Path) -> None:
    path = repository / "README.md"
    commit(path)
    trap = repository / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{repository}/sprung'\ncat\n")
    trap.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
        "diff.x.textconv",
        "diff.external",
        "filter.x.smudge",
        "filter.x.clean",
        "alias.cat-file",
        "alias.rev-parse",
        "credential.helper",
    ):
        git(repository, "config", key, f"!{trap}" if key.startswith("alias") else str(trap))
    git(repository, "config", "core.hooksPath", str(repository))
    (repository / ".gitattributes").write_text("* diff=x filter=x\n")
    path.write_text(BETTER)
    assert read_committed(path) == POOR.encode()
    assert read_earlier(path, "HEAD") == POOR.encode()
    assert not (repository / "sprung").exists()


def test_nothing_is_fetched_from_a_promised_remote(repository: Path, tmp_path: Path) -> None:
    path = repository / "README.md"
    commit(path)
    git(repository, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(
        tmp_path,
        "clone",
        "--quiet",
        "--no-checkout",
        "--filter=blob:none",
        repository.as_uri(),
        str(clone),
    )
    (clone / "README.md").write_text(BETTER)
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch '{tmp_path}/sprung'\n")
    trap.chmod(0o755)
    git(clone, "config", "remote.origin.uploadpack", str(trap))
    assert read_committed(clone / "README.md") is None
    assert not (tmp_path / "sprung").exists()


def test_a_hook_s_variables_lead_nowhere_else(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository / "README.md", "# The project\n")
    path = repository / "models" / "README.md"
    commit(path)
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / "nothing"))
    assert read_committed(path) == POOR.encode()


def test_a_change_is_that_of_the_numbers_that_are_shown() -> None:
    then, now = ({"overall": Score(round(value), value, None, None)} for value in (1.96, 3.3))
    assert f"{Earlier('before', then).changes(now)['overall']:+.1f}" == "+1.3"
    then, now = ({"overall": Score(2, value, None, None)} for value in (1.96, 2.04))
    assert Earlier("before", then).changes(now) == {"overall": 0}
    then, now = ({"overall": Score(2, value, None, None)} for value in (1.94, 1.96))
    assert f"{Earlier('before', then).changes(now)['overall']:+.1f}" == "+0.1"


# Deleted cards ---------------------------------------------------------------------------------


def test_deleted_cards(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = "# left-pad\n\n## Installation\n\n    npm install left-pad\n"
    for name in ("kept/a", "m/[b] ü", "m/node_modules/c", "m/.hidden"):
        commit(repository / name / "README.md")
    commit(repository / "m/d/README.md", project)
    commit(repository / "m/d/other.md")
    git(repository, "tag", "before")
    for name in ("m/[b] ü", "m/node_modules/c", "m/.hidden", "m/d"):
        shutil.rmtree(repository / name)
    monkeypatch.chdir(repository)
    card = Path("m", "[b] ü")
    rating = check("-", data=POOR.encode()).rating.scores["overall"].expected
    gone = DeletedCard(str(card), str(card / "README.md"), rating, "before")
    assert find_deleted("m", "before") == find_deleted(".", "before") == [gone]
    for name in (str(card), str(card / "README.md")):
        assert find_deleted(name, "before") == [replace(gone, name=name)]
    for target in ("kept", "kept/a/README.md", "m/never", "me/parrot", "m/d/README.md", "x" * 9000):
        assert find_deleted(target, "before") == []
    assert find_deleted("m", str(repository / "kept/a/README.md")) == []  # against a file
    assert find_deleted(str(tmp_path), "before") == []  # not in git


def test_a_deleted_card_that_is_asked_for_is_an_error(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(repository / "m" / "README.md")
    commit(repository / "n" / "README.md")
    (repository / "m" / "README.md").unlink()
    monkeypatch.chdir(repository)
    said = "cardiogram: m: deleted; at main it was rated 1.4\n"
    for targets, code in ((["m"], 2), (["m/README.md"], 2), (["m", "n"], 2), (["."], 0)):
        done = CliRunner().invoke(main, ["check", *targets, "--against", "main"])
        assert done.exit_code == code, done.stderr
        assert said.replace(": m:", f": {targets[0]}:" if code else ": m:") in done.stderr
