"""The example conversation of docs/how-to/work-with-agents.md, as it is run.

The words of the user and of the agent are written here, those of the tools are what the tools
answer on the folder of docs/your-card.md. Each call goes through the server, as an agent's does.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import anyio
from mcp import Client
from mcp_types import TextContent

from cardiogram.agents import QUOTED, make_server

ROOT = Path(__file__).parents[1]
_MODEL = "ticket-router"
_ANSWERS = {
    "by": "Ada Lovelace",
    "training-data": "12,000 tickets of our own help desk, 2021 to 2024, all in English.",
    "limitations": "It fails on tickets of fewer than five words, and on two requests in one.",
}
_INVENTED = "It reaches an accuracy of 95 % on a held-out test set."
_DRAFT = "The draft, quoted:"


def write_conversation() -> str:
    """The conversation as Markdown."""
    return anyio.run(_write)


async def _write() -> str:
    lines: list[str] = []
    with _folder_of_model() as folder:
        async with Client(make_server(folder)) as client:

            async def call(tool: str, *, until: str = "\0", **arguments: object) -> str:
                asked = {"target": _MODEL, "id": f"me/{_MODEL}", **arguments}
                result = await client.call_tool(tool, asked)
                (part,) = result.content
                assert isinstance(part, TextContent)
                assert not result.is_error, part.text
                shown = part.text.partition(until)[0]
                lines.extend([_write_call(tool, arguments), "", *_quote(shown), ""])
                return part.text

            def say(who: str, words: str) -> None:
                lines.extend([f"**{who}**: {words}", ""])

            say("User", "Write the model card for ticket-router.")
            await call("improve_card", until=_DRAFT)
            say(
                "Agent",
                "Its files prove the task, the classes and the architecture. Two things only you "
                "know: what was it trained on, and where does it fail? If you have results or the "
                "training settings at hand, I take them, too.",
            )
            say("User", f"{_ANSWERS['training-data']} {_ANSWERS['limitations']}")
            draft = _read_draft(await call("improve_card", answers=_ANSWERS))
            say("Agent", "*adds a sentence on results, as agents do, and has its text verified*")
            text = f"{draft}\n## Evaluation\n\n{_INVENTED}\n"
            await call("verify_card", text=text, answers=_ANSWERS)
            say("Agent", "*takes it out: no file says it, and you did not*")
            await call("verify_card", text=draft, answers=_ANSWERS)
            await call("check_card", text=draft)
            say(
                "Agent",
                "Your card is the draft above. Task, classes and architecture are from the files, "
                "data and limitations your words; nothing is contradicted. Results, training "
                "settings and code to run it are left out: no file has them. How good is it, on "
                "which test set? Nothing is written or sent yet.",
            )
    return "\n".join(lines)


@contextlib.contextmanager
def _folder_of_model() -> Iterator[Path]:
    """The folder of docs/your-card.md, in a working folder of its own."""
    page = (ROOT / "docs" / "your-card.md").read_text("utf-8")
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "models"
        (folder / _MODEL).mkdir(parents=True)
        for file in ("config.json", "README.md"):
            text = page.partition(f"cat > {file} <<'END'\n")[2].partition("END\n")[0]
            (folder / _MODEL / file).write_text(text, "utf-8")
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def _write_call(tool: str, arguments: Mapping[str, object]) -> str:
    """A call in a line; a card by its size."""
    shown = {name: json.dumps(value, ensure_ascii=False) for name, value in arguments.items()}
    if isinstance(text := arguments.get("text"), str):
        shown["text"] = f"the card of {len(text.splitlines())} lines"
    if "answers" in arguments and "text" in arguments:
        shown["answers"] = "the same"
    words = ", ".join([f'"{_MODEL}"', *(f"{name}={value}" for name, value in shown.items())])
    return f"→ `{tool}({words})`"


def _quote(text: str) -> list[str]:
    """An answer, in a fence that it cannot close."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    answer = text.removeprefix(f"{QUOTED}\n\n").strip()
    return [f"{fence}markdown", answer, fence]


def _read_draft(answer: str) -> str:
    """The card in an answer of improve_card."""
    return answer.partition("```markdown\n")[2].rpartition("```")[0]
