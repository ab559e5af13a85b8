"""A chat template rendered as its library would: in a sandbox, in a process of bounded means.

The template is another's program. So it runs under jinja2's sandbox, in a process that may use
neither much memory nor much time, write no file, and of whose output a bounded part is read.
Nothing is rendered where jinja2 is not installed, or where a system cannot bound a process.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.util import find_spec

LONGEST_TEMPLATE, LONGEST_PROMPT = 64_000, 4_000
_MEMORY, _SECONDS = 256 << 20, 1


def can_render() -> bool:
    """Whether jinja2 is installed, and a process can be bounded."""
    return bool(sys.executable) and all(find_spec(name) for name in ("jinja2", "resource"))


def render_chat(template: str, content: str, tokens: Mapping[str, str]) -> str:
    """The prompt that a template makes of one message of the user; "" where it makes none.

    Parameters
    ----------
    tokens
        Special tokens by the names that templates give them: ``bos_token`` ...
    """
    if len(template) > LONGEST_TEMPLATE or not can_render():
        return ""
    return _rendered(template, content, tuple(sorted(tokens.items())))


@lru_cache(maxsize=64)
def _rendered(template: str, content: str, tokens: Sequence[tuple[str, str]]) -> str:
    given = json.dumps({"template": template, "content": content, "tokens": dict(tokens)})
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__],
            input=given.encode(),
            capture_output=True,
            timeout=3 * _SECONDS,
            env={},
            check=False,
        )
        prompt = json.loads(done.stdout) if done.returncode == 0 else ""
    except (OSError, ValueError, subprocess.SubprocessError):
        return ""
    return prompt if isinstance(prompt, str) else ""


def _bound() -> None:
    """Take from this process what a template does not need."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LONGEST_PROMPT * 16, LONGEST_PROMPT * 16))


def _main() -> None:
    """Render what stands on the standard input, with the settings that transformers has."""
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    given = json.loads(sys.stdin.buffer.read())
    _bound()
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.globals["raise_exception"] = _refuse
    prompt = environment.from_string(given["template"]).render(
        messages=[{"role": "user", "content": given["content"]}],
        tools=None,
        documents=None,
        add_generation_prompt=True,
        **given["tokens"],
    )
    if len(prompt) <= LONGEST_PROMPT:
        sys.stdout.write(json.dumps(prompt))


def _refuse(message: str) -> None:
    raise ValueError(message)


if __name__ == "__main__":
    with contextlib.suppress(Exception, RecursionError):
        _main()
