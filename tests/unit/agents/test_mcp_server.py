"""The server, asked by the official client: in memory, and over standard input and output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import anyio
import pytest

pytest.importorskip("mcp")

from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client
from mcp_types import CallToolResult, TextContent

import cardiogram
from cardiogram.agents import CardTools, make_server

TOOLS = ["facts", "check_card", "improve_card", "verify_card"]
PYTHON = [sys.executable, "-m", "cardiogram.agents.over_stdio"]
ENVIRON = {
    **os.environ,
    "HF_HUB_OFFLINE": "1",
    "PYTHONPATH": str(Path(cardiogram.__file__).parents[1]),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n\n# Wren\n\nIt has 24 layers.\n")
    config = {"model_type": "bert", "num_hidden_layers": 12, "architectures": ["BertModel"]}
    (tmp_path / "config.json").write_text(json.dumps(config))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path


def ask(server: Any, questions: Callable[[Client], Coroutine[Any, Any, None]]) -> None:
    async def talk() -> None:
        async with Client(server) as client:
            await questions(client)

    anyio.run(talk)


def text_of(result: CallToolResult) -> str:
    (part,) = result.content
    assert isinstance(part, TextContent)
    return part.text


def test_tools_read_and_say_how(folder: Path) -> None:
    async def questions(client: Client) -> None:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == TOOLS
        for tool in tools:
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint
            assert not tool.annotations.destructive_hint
            assert tool.description
            assert "target" in tool.input_schema["properties"]
        assert sum(len(tool.model_dump_json()) for tool in tools) < 5000
        assert client.instructions is not None
        assert all(name in client.instructions for name in TOOLS[1:])
        assert "Never answer one yourself" in client.instructions

    ask(make_server(folder), questions)


def test_answers_and_errors(folder: Path) -> None:
    own = CardTools(folder)

    async def questions(client: Client) -> None:
        for name in TOOLS:
            result = await client.call_tool(name, {})
            assert not result.is_error
            assert text_of(result) == getattr(own, name)()
        said = await client.call_tool("verify_card", {"text": "# W\n\nIts accuracy is 97.3 %.\n"})
        assert "Its accuracy is 97.3 %." in text_of(said)
        for arguments, words in (
            ({"target": "../x"}, "no file or folder '../x'"),
            ({"text": "a" * 5_000_000}, "text of 5,000,000 bytes: at most 1,048,576 are read"),
            ({"target": 7}, "valid string"),
        ):
            refused = await client.call_tool("check_card", arguments)
            assert refused.is_error
            assert words in text_of(refused)
            assert len(text_of(refused)) < 400

    ask(make_server(folder), questions)


def test_what_breaks_says_nothing_of_this_machine(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: CardTools, target: str = ".") -> str:
        raise RuntimeError(f"a secret of {folder}")

    monkeypatch.setattr(CardTools, "facts", broken)

    async def questions(client: Client) -> None:
        result = await client.call_tool("facts", {})
        assert result.is_error
        assert text_of(result) == "Error executing tool facts"

    ask(make_server(folder), questions)


def test_over_standard_input_and_output(folder: Path) -> None:
    arguments = [*PYTHON[1:], str(folder)]
    params = StdioServerParameters(command=PYTHON[0], args=arguments, cwd="/", env=ENVIRON)

    async def questions(client: Client) -> None:
        assert [tool.name for tool in (await client.list_tools()).tools] == TOOLS
        result = await client.call_tool("verify_card", {})
        assert "The card says 12 layers" not in text_of(result)
        assert "The card says 24 layers; config.json says 12." in text_of(result)
        assert (await client.call_tool("facts", {"target": "/etc"})).is_error

    ask(stdio_client(params), questions)


def test_it_says_what_it_is_and_what_it_needs(folder: Path) -> None:
    missing = (
        "import sys; sys.modules['mcp'] = None\nfrom cardiogram.agents.over_stdio import run\nrun()"
    )
    for command, code, words in (
        ([*PYTHON, "--help"], 0, "Serves facts, check_card, improve_card and verify_card"),
        ([*PYTHON, "one", "two"], 2, "Usage: cardiogram-mcp [FOLDER]"),
        ([*PYTHON, "nowhere"], 2, "no folder 'nowhere': "),
        ([sys.executable, "-c", missing], 2, "pip install 'cardiogram[mcp]'"),
    ):
        done = subprocess.run(command, capture_output=True, text=True, env=ENVIRON, check=False)
        assert (done.returncode, done.stdout) == (code, "")
        assert words in done.stderr
        assert "Traceback" not in done.stderr
