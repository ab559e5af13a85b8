"""What a chat template makes of a message: the prompt, rendered and not guessed."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.fact import Fact
from cardiogram.repository.facts.contents import special_tokens
from cardiogram.repository.facts.repository_files import FactFunction, Files
from cardiogram.repository.formats import render_chat

_MESSAGE = "Hello!"
_TOKENS = {
    "begin_token": "bos_token",
    "end_token": "eos_token",
    "padding_token": "pad_token",
    "unk_token": "unk_token",
}
_NAMED = regex(r"\b(?:bos|eos|pad|unk|sep|cls|mask)_token\b")
_TODAY = "strftime_now"
_MOST_LINES = 40


def chat_prompt(files: Files) -> Iterator[Fact]:
    """The prompt for one message of the user, by the one template that files agree on.

    There is none where the template names a token that no file has, or today's date.
    """
    templates = [f for f in files.facts(special_tokens.chat_template) if not f.about]
    if len(templates) != 1 or not isinstance(templates[0].value, str):
        return
    template = templates[0]
    text = str(template.value)
    functions = (special_tokens.special_tokens, special_tokens.other_tokens)
    said = [fact for function in functions for fact in files.facts(function)]
    known = {_TOKENS.get(f.about or f.name, ""): f for f in reversed(said)}
    needed = set(_NAMED.findall(text))
    if needed - known.keys() or _TODAY in text:
        return
    proven = [known[name] for name in sorted(needed)]
    tokens = {name: str(known[name].value) for name in needed}
    prompt = render_chat(text, _MESSAGE, tokens).strip("\n")
    if _MESSAGE in prompt and _is_shown(prompt):
        sources = (*template.sources, *(fact.sources[0] for fact in proven))
        yield Fact("chat_prompt", prompt, sources, about=_MESSAGE, how="computed")


def _is_shown(prompt: str) -> bool:
    """Whether a prompt can stand in a block of code as it is."""
    lines = prompt.split("\n")
    return len(lines) <= _MOST_LINES and "```" not in prompt and all(map(str.isprintable, lines))


FUNCTIONS: tuple[FactFunction, ...] = (chat_prompt,)
