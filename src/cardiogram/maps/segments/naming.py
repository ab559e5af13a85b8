"""Names for segments, without any model: what most of its models are, said as a person would.

The grammar knows what kinds of models there are (copies, adapters, merges, agents, fine-tunes)
and puts families, tasks and languages where they belong in English. A word gets into a name only
when three of five of the segment's models stand behind it; the evidence says how many.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cardiogram.cards.features import PHRASES, Facets
from cardiogram.names import DATA

MOST = 0.6
"""Part of a segment that must have something before the name says so."""

_WORDLESS = 40
_TERMS = 12
_MIXED = 3
_KINDS = ("agent", "quantised", "merge", "adapter", "trainer", "big lab", "template")
_FACETS = ("families", "formats", "tasks", "libraries", "languages", "domains", "labs")
_GENERIC = frozenset({"text generation", "text-to-text", "embedding", "chat"})
_EMPTY_WORDS = frozenset(PHRASES["function_words"]["words"]).union(
    (DATA / "segments" / "empty-words.txt").read_text("utf-8").split()
)
"""Words that stand in no name and no list of typical words."""


@dataclass(frozen=True, slots=True)
class Named:
    """A name with what it rests on.

    Attributes
    ----------
    name
        Unique among the segments; starts with a small letter unless its first word never does.
    evidence
        How many of the segment's models stand behind each part of the name.
    by
        `terms and tags`, or the language model that was asked.
    """

    name: str
    evidence: str
    by: str = "terms and tags"


@dataclass(frozen=True, slots=True)
class SegmentContents:
    """What names are made from: the facets of a segment's models, and its terms.

    Attributes
    ----------
    size
        Models whose facets were counted.
    kinds
        Part of the models that rules know as quantised, adapter, ...
    facets
        By facet, part of the models by its value, the largest first.
    terms
        Distinguishing words that enough of its cards have, the best first.
    author, author_share
        The author with most of the models.
    words
        No more than so many words have enough of their cards.
    mixture, mixture_share
        The fewest tasks that enough of the models have between them ("" for no task), if three do.
    """

    size: int
    kinds: Mapping[str, float]
    facets: Mapping[str, Mapping[str, float]]
    terms: tuple[str, ...]
    author: str = ""
    author_share: float = 0.0
    words: float = math.inf
    mixture: tuple[str, ...] = ()
    mixture_share: float = 0.0


def gather(
    facets: Sequence[Facets],
    terms: Sequence[str],
    authors: Sequence[str],
    words: Sequence[int] = (),
) -> SegmentContents:
    """Count what a segment's models are."""
    size = max(1, len(facets))
    kinds = Counter(name for card_facets in facets for name in card_facets.known)
    by_facet = {
        facet: _shares(
            Counter(v for card_facets in facets for v in getattr(card_facets, facet)), size
        )
        for facet in _FACETS
    }
    author, count = Counter(authors).most_common(1)[0] if authors else ("", 0)
    return SegmentContents(
        len(facets),
        _shares(kinds, size),
        by_facet,
        tuple(terms),
        author,
        count / size,
        float(sorted(words)[math.ceil(MOST * len(words)) - 1]) if words else math.inf,
        *_mix_tasks([card_facets.tasks or ("",) for card_facets in facets]),
    )


def _mix_tasks(tasks: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], float]:
    """The fewest tasks that together cover enough models, and the part of the models."""
    chosen: list[str] = []
    left = tasks
    while len(left) > (1 - MOST) * len(tasks):
        if len(chosen) == _MIXED:
            return (), 0.0
        counts = Counter(task for own in left for task in own)
        chosen.append(min(counts, key=lambda task: (-counts[task], task)))
        left = [own for own in left if chosen[-1] not in own]
    return tuple(chosen), 1 - len(left) / max(1, len(tasks))


def _shares(counts: Counter[str], size: int) -> dict[str, float]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return {name: count / size for name, count in ordered}


def name_all(contents: Sequence[SegmentContents]) -> list[Named]:
    """Name segments so that no two names are the same."""
    drafts = [_draft(content) for content in contents]
    for choose in (_by_author, _by_terms):
        taken = Counter(draft.text for draft in drafts)
        if max(taken.values(), default=0) < 2:
            break
        own = _own_terms(drafts, contents)
        drafts = [
            choose(draft, content) if taken[draft.text] > 1 else draft
            for draft, content in zip(drafts, own, strict=True)
        ]
    drafts = list(_numbered(drafts))
    return [Named(draft.text, draft.evidence()) for draft in drafts]


def _own_terms(
    drafts: Sequence[_Draft], contents: Sequence[SegmentContents]
) -> list[SegmentContents]:
    """Leave out the terms that another segment of the same name has, too."""
    answer = []
    for draft, content in zip(drafts, contents, strict=True):
        others = {
            term
            for rival, other in zip(drafts, contents, strict=True)
            if rival.text == draft.text and other is not content
            for term in other.terms
        }
        answer.append(replace(content, terms=tuple(t for t in content.terms if t not in others)))
    return answer


