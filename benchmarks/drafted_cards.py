"""What a draft did to a card, read without any code that made it: words, statements, forms."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from cardiogram.cards import parse_card
from cardiogram.cards.lint import lint
from cardiogram.improve import with_readme

Json = dict[str, Any]
README = "README.md"
_UNFILLED = (
    *("[More Information Needed]", "More Information Needed", "More information needed"),
    *("# TODO: add an example code snippet for running this diffusion pipeline",),
    *("TODO: Add your code",),
)
"""What templates leave for their authors to fill."""
_WORD = re.compile(r"\w+|[^\w\s]")
_LEFT_OPEN = re.compile(r"[?？]\s*(?:[*_`>)]*\s*)$|\bTODO\b")
_NO_PROSE = re.compile(r"^\s*(?:#|\||```|~~~|---|\.\.\.|<|>?\s*$)")


@dataclass(slots=True)
class Result:
    """What came of one card.

    Attributes
    ----------
    unsupported
        Added lines that say what no file proves, with the claim that they make.
    kept, lost
        Share of the author's words that are there, and those that are not; what a repair or a
        correction names is no word of theirs.
    strictly
        The same share where only the strings that the expected file calls template may go.
    sentences, unverified
        How many a draft adds with proof, and those that `verify` does not find to hold.
    bare
        Added lines of prose that no sentence of the draft owns.
    faults
        Why the result is no valid card, where the card before was one.
    broken
        Whether the card before was not valid, and is so still.
    rating, gain, answered
        Of the card before; what facts add to it; what facts and answers add.
    """

    id: str
    error: str = ""
    seconds: float = 0.0
    requests: int = 0
    changes: int = 0
    unsupported: list[str] = field(default_factory=list)
    kept: float = 1.0
    strictly: float = 1.0
    lost: list[str] = field(default_factory=list)
    sentences: int = 0
    unverified: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    broken: bool = False
    refused: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    stable: bool = True
    rating: float = 0.0
    gain: float = 0.0
    answered: float | None = None
    before: str = ""
    after: str = ""


def measure(
    repository: Any,
    draft_of: Callable[..., Any],
    judge: Any,
    entry: Mapping[str, Any] | None = None,
    answers: Mapping[str, str] | None = None,
    validate: Callable[[str], Sequence[str]] = lambda text: (),
) -> Result:
    """Draft a card and look at what came.

    Parameters
    ----------
    entry
        What is expected of the repository, where that is known.
    validate
        What the Hub says of a README: errors.
    """
    result = Result(repository.id)
    start = time.process_time()
    try:
        draft = draft_of(repository)
    except Exception as error:
        result.error = f"{type(error).__name__}: {error}"
        return result
    result.seconds = time.process_time() - start
    before, after = draft.before.encode(), draft.after.encode()
    result.before, result.after = draft.before.text, draft.after.text
    result.changes = len(draft.changes)
    result.refused = [f"{change.id}: {why}" for change, why in draft.refused]
    result.questions = [question.id for question in draft.questions]
    entry = entry or {}
    result.unsupported = unsupported(result.before, result.after, entry.get("unsupported", ()))
    listed = entry.get("template", _UNFILLED)
    template = [*listed, *replaced(draft.changes)]
    result.strictly, _ = kept(result.before, result.after, listed)
    result.kept, result.lost = kept(result.before, result.after, template)
    check_sentences(result, draft, repository, after)
    check_forms(result, before, after, validate)
    again = _drafted(draft_of, with_readme(repository, draft.after))
    result.stable = again == after
    result.rating = rate(judge, before, repository.id)
    result.gain = rate(judge, after, repository.id) - result.rating
    if answers:
        with_answers = _drafted(draft_of, repository, answers=answers)
        result.answered = rate(judge, with_answers, repository.id) - result.rating
    return result


def _drafted(draft_of: Callable[..., Any], repository: Any, **options: Any) -> bytes:
    try:
        data: bytes = draft_of(repository, **options).after.encode()
    except Exception as error:
        return f"{type(error).__name__}: {error}".encode()
    return data


def replaced(changes: Iterable[Any]) -> list[str]:
    """Lines and words that a correction or a repair took away: not the author's to keep."""
    gone = []
    for change in changes:
        if change.kind in ("repair", "correction"):
            for operation in change.operations:
                gone += getattr(operation, "was", ())
                gone += [w for w in (getattr(operation, "old", ""),) if w]
    return gone


def added_blocks(before: str, after: str) -> list[tuple[list[str], list[str]]]:
    """Runs of lines that are new, each with the lines in whose place they stand."""
    old, new = before.splitlines(), after.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (old[a:b], new[c:d])
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind in ("insert", "replace")
    ]


def unsupported(before: str, after: str, claims: Iterable[Json]) -> list[str]:
    """Added lines that make one of these claims; questions and lines left open are none."""
    matched = []
    for old, new in added_blocks(before, after):
        said, was = "\n".join(line for line in new if not is_open(line)), "\n".join(old)
        for claim in claims:
            for pattern in claim["patterns"]:
                place = re.search(pattern, said, re.IGNORECASE | re.MULTILINE)
                if place and place[0] not in was:
                    start = said.rfind("\n", 0, place.start()) + 1
                    line = said[start:].split("\n", 1)[0]
                    matched.append(f"{claim['claim']}: {line.strip()[:160]}")
    return matched


def is_open(line: str) -> bool:
    """Whether a line is a question or left for the author."""
    return bool(_LEFT_OPEN.search(line))


