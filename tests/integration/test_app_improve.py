"""A better card in the app: by keyboard in a folder; a pull request shown before it is sent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import faults, needs_chromium, sync_api, visiting
from running_app import running_app
from stand_in import StandIn

pytestmark = needs_chromium
HOSTILE = '<img src=x onerror="window.__pwned = 1">'
CARD = f"""---
license: mit
---
# Heron

It tells herons from bitterns. It has a context length of 4096 tokens.

{HOSTILE}
"""
CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "num_hidden_layers": 6,
    "max_position_embeddings": 512,
    "transformers_version": "4.45.2",
    "id2label": {"0": "heron", "1": "bittern"},
}
ANSWER = "It takes egrets for herons at dusk."


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def address(workspace: Path, stand_in: StandIn) -> Iterator[str]:
    """The app, whose workers take the environment that is there when they begin."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", stand_in.url)
        patch.setenv("XDG_STATE_HOME", str(workspace.parent))
        patch.setattr("huggingface_hub.constants.ENDPOINT", stand_in.url)
        with running_app(workspace) as found:
            yield found


@pytest.fixture
def login() -> Iterator[None]:
    """The login that `hf auth login` leaves."""
    path = Path(os.environ["HF_HOME"]) / "token"
    path.write_text("hf_test_token")
    yield
    path.unlink()


@pytest.fixture
def folder(workspace: Path) -> Path:
    folder = workspace / "heron"
    folder.mkdir(exist_ok=True)
    (folder / "README.md").write_text(CARD)
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "README.proof.json").unlink(missing_ok=True)
    return folder


def test_a_folder_s_card_by_keyboard_alone(
    browser: sync_api.Browser, address: str, folder: Path
) -> None:
    look = {"color_scheme": "dark", "viewport": {"width": 360, "height": 800}}
    with visiting(browser, f"{address}#improve/heron", **look) as visit:
        page = visit.page
        page.locator(".draft").wait_for()
        assert page.get_by_text(HOSTILE).count() == 1  # its words, and no element
        assert faults(page) == []
        page.locator(".draft .note input").first.focus()
        page.keyboard.press("j")
        page.keyboard.press("k")
        while "context" not in page.locator(".change:focus-within").inner_text():
            page.keyboard.press("j")
        page.keyboard.press("p")
        proof = page.locator(".proof").first.inner_text()
        assert "config.json" in proof
        assert "/max_position_embeddings" in proof
        assert "512" in proof
        page.keyboard.press("Space")
        page.locator(".change.left", has_text="Left alone").wait_for()
        page.locator("del", has_text="4096").wait_for(state="detached")
        assert page.locator(".change:focus-within", has_text="Left alone").count() == 1
        page.get_by_label("What is true").first.wait_for()  # its side and the files' are asked for
        page.locator("#ask-limitations").focus()
        page.keyboard.type(ANSWER)
        page.get_by_text("In the draft.").wait_for()
        assert "Rated" in page.locator(".improve [role=status]").inner_text()
        page.reload()
        page.locator("ins", has_text=ANSWER).wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_role("button", name="Write into the folder").focus()
        page.keyboard.press("Enter")
        page.get_by_text("Written: heron/README.md, heron/README.proof.json").wait_for()
        assert page.get_by_text("A pull request goes out").count() == 0
        page.get_by_label("Its id on the Hub").fill("egret/heron")
        page.keyboard.press("Enter")
        page.get_by_text("open it by its id, egret/heron").wait_for()
    text = (folder / "README.md").read_text()
    assert ANSWER in text
    assert "context length of 4096 tokens" in text
    assert HOSTILE in text
    assert "BertForSequenceClassification" in text


def test_a_pull_request_is_shown_and_then_sent(
    browser: sync_api.Browser, address: str, hub: StandIn, login: None
) -> None:
    repo = "egret/heron"
    hub.add({"id": repo, "readme": CARD, "files": {"config.json": json.dumps(CONFIG)}})
    with visiting(browser, f"{address}#improve/{repo}") as visit:
        page = visit.page
        page.get_by_role("button", name="Show the pull request").click()
        send = page.get_by_role("button", name=f"Send it to {repo} as tester")
        send.wait_for()
        assert page.locator(".request pre").inner_text().startswith("These changes to the model")
        assert faults(page) == []
        assert send.is_disabled()  # it is another's
        assert list(hub.inside(repo)["files"]) == ["refs/heads/main"]
        page.locator(".draft .note input").last.click()  # what was shown is no longer the draft
        send.wait_for(state="detached")
        page.locator(".draft .note input").last.click()
        page.get_by_role("button", name="Show the pull request").click()
        page.get_by_label("is not mine").check()
        send.click()
        page.get_by_text("Sent: pull request 1.").wait_for()
    sent = hub.inside(repo)["files"]["refs/pr/1"]["README.md"]
    assert "BertForSequenceClassification" in sent
