"""The version, wherever the source comes from."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:.*(is shallow|archive|archival)")
NEEDED = ("pyproject.toml", ".gitattributes", ".git_archival.txt")
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "-C")


def git(place: Path, *words: str) -> None:
    subprocess.run([*GIT, str(place), *words], check=True, capture_output=True)


def version_in(place: Path) -> str:
    return ProjectMetadata(str(place), PluginManager()).version


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three commits; the second is a release, and so is what moving tags point at."""
    place = tmp_path_factory.mktemp("clone")
    git(place, "init", "--quiet")
    for name in NEEDED:
        shutil.copy(ROOT / name, place)
    git(place, "add", ".")
    for title, tags in (("first", ()), ("second", ("v0.7.0", "v0", "v9")), ("third", ("v0.7",))):
        git(place, "commit", "--quiet", "--allow-empty", "--message", title)
        for tag in tags:
            git(place, "tag", tag)
    return place


@pytest.mark.parametrize(
    ("revision", "version"),
    [
        ("HEAD~2", r"0\.1\.dev1\+g[0-9a-f]{7,}"),
        ("HEAD~1", r"0\.7\.0"),
        ("HEAD", r"0\.7\.1\.dev1\+g[0-9a-f]{7,}"),
    ],
)
def test_a_clone_counts_from_its_last_release(clone: Path, revision: str, version: str) -> None:
    git(clone, "checkout", "--quiet", "--detach", revision)
    assert re.fullmatch(version, version_in(clone))
    git(clone, "checkout", "--quiet", "-")


@pytest.mark.parametrize(
    ("options", "version"),
    [((), r"0\.1\.dev1\+g[0-9a-f]{7,}"), (("--branch", "v0.7.0"), r"0\.7\.0")],
)
def test_a_shallow_clone_knows_its_commit(
    clone: Path, tmp_path: Path, options: tuple[str, ...], version: str
) -> None:
    git(clone, "clone", "--quiet", "--depth=1", *options, clone.as_uri(), str(tmp_path / "clone"))
    assert re.fullmatch(version, version_in(tmp_path / "clone"))


@pytest.mark.parametrize(
    ("revision", "version"), [("v0.7.0", r"0\.7\.0"), ("v0.7", r"0\.7\.1\.dev1\+g[0-9a-f]{7,}")]
)
def test_what_a_forge_packs_knows_its_release(
    clone: Path, tmp_path: Path, revision: str, version: str
) -> None:
    git(clone, "archive", "--output", str(tmp_path / "packed.zip"), revision)
    shutil.unpack_archive(tmp_path / "packed.zip", tmp_path / "packed")
    assert re.fullmatch(version, version_in(tmp_path / "packed"))


def test_a_copy_without_git_claims_no_release(clone: Path, tmp_path: Path) -> None:
    for name in NEEDED:
        shutil.copy(clone / name, tmp_path)
    assert version_in(tmp_path) == "0.0"


def test_the_repository_around_a_copy_is_not_its_own(clone: Path) -> None:
    copy = clone / "vendored"
    copy.mkdir()
    for name in NEEDED:
        shutil.copy(clone / name, copy)
    assert version_in(copy) == "0.0"
