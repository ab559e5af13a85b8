"""What agents are given, used from an empty environment: the skill to the letter, and the tools."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from try_release import Installed

_CLIENT = """
import asyncio, json, sys, time
from mcp import Client
from mcp.client.stdio import StdioServerParameters, stdio_client

async def talk(program):
    started = time.perf_counter()
    server = StdioServerParameters(command=program, env=dict(__import__("os").environ))
    async with Client(stdio_client(server)) as client:
        start, answers = time.perf_counter() - started, {}
        for tool in (await client.list_tools()).tools:
            seconds = []
            for _ in range(2):
                before = time.perf_counter()
                result = await client.call_tool(tool.name, {})
                seconds.append(time.perf_counter() - before)
            answers[tool.name] = [seconds[-1], result.content[0].text]
        print(json.dumps([start, answers]))

asyncio.run(talk(sys.argv[1]))
"""


def follow_skill(here: Installed, model: Path) -> str:
    """Do what the printed skill says, in its order, with the answers of its example."""
    there = replace(here, work=model)
    skill = there.cardiogram("skill")
    beside = model.parent / "beside"
    beside.mkdir()
    before = beside / "before.md"
    before.write_bytes((model / "README.md").read_bytes())
    answers = re.findall(r"^    ([a-z-]+: .*)$", skill, flags=re.MULTILINE)
    (beside / "answers.yaml").write_text("\n".join(answers), "utf-8")
    commands = re.findall(r"^    cardiogram (.*)$", skill, flags=re.MULTILINE)
    for line in commands:
        words = shlex.split(line.replace("/tmp/NAME", beside.as_posix()))
        named = ["--id", "me/parrot"] if words[0] == "improve" else []
        said = there.cardiogram(*words, *named)
    assert said == "", f"the last command of the skill finds more to do:\n{said}"
    with (model / "README.md").open("a", encoding="utf-8") as card:
        card.write("\nIt gets an accuracy of 97.3 %.\n")
    said = there.cardiogram("verify", ".", "--against", before, code=1)
    assert "97.3" in said
    return f"{len(commands)} commands, {len(skill.encode()):,} bytes; an invented number is refused"


def ask_tools(here: Installed, model: Path) -> str:
    """Ask each tool twice by the official client, over standard input and output."""
    there = replace(here, work=model)
    said = there.run(there.python, "-c", _CLIENT, there.program("cardiogram-mcp"))
    start, answers = json.loads(said)
    assert set(answers) == {"facts", "check_card", "improve_card", "verify_card"}
    assert all("###" in text for _, text in answers.values())
    slowest = max(seconds for seconds, _ in answers.values())
    return f"started in {start:.1f} s, answers within {slowest:.2f} s"