_NOTHING = "Three of five of its models have nothing in common that a name could say."


@dataclass(frozen=True, slots=True)
class _Draft:
    text: str
    proofs: tuple[tuple[str, float], ...]

    def evidence(self) -> str:
        """The proofs as one sentence."""
        said = dict.fromkeys(
            f"{share:.0%} {words}".replace("%", " %") for words, share in self.proofs
        )
        return f"Of its models, {', '.join(said)}." if said else _NOTHING


class _Picker:
    """Takes values of facets that enough models have, and remembers why."""

    def __init__(self, contents: SegmentContents) -> None:
        self.contents = contents
        self.proofs: list[tuple[str, float]] = []

    def take(self, facet: str, words: str) -> str:
        for value, share in self.contents.facets[facet].items():
            if share >= MOST:
                self.proofs.append((f"{words} {value}", share))
                return value
            break
        return ""

    def family(self) -> str:
        return self.take("families", "are named after")

    def language(self) -> str:
        languages = self.contents.facets["languages"]
        named = [name for name in languages if name != "English" and languages[name] >= MOST]
        if len(named) == 1:
            self.proofs.append((f"are for {named[0]}", languages[named[0]]))
            return named[0]
        for kind in ("multilingual", "non-English"):
            if self.contents.kinds.get(kind, 0) >= MOST:
                self.proofs.append((f"are {kind}", self.contents.kinds[kind]))
                return kind
        return ""

    def task(self) -> str:
        task = self.take("tasks", "are for")
        return task if task and task not in _GENERIC else ""


def _draft(contents: SegmentContents) -> _Draft:
    pick = _Picker(contents)
    kind = next((name for name in _KINDS if contents.kinds.get(name, 0) >= MOST), "")
    if kind:
        pick.proofs.append((_SAID[kind], contents.kinds[kind]))
    text = _WRITERS.get(kind, _what)(pick)
    return _Draft(" ".join(text.split()), tuple(pick.proofs))


_SAID = {
    "agent": "are agents",
    "quantised": "are quantised or converted copies",
    "merge": "are merges",
    "adapter": "are adapters",
    "trainer": "have a card that a training tool wrote",
    "big lab": "are of a big lab",
    "template": "have a card with an unfilled template",
}


def _agents(pick: _Picker) -> str:
    library = pick.take("libraries", "use")
    return f"reinforcement-learning agents {f'made with {library}' if library else ''}"


def _copies(pick: _Picker) -> str:
    formed = pick.take("formats", "are in")
    language, family = pick.language(), pick.family()
    what = f"{family} models" if family else f"{pick.task() or 'language'} models"
    return f"quantised {formed} copies of {language} {what}"


def _merges(pick: _Picker) -> str:
    family = pick.family()
    return f"merges of {pick.language()} {family} models"


def _adapters(pick: _Picker) -> str:
    language, family, purpose = pick.language(), pick.family(), pick.task() or _domain(pick)
    base = f"{'for' if not purpose else 'of'} {family} models" if family else ""
    what = f"{base} {f'for {purpose}' if purpose else ''}".strip()
    return f"{language} adapters {what or 'of many kinds'}"


def _fine_tunes(pick: _Picker) -> str:
    language, family, purpose = pick.language(), pick.family(), pick.task() or _domain(pick)
    many = "" if family or language else "for many tasks"
    return f"{language} {family} fine-tunes {f'for {purpose}' if purpose else many}"


def _lab_models(pick: _Picker) -> str:
    lab = pick.take("labs", "are by")
    whose = f"by {lab}" if lab else "by big labs"
    return f"{_what(pick)} {whose}"


def _what(pick: _Picker, otherwise: str = "of many kinds") -> str:
    """`Japanese BERT models for text classification`, with what is known of it."""
    language, family, task = pick.language(), pick.family(), pick.task()
    if not task:
        domain = _domain(pick)
        library = "" if family or domain else pick.take("libraries", "use")
        if family or domain or library:
            return f"{language} {domain} {family} {library} models"
        if generic := pick.take("tasks", "are for"):
            return f"{language} {'language' if generic == 'text generation' else generic} models"
        if not otherwise:
            return f"{language} models"
        if pick.contents.words < _WORDLESS:
            return f"{language} models with hardly a word on them"
        mixed = _mixed(pick)
        return f"{language} {mixed} models" if mixed else f"{language} models {otherwise}"
    return f"{language} {family} {task} models"


