"""The version, wherever the source comes from."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from importlib import resources
from pathlib import Path

import pytest
import yaml
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager
from jsonschema import Draft7Validator

from cardiogram.text import parse_toml

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


# -- what others read ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("citation-file-format", "CITATION.cff"),
        ("dependabot", ".github/dependabot.yml"),
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/*.yml"),
    ],
)
def test_files_for_others_are_as_their_schemas_say(schema: str, pattern: str) -> None:
    schemas = resources.files("check_jsonschema.builtin_schemas") / "vendor"
    validator = Draft7Validator(json.loads((schemas / f"{schema}.json").read_text("utf-8")))
    paths = [*ROOT.glob(pattern)]
    assert paths
    for path in paths:
        text = re.sub("^on:", '"on":', path.read_text("utf-8"), flags=re.MULTILINE)
        read = yaml.load(text, yaml.BaseLoader if path.suffix == ".cff" else yaml.SafeLoader)
        faults = [error.message for error in validator.iter_errors(read)]
        assert faults == [], path.name


# -- the workflow --------------------------------------------------------------------------------


def step(job: str, start: str) -> str:
    """The commands of a step of release.yml, found by their first word."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    steps = workflow["jobs"][job]["steps"]
    (commands,) = [each["run"] for each in steps if each.get("run", "").startswith(start)]
    return str(commands)


METADATA = "Project-URL: Repository, https://github.com/me/cardiogram\n\n[all](https://x.org)\n"


def write_sdist(place: Path, metadata: str = METADATA) -> None:
    about = tarfile.TarInfo("cardiogram-0.7.0/PKG-INFO")
    about.size = len(metadata)
    with tarfile.open(place / "dist" / "cardiogram-0.7.0.tar.gz", "w:gz") as sdist:
        sdist.addfile(about, io.BytesIO(metadata.encode()))


@pytest.fixture
def tagged(tmp_path: Path) -> Path:
    """A checkout in which all say 0.7.0."""
    (tmp_path / "dist").mkdir()
    write_sdist(tmp_path)
    (tmp_path / "dist" / "cardiogram-0.7.0-py3-none-any.whl").touch()
    sections = ("# Changelog", "## 0.7.0 - 2026-12-31", "- new", "## 0.6.0 - 2026-11-30", "- old\n")
    (tmp_path / "CHANGELOG.md").write_text("\n\n".join(sections))
    (tmp_path / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 0.7.0\n")
    (tmp_path / "README.md").write_text("    uvx cardiogram check OWNER/NAME\n")
    return tmp_path


def run_step(commands: str, place: Path) -> int:
    shell = ["bash", "-e", "-o", "pipefail", "-c", commands]
    environ = {**os.environ, "GITHUB_REF_NAME": "v0.7.0", "GITHUB_REPOSITORY": "me/cardiogram"}
    return subprocess.run(shell, cwd=place, env=environ, capture_output=True).returncode


def test_a_release_says_one_version(tagged: Path) -> None:
    commands = step("build", "version=")
    assert run_step(commands, tagged) == 0
    wheel = "dist/cardiogram-0.7.0-py3-none-any.whl"
    for name in (wheel, "CHANGELOG.md", "CITATION.cff", "README.md"):
        text = (tagged / name).read_bytes()
        (tagged / name).unlink() if not text else (tagged / name).write_text("## Unreleased\n")
        assert run_step(commands, tagged) != 0, name
        (tagged / name).write_bytes(text)


def test_a_release_leads_to_its_repository(tagged: Path) -> None:
    commands = step("build", "version=")
    for metadata in ("\n[all](https://x.org)\n", f"{METADATA}[one](docs/one.md)\n"):
        write_sdist(tagged, metadata)
        assert run_step(commands, tagged) != 0


def test_the_readme_can_be_read_on_the_index() -> None:
    """With what the head of release.yml says to write."""
    text = (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")
    added = re.findall(r"^#     (.*)\n", text.partition("\nname:")[0], re.MULTILINE)
    (hook,) = parse_toml("\n".join(added))["tool"]["hatch"]["metadata"]["hooks"].values()
    readme = (ROOT / "README.md").read_text("utf-8")
    assert re.search(r"\]\(docs/", readme)
    for each in hook["substitutions"]:
        readme = re.sub(each["pattern"], each["replacement"], readme)
    assert re.findall(r"\]\((?!https?:|#).*", readme) == []
    assert "](https://raw.githubusercontent.com/OWNER/cardiogram/v$HFPR_VERSION/docs/" in readme
    assert "](https://github.com/OWNER/cardiogram/blob/v$HFPR_VERSION/docs/" in readme


def test_only_a_pushed_tag_is_published() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8"))
    assert workflow["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    assert workflow["jobs"]["announce"]["needs"] == "publish"


def test_the_wheel_has_every_notice_and_metadata_that_uploaders_know() -> None:
    builder = WheelBuilder(str(ROOT))
    for each in (builder, SdistBuilder(str(ROOT))):
        written = each.config.core_metadata_constructor(each.metadata)
        assert written.startswith("Metadata-Version: 2.4\n")
    kept = {Path(path).as_posix() for path in builder.metadata.core.license_files}
    notices = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("NOTICE*")}
    assert kept == notices | {"LICENSE"}


def test_a_release_is_announced_with_its_changes(tagged: Path) -> None:
    commands = step("announce", "awk").partition("gh release")[0]
    assert run_step(commands, tagged) == 0
    assert (tagged / "notes.md").read_text() == "\n- new\n\n"


def test_the_readme_does_not_promise_what_is_not_released() -> None:
    is_released = re.search(r"^## \d", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    promised = "uvx cardiogram" in (ROOT / "README.md").read_text("utf-8")
    assert promised == (is_released is not None)


def test_the_release_is_tried_with_uv_and_yaml_alone() -> None:
    """Its jobs install no more, on Windows and macOS too."""
    tools = [*(ROOT / "tools").glob("try_*.py")]
    allowed = sys.stdlib_module_names | {path.stem for path in tools} | {"yaml"}
    for path in tools:
        for node in ast.parse(path.read_text("utf-8")).body:
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {module.partition(".")[0] for module in modules} <= allowed, path.name
