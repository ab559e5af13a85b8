"""No output holds a login, an e-mail address or a place on somebody's disk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, strategies as st

from cardiogram.cli import main
from cardiogram.repository.access import withhold
from limits import takes_under


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


HEX = "0123456789abcdef" * 3
SECRETS = {
    "hub": "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
    "old hub": "api_org_" + "AbCdEfGhIjKlMnOpQrStUvWxYz01234567",
    "model provider": "sk-" + "proj-AbCdEfGhIjKlMnOpQrStUvWx_0123",
    "git": "ghp_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "git, fine": "github_pat_" + "11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
    "cloud": "AKIA" + "IOSFODNN7EXAMPLE",
    "search": "AIza" + "SyA-0123456789abcdefghijklmnopqrstu",
    "chat": "xoxb-" + "1234567890-abcdefghijklmnop",
    "bearer": "Bearer " + "abcdefghijklmnop.0123456789",
    "web token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
    "tracker": "WANDB_API_KEY=" + HEX[:40],
    "key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\nabc\n-----END RSA PRIVATE KEY-----",
    "address": "https://anna:hunter2hunter2@example.org/x",
    "signed": "https://cdn.example.org/f?X-Amz-Signature=" + HEX[:32] + "&X-Amz-Expires=3600",
}
MAIL = ("anna@example.org", "Anna.Schmidt+models@mail.uni-example.ac.uk")
PLACES = (
    "/home/anna/work/model",
    "/Users/anna/Documents/My Models/run 3/config.json",
    r"C:\Users\Anna Schmidt\models\run3",
    r"D:\data\train.json",
    "C:/Users/anna/models",
    "/mnt/nas/anna/data.jsonl",
    "file:///home/anna/x.json",
    r"\\server\share\anna\x",
    "/root/checkpoint-100",
    "/content/drive/MyDrive/anna",
    "/scratch/project_42/anna",
    "/workspace/out/checkpoint-7",
)
HONEST = (
    "./out/checkpoint-2325",
    "tarnlab/tarn-bert-base",
    "https://huggingface.co/home/x",
    "https://example.org/Users/guide/data/tmp",
    "recall@10, map@0.5 and precision@k",
    "a/b/home/c and and/or, 1/2, km/h",
    "<|im_start|>user\n{{ messages[0]['content'] }}<|im_end|>",
    "model-00001-of-00002.safetensors",
    "0123456789abcdef0123456789abcdef01234567",
    "pad_token: <pad>, eos_token_id=128009, token: 128000",
    "dataset: ospreylm/field-notes-instruct; seed=42",
    "sk-learn and hf_transfer, hf_hub_download(repo_id)",
    '<div class="sk-toggleable__label-arrow sk-hidden--visually-and-more">',
    "s3://bucket/data/train",
    "Basic usage and Bearer tokens",
    "d:e and a:b",
    "Ratio 3:4",
    "Questions? @anna on the Hub",
    "git@hf.co:anna/model",
)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("text", ["{}", "token is {}.", '{{"a": "{}"}}', "x={}, y"])
def test_a_login_does_not_leave(name: str, text: str) -> None:
    secret = SECRETS[name]
    shown = withhold(text.format(secret))
    core = max(re.findall(r"[A-Za-z0-9]{8,}", secret.replace("example", "")), key=len)
    assert core not in shown
    assert "[token]" in shown


@pytest.mark.parametrize("text", ["{}", "ask <{}>", '"{}",', "mailto:{}", "by {} and others"])
@pytest.mark.parametrize("mail", MAIL)
def test_an_address_does_not_leave(mail: str, text: str) -> None:
    shown = withhold(text.format(mail))
    assert "@" not in shown
    assert "anna" not in shown.lower()
    assert "[e-mail address]" in shown


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "text", ["{}", "saved to {}", '{{"path": "{}"}}', "path={}", "({})", "`{}`"]
)
def test_a_place_on_a_disk_does_not_leave(place: str, text: str) -> None:
    shown = withhold(text.format(place))
    assert "[local path]" in shown
    for word in ("anna", "Anna", "Schmidt", "models", "train", "checkpoint", "config", "share"):
        assert word not in shown.replace("[local path]", "")
    escaped = withhold(json.dumps({"path": place}))
    assert "nna" not in escaped


def test_a_login_or_a_place_that_is_glued_to_a_word_does_not_leave() -> None:
    assert withhold("x" + SECRETS["hub"]) == "x[token]"
    assert "anna" not in str(withhold([r"runC:\Users\anna\x", r" \Users\anna\x", "xC:/Users/anna"]))


@pytest.mark.parametrize("text", HONEST)
def test_what_is_none_of_these_stays(text: str) -> None:
    assert withhold(text) == text


def test_every_text_of_a_value_is_looked_at() -> None:
    value = {"a@example.org": ["/home/x/y", ("b@example.org", 7, None)], "k": {"n": 1.5}}
    assert withhold(value) == {
        "[e-mail address]": ["[local path]", ("[e-mail address]", 7, None)],
        "k": {"n": 1.5},
    }


@given(st.text(max_size=60), st.sampled_from([*SECRETS.values(), *MAIL, *PLACES]))
def test_what_was_withheld_once_stays_as_it_is(text: str, secret: str) -> None:
    once = withhold(f"{text} {secret} {text}")
    assert withhold(once) == once


@pytest.mark.parametrize(
    "part", ["/home/a ", "a@", "a.b-c+", "eyJ", "sk-a", "/", "\\\\a", "://a:", " x/"]
)
def test_a_long_text_takes_no_longer_than_its_length(part: str) -> None:
    text = part * (200_000 // len(part))
    assert takes_under(2, lambda: withhold(text))


def test_a_token_in_a_card_is_not_printed(tmp_path: Path) -> None:
    token = "hf_" + "aBcDeFgHiJ" * 3
    (tmp_path / "config.json").write_text(
        json.dumps(
            {
                **{"architectures": ["BertModel"], "transformers_version": "4.57.0"},
                "max_position_embeddings": 512,
            }
        )
    )
    (tmp_path / "README.md").write_text(
        f"---\nlicense: mit\ndatasets:\n- a/{token}\n---\n# Wren\n\n"
        f"With {token} the maximum length is 1024 tokens.\n"
    )
    folder = str(tmp_path)
    for command, forms in {
        "check": ("text", "json", "sarif"),
        "verify": ("text", "markdown", "github"),
        "improve": ("text", "diff"),
    }.items():
        for form in forms:
            said = CliRunner().invoke(main, [command, folder, "-v", "--format", form])
            assert said.exit_code in (0, 1), said.output
            assert token not in said.output, (command, form)
            assert token[3:20] not in said.output, (command, form)
    assert "[token]" in said.output