def _mixed(pick: _Picker) -> str:
    """`text-to-speech and untagged`: the tasks that enough of them have between them."""
    tasks = sorted(pick.contents.mixture, key=lambda task: not task)
    if tasks:
        said = [f"are for {task}" if task else "have no task tag" for task in tasks]
        pick.proofs.append((_join(said, "or"), pick.contents.mixture_share))
    return _join([task or "untagged" for task in tasks])


def _join(words: Sequence[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _domain(pick: _Picker) -> str:
    return pick.take("domains", "are by name or tag of the domain")


_WRITERS: Mapping[str, Callable[[_Picker], str]] = {
    "agent": _agents,
    "quantised": _copies,
    "merge": _merges,
    "adapter": _adapters,
    "trainer": _fine_tunes,
    "big lab": _lab_models,
    "template": lambda pick: f"{_what(pick, '')} with an unfilled template for a card",
}


def _by_author(draft: _Draft, contents: SegmentContents) -> _Draft:
    if contents.author_share < MOST or f"by {contents.author}" in draft.text:
        return draft
    proof = (f"are by {contents.author}", contents.author_share)
    return replace(draft, text=f"{draft.text} by {contents.author}", proofs=(*draft.proofs, proof))


def _by_terms(draft: _Draft, contents: SegmentContents) -> _Draft:
    terms = readable_terms(contents, 2, draft.text)
    if not terms or not draft.proofs:  # a neutral name says nothing
        return draft
    proofs = (*draft.proofs, (f"or more say {terms}", MOST))
    return replace(draft, text=f"{draft.text} around {terms}", proofs=proofs)


def _numbered(drafts: Sequence[_Draft]) -> Iterator[_Draft]:
    """Number those that still have a name of an earlier one."""
    seen: Counter[str] = Counter()
    for draft in drafts:
        seen[draft.text] += 1
        number = seen[draft.text]
        yield draft if number == 1 else replace(draft, text=f"{draft.text}, group {number}")


def readable_terms(contents: SegmentContents, count: int, text: str = "") -> str:
    """The best terms as a list in words, without those that a text has already.

    Examples
    --------
    >>> readable_terms(SegmentContents(1, {}, {}, ("taxi", "lake", "ppo")), 3)
    'taxi, lake and ppo'
    """
    known = set(text.lower().replace("-", " ").split())
    chosen = [term for term in contents.terms if term not in known and term.isalnum()][:count]
    return _join(chosen)


def common_terms(
    terms: Sequence[str], bags: Iterable[Mapping[str, float]], least: float = MOST
) -> list[str]:
    """Those terms that at least a part of some cards has.

    Examples
    --------
    >>> common_terms(["taxi", "lake"], [{"taxi": 1.0, "lake": 2.0}, {"taxi": 1.0}])
    ['taxi']
    """
    inside = list(bags)
    return [term for term in terms if sum(term in bag for bag in inside) >= least * len(inside)]


def class_terms(
    bags: Sequence[Mapping[str, float]], label: Sequence[int], authors: Sequence[str], count: int
) -> list[list[tuple[str, float]]]:
    """Distinguishing terms of each class, by class-based TF-IDF.

    Parameters
    ----------
    bags
        Term weights of each card.
    label
        Class of each card; -1 for none.
    authors
        Of each card: a term that only one author of several uses names nothing.
    count
        Number of classes.

    References
    ----------
    Grootendorst (2022), BERTopic: Neural topic modeling with a class-based TF-IDF procedure,
    arXiv:2203.05794.
    """
    sums: list[Counter[str]] = [Counter() for _ in range(count)]
    users: list[dict[str, set[str]]] = [{} for _ in range(count)]
    seen: list[set[str]] = [set() for _ in range(count)]
    whole: Counter[str] = Counter()
    for bag, name, author in zip(bags, label, authors, strict=True):
        length = math.sqrt(sum(weight * weight for weight in bag.values())) or 1.0
        for term, weight in bag.items():
            whole[term] += weight / length  # type: ignore[assignment]
            if name >= 0:
                sums[name][term] += weight / length  # type: ignore[assignment]
                users[name].setdefault(term, set()).add(author)
        if name >= 0:
            seen[name].add(author)
    average = sum(whole.values()) / max(1, count)
    answer = []
    for counts, by, everyone in zip(sums, users, seen, strict=True):
        total = sum(counts.values()) or 1.0
        least = min(2, len(everyone))
        scored = [
            (term, value / total * math.log(1 + average / whole[term]))
            for term, value in counts.items()
            if len(by[term]) >= least and _is_telling(term)
        ]
        scored.sort(key=lambda pair: (-pair[1], pair[0]))
        answer.append(scored[:_TERMS])
    return answer


def _is_telling(term: str) -> bool:
    if term.isascii():
        return 3 <= len(term) <= 20 and term.isalnum() and term not in _EMPTY_WORDS
    return len(term) <= 20 and ":" not in term
