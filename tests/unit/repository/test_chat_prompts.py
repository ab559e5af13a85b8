"""A chat template is another's program: what it makes of a message, and what it cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cardiogram.repository.facts import Files
from cardiogram.repository.facts.contents.chat_prompts import chat_prompt
from cardiogram.repository.formats import chat_rendering, render_chat
from repository_rows import InMemory, check_sources

TEMPLATE = "{{ bos_token }}{% for m in messages %}[INST] {{ m['content'] }} [/INST]{% endfor %}"

needs_jinja = pytest.mark.skipif(not chat_rendering.can_render(), reason="jinja2 is not installed")


def prompts_of(template: object, **tokens: Any) -> list[object]:
    config = json.dumps({"chat_template": template, **tokens}).encode()
    repository = InMemory("a/b", {"tokenizer_config.json": config}, others={})
    files = Files(repository)
    facts = files.facts(chat_prompt)
    assert not files.problems
    check_sources(repository, facts)
    return [fact.value for fact in facts]


@needs_jinja
def test_the_prompt_is_what_the_template_makes() -> None:
    token = {"content": "<s>", "lstrip": False}
    assert prompts_of(TEMPLATE, bos_token=token) == ["<s>[INST] Hello! [/INST]"]
    spaced = "{% if messages %}\n  {% for m in messages %}\n{{ m.role }}: {{ m.content }}\n"
    spaced += "  {% endfor %}\n{% endif %}\n{% if add_generation_prompt %}assistant:{% endif %}"
    assert prompts_of(spaced) == ["user: Hello!\nassistant:"]  # blocks leave no blank lines


@pytest.mark.parametrize(
    "template",
    [
        TEMPLATE,  # no file has the token that it begins with
        "{{ messages[0].content }}{{ strftime_now('%d') if strftime_now is defined else 'June' }}",
        "{{ messages[0].content }}```",
        "Always the same.",
        "{{ messages[0].content }}{{ '\\n' * 60 }}x",
        [{"name": "rag", "template": "{{ messages[0].content }}"}],
        "{{ messages[0].content",
    ],
)
def test_what_is_not_sure_is_not_shown(template: object) -> None:
    assert prompts_of(template) == []


@needs_jinja
@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ messages.append(1) }}x",
        "{{ ('a' * 10**9)|length }}",
        "{{ 'a' * 5000 }}",
        "{{ raise_exception('no') }}",
    ],
)
def test_a_hostile_template_makes_nothing(template: str) -> None:
    assert render_chat(template, "Hello!", {}) == ""


@needs_jinja
def test_a_template_without_an_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_rendering, "_SECONDS", 0.1)
    loop = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}x"
    assert render_chat(loop, "Hello!", {}) == ""


def test_nothing_is_rendered_without_jinja(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chat_rendering, "find_spec", lambda name: None)
    assert prompts_of(TEMPLATE, bos_token="<s>") == []
