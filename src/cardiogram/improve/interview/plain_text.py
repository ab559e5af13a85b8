"""An author's plain text as lines of Markdown that say just that."""

from __future__ import annotations

from cardiogram.lazy import regex

_FENCE = regex(r"\s{0,3}(`{3,}|~{3,})")
_OPENS = regex(r"\s{0,3}(?:#{1,6}(?:\s|$)|\[[^\]]{1,200}\]:)")
_RULES = ({"="}, {"-"}, {"*"}, {"_"})
_TAG = regex(r"<(?=[A-Za-z/!?])(?!https?://|mailto:)")
_CODE = regex(r"(`+)(?:(?!\1).)+\1")


def fence_code(text: str) -> str:
    r"""Python that is not fenced, within a fence; all else as it is.

    Examples
    --------
    >>> fence_code("import otter\notter.run()")
    '```python\nimport otter\notter.run()\n```'
    >>> fence_code("import otter, then run it")
    'import otter, then run it'
    """
    code = text.strip("\n")
    lines = (line.strip() for line in code.splitlines())
    first = next((line for line in lines if line and not line.startswith("#")), "")
    if not _imports(first) or _FENCE.search(code):
        return text
    return f"```python\n{code}\n```"


def _imports(line: str) -> bool:
    """Whether a line is Python that imports."""
    word, _, after = line.partition(" ")
    module, *others = after.split() or [""]
    if not all(part.isidentifier() for part in module.split(".")):
        return False
    if word == "import":
        return not others or (others[0] == "as" and len(others) == 2)
    return word == "from" and others[:1] == ["import"] and len(others) > 1


def plain_lines(text: str) -> tuple[str, ...]:
    r"""Lines that a reader sees as they were typed: lists, links and code that ends are kept.

    What would open a heading, a tag, a comment, a block of metadata or code that never ends is
    escaped.

    Examples
    --------
    >>> plain_lines("# Fails\n<b>on</b> noise\n---")
    ('\\# Fails', '\\<b>on\\</b> noise', '\\---')
    """
    raw = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _is_seen(c))
    lines = [line.rstrip() for line in raw.expandtabs(2).strip().split("\n")]
    marks = [bool(_FENCE.match(line)) for line in lines]
    closed = sum(marks) % 2 == 0
    made: list[str] = []
    in_code = False
    for line, is_fence in zip(lines, marks, strict=True):
        if is_fence and closed:
            in_code = not in_code
            made.append(line)
        elif in_code:
            made.append(line)
        elif line or (made and made[-1]):
            made.append(_escaped(line, is_fence=is_fence))
    return tuple(made)


def _escaped(line: str, *, is_fence: bool) -> str:
    if len(line) - len(line.lstrip()) >= 4:  # a block of code, by an indent
        line = line.lstrip()
    if is_fence or _OPENS.match(line) or set(line) - {" "} in _RULES:
        indent = len(line) - len(line.lstrip())
        return f"{line[:indent]}\\{_without_tags(line[indent:])}"
    return _without_tags(line)


def _without_tags(line: str) -> str:
    made, end = [], 0
    for match in _CODE.finditer(line):
        made += [_TAG.sub(r"\<", line[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*made, _TAG.sub(r"\<", line[end:])])


def _is_seen(character: str) -> bool:
    return character in "\n\t" or character.isprintable()