def kept(before: str, after: str, template: Iterable[str] = ()) -> tuple[float, list[str]]:
    """Share of the words that stand in the other text in the same order, and the rest.

    The longest common subsequence of words: pairs of lines or blocks may be unlike where a
    template's words went, so they prove no loss.
    """
    for words in sorted(set(template), key=len, reverse=True):
        if words.strip():
            before = before.replace(words, "\n")
    had, has = _WORD.findall(before), _WORD.findall(after)
    lost = [had[n] for n in words_lost(had, has)]
    return (1 - len(lost) / len(had) if had else 1.0), lost


def words_lost(had: Sequence[str], has: Sequence[str]) -> list[int]:
    """Places of the words that no longest common subsequence needs; Myers' shortest edit."""
    reach, trail = {1: 0}, []
    for edits in range(len(had) + len(has) + 1):
        trail.append(dict(reach))
        for k in range(-edits, edits + 1, 2):
            down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
            x = reach[k + 1] if down else reach[k - 1] + 1
            while x < len(had) and x - k < len(has) and had[x] == has[x - k]:
                x += 1
            reach[k] = x
            if x >= len(had) and x - k >= len(has):
                return _walk_back(trail, len(had), len(has))
    return []


def _walk_back(trail: Sequence[Mapping[int, int]], x: int, y: int) -> list[int]:
    lost = []
    for edits in range(len(trail) - 1, 0, -1):
        reach, k = trail[edits], x - y
        down = k == -edits or (k != edits and reach[k - 1] < reach[k + 1])
        above = k + 1 if down else k - 1
        if not down:
            lost.append(reach[above])
        x, y = reach[above], reach[above] - above
    return lost[::-1]


def check_sentences(result: Result, draft: Any, repository: Any, after: bytes) -> None:
    """Ask `verify` for every sentence that a draft adds; name prose that is none of them."""
    from cardiogram.repository.proof import Proof, verify

    card = parse_card(after, id=repository.id)
    claims = tuple(getattr(draft, "claims", ()) or ())
    commit = getattr(repository, "commit", "")
    proof = Proof(card.sha256, claims, repository.id, "model", commit) if claims else None
    states: dict[int, set[str]] = {}
    for each in verify(card, with_readme(repository, draft.after), proof).sentences:
        states.setdefault(each.line, set()).add(each.state)
    lines = result.after.splitlines()
    own = [sentence for change in draft.changes for sentence in change.sentences]
    for sentence in (each for each in own if not each.answered):
        result.sentences += 1
        places = _lines_of(sentence.text, lines)
        at = set().union(*(states.get(place, set()) for place in places)) if places else {"absent"}
        if not at & {"holds", "moved"} or at & {"contradicted", "doubtful", "gone", "absent"}:
            state = "/".join(sorted(at)) or "no claim"
            result.unverified.append(f"{state}: {sentence.text.strip()[:120]}")
    texts = " ".join(" ".join([*(sentence.text for sentence in own), *corrected(draft)]).split())
    result.bare = [
        line
        for line in added_prose(result.before, result.after)
        if " ".join(line.split()) not in texts
    ]


def corrected(draft: Any) -> list[str]:
    """Lines with a correction: of these the author wrote the rest."""
    return [
        line
        for change in draft.changes
        for operation in change.operations
        for line in getattr(operation, "lines", ())
        if change.kind == "correction"
    ]


def added_prose(before: str, after: str) -> list[str]:
    """New lines that state something: no heading, table, code, metadata, or question."""
    new, code, prose = after.splitlines(), False, []
    stated = []
    for line in new:
        fence = line.lstrip().startswith(("```", "~~~"))
        code = code != fence
        stated.append(not (code or fence or _NO_PROSE.match(line) or is_open(line)))
    old = before.splitlines()
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, first, last in matcher.get_opcodes():
        if kind in ("insert", "replace"):
            was = "\n".join(old[a:b])
            prose += [new[n].strip() for n in range(first, last) if stated[n] and says(new[n], was)]
    return prose


def says(line: str, was: str) -> bool:
    """Whether a line is a sentence with words that did not stand there in this order."""
    words, left = _WORD.findall(line), iter(_WORD.findall(was))
    return len(line.split()) > 3 and not all(word in left for word in words)


def _lines_of(text: str, lines: Sequence[str]) -> list[int]:
    """Numbers of the lines on which a text stands, whole lines before parts of lines."""
    wanted = {line.strip() for line in text.splitlines() if line.strip()}
    whole = [number for number, line in enumerate(lines, 1) if line.strip() in wanted]
    return whole or [n for n, line in enumerate(lines, 1) if any(part in line for part in wanted)]


def check_forms(
    result: Result, before: bytes, after: bytes, validate: Callable[[str], Sequence[str]]
) -> None:
    """Ask the Hub's validator and the linter; what was wrong before and is so still is apart."""

    def faults(raw: bytes) -> list[str]:
        text = raw.decode("utf-8-sig")
        errors = [f"Hub: {error}" for error in validate(text)] if raw else []
        findings = lint(parse_card(raw, id=result.id), raw)
        return errors + [f"{f.rule} {f.message}" for f in findings if f.severity == "error"]

    had, has = faults(before), faults(after)
    result.broken = bool(had and has)
    result.faults = [fault for fault in has if fault not in had]


def rate(judge: Any, raw: bytes, id: str) -> float:
    """The overall rating."""
    (rating,) = judge.rate([parse_card(raw, id=id)])
    score = rating.scores.get("overall")
    return float(score.expected) if score else 1.0
