"""`hf cardiogram upload` against the stand-in: what holds a folder back, and what goes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from stand_in import StandIn

from cardiogram.cli import main

CARD = "---\nlicense: mit\n---\n# Parrot\n\nThis model has 2 layers. It repeats what it hears.\n"
FOLDER = Path(__file__).parents[2] / "deploy" / "hf-cardiogram"
REPO = "tester/parrot"

Upload = Callable[..., Result]


@pytest.fixture
def upload(hub: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upload:
    """The command in this process, of a folder with a card; `hf upload` has one of its own."""
    monkeypatch.syspath_prepend(str(FOLDER))
    from hf_cardiogram_upload import upload  # type: ignore[import-not-found]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", "hf_test_token")
    monkeypatch.setenv("HF_HUB_DISABLE_UPDATE_CHECK", "1")
    model = tmp_path / "parrot"
    model.mkdir()
    (model / "README.md").write_text(CARD)
    (model / "config.json").write_text('{"model_type": "llama", "num_hidden_layers": 2}')
    monkeypatch.setattr(main, "commands", {**main.commands, "upload": upload})
    return lambda *words: CliRunner().invoke(main, ["upload", *words])


def writes(hub: StandIn) -> list[str]:
    return [each["path"] for each in hub.requests() if each["method"] != "GET"]


def test_nothing_goes_without_send(upload: Upload, hub: StandIn) -> None:
    done = upload(REPO, "parrot", "--", "--private", "--token", f"hf_{'x1' * 17}")
    assert done.exit_code == 0
    assert done.stderr == (
        f"{REPO}: nothing uploaded; --send does: "
        f"hf upload {REPO} parrot --repo-type model --private --token [token]\n"
    )
    assert not writes(hub)


@pytest.mark.parametrize(
    ("card", "words", "code", "said"),
    [
        (CARD.replace("2 layers", "4 layers"), (), 1, "The card says 4 layers; config.json says 2"),
        (CARD, ("--min", "4.5"), 1, "Under 4.5"),
        (None, (), 2, "no file"),
    ],
    ids=["contradicted", "below --min", "no card at the top"],
)
def test_a_card_that_does_not_pass_holds_everything_back(
    upload: Upload, hub: StandIn, card: str | None, words: tuple[str, ...], code: int, said: str
) -> None:
    readme = Path("parrot", "README.md")
    readme.unlink()
    if card is None:  # that of a checkpoint below is not the repository's
        readme = Path("parrot", "checkpoint-1", "README.md")
        readme.parent.mkdir()
    readme.write_text(card or CARD)
    done = upload(REPO, "parrot", *words, "--send")
    assert done.exit_code == code
    assert said in done.output
    assert done.stderr.endswith(f"{REPO}: nothing uploaded\n")
    assert not writes(hub)


def test_a_folder_whose_card_passes_goes_whole(
    upload: Upload, hub: StandIn, capfd: pytest.CaptureFixture[str]
) -> None:
    done = upload(f"{hub.url}/{REPO}", "parrot", "--send", "--", "--commit-message", "First")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{hub.url}/{REPO}/commit/" in capfd.readouterr().out
    inside = hub.inside(REPO)
    assert {"README.md", "config.json"} <= inside["files"]["refs/heads/main"].keys()
    assert inside["commits"][-1]["title"] == "First"


def test_a_token_without_rights_uploads_nothing(
    upload: Upload, hub: StandIn, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_read_token")
    done = upload(REPO, "parrot", "--send")
    assert (done.exit_code, done.stderr) == (2, f"{REPO}: not uploaded, or not all of it\n")
    assert "You don't have the rights" in capfd.readouterr().err
    assert writes(hub) == ["/api/repos/create"]


@pytest.mark.parametrize("repo", ["parrot", "../parrot", "https://example.com/a/b"])
def test_what_is_no_id_is_refused_at_once(upload: Upload, repo: str) -> None:
    done = upload(repo, "parrot", "--send")
    assert done.exit_code == 2
    assert done.stderr == f"cardiogram: {repo!r} is no id of a repository\n  OWNER/NAME\n"


def test_no_settings_file_sends(upload: Upload) -> None:
    Path("cardiogram.toml").write_text("[upload]\nsend = true\n")
    done = upload(REPO, "parrot")
    assert done.exit_code == 2
    assert "--send counts on the command line only" in done.stderr
