"""Where an answer goes: the section of the card that speaks of it, or a new one in its order."""

from __future__ import annotations

from cardiogram.cards import Section, is_placeholder
from cardiogram.improve.operations import InsertLines, Operation, ReplaceLines
from cardiogram.improve.view import DraftView

_ORDER = (
    "identity", "usage", "intended", "data", "training", "evaluation", "limitations", "license",
    "citation", "contact",
)  # fmt: skip
_HEADINGS = {
    "usage": "Usage|Verwendung|Utilisation|Uso|使用方法|使い方",
    "intended": "Intended use|Verwendungszweck|Usage prévu|Uso previsto|预期用途|想定される用途",
    "data": "Training data|Trainingsdaten|Données d'entraînement|Datos de entrenamiento"
    "|训练数据|学習データ",
    "training": "Training|Training|Entraînement|Entrenamiento|训练|学習",
    "evaluation": "Evaluation|Evaluation|Évaluation|Evaluación|评估|評価",
    "limitations": "Limitations|Einschränkungen|Limites|Limitaciones|局限性|制限事項",
    "license": "License|Lizenz|Licence|Licencia|许可证|ライセンス",
    "contact": "Contact|Kontakt|Contact|Contacto|联系方式|連絡先",
}
_LANGUAGES = ("en", "de", "fr", "es", "zh", "ja")


def into_section(view: DraftView, topic: str, lines: tuple[str, ...]) -> tuple[Operation, ...]:
    """Put lines at the end of a topic's section, in the place of a placeholder, or into a new one.

    Parameters
    ----------
    topic
        Of :data:`cardiogram.cards.TOPICS`.
    """
    if topic == "identity":
        return (_below_title(view, lines),)
    own = [s for s in view.sections if s.heading and s.depth < 7 and topic in s.topics]
    for section in own:
        if section.blocks and all(is_placeholder(block.text) for block in section.blocks):
            first, last = section.blocks[0].line, section.blocks[-1].last_line
            return (ReplaceLines(_lines(view, first, last), lines, _nth(view, first, last)),)
    if own:
        return (_behind(view, own[0].last_line, lines),)
    return (_new_section(view, topic, lines),)


def _below_title(view: DraftView, lines: tuple[str, ...]) -> InsertLines:
    title = next((s for s in view.sections if s.heading is not None), None)
    if title is not None and title.heading is not None:
        return _behind(view, title.heading.last_line, lines)
    body = view.card.body_line
    return _behind(view, body - 1, lines) if body > 1 else InsertLines(lines)


def _new_section(view: DraftView, topic: str, lines: tuple[str, ...]) -> InsertLines:
    """A section before the first one that the order has behind it."""
    at = _LANGUAGES.index(view.language) if view.language in _LANGUAGES else 0
    heading = _HEADINGS[topic].split("|")[at]
    level = _level(view.sections)
    new = (f"{'#' * level} {heading}", "", *lines)
    later = frozenset(_ORDER[_ORDER.index(topic) + 1 :])
    for before, section in zip(view.sections, view.sections[1:], strict=False):
        if section.depth == level and section.topics & later and not section.topics - later:
            return _behind(view, before.last_line, new)
    return InsertLines(new)


def _level(sections: tuple[Section, ...]) -> int:
    """Depth of the headings that lead through the card."""
    depths = [s.depth for s in sections if s.heading is not None and 0 < s.depth < 7]
    many = [depth for depth in depths if depths.count(depth) > 1]
    return max(2, min(many)) if many else 2


def _behind(view: DraftView, line: int, lines: tuple[str, ...]) -> InsertLines:
    """Behind a line: with the lines above it up to one that stands there once."""
    first = line
    while first > 1 and _count(view, first, line) > 1 and line - first < 8:
        first -= 1
    return InsertLines(lines, _lines(view, first, line), _nth(view, first, line))


def _lines(view: DraftView, first: int, last: int) -> tuple[str, ...]:
    places = view.readme.lines()[first - 1 : last]
    return tuple(view.readme.text[slice(*place)] for place in places)


def _all(view: DraftView) -> list[str]:
    return [view.readme.text[slice(*place)] for place in view.readme.lines()]


def _starts(view: DraftView, first: int, last: int) -> list[int]:
    every, searched = _all(view), list(_lines(view, first, last))
    size = len(searched)
    return [n for n in range(len(every) - size + 1) if every[n : n + size] == searched]


def _count(view: DraftView, first: int, last: int) -> int:
    return len(_starts(view, first, last))


def _nth(view: DraftView, first: int, last: int) -> int:
    starts = _starts(view, first, last)
    return starts.index(first - 1) if first - 1 in starts else 0
