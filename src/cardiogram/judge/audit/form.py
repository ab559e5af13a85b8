"""The same facts in another form: order, markup, headings, languages. Body in, body out."""

from __future__ import annotations

import re
from itertools import pairwise

from cardiogram.cards import Block, parse_card, topics_of

_MINIMUM = 3  # sections that can be in another order

TEMPLATE_HEADINGS = {
    "identity": "Model Description",
    "usage": "How to Get Started with the Model",
    "intended": "Direct Use",
    "data": "Training Data",
    "training": "Training Procedure",
    "evaluation": "Evaluation",
    "limitations": "Bias, Risks, and Limitations",
}
"""What the Hub's template calls a section of each topic."""

TRANSLATIONS = {
    "identity": (
        "Descripción del modelo",
        "Description du modèle",
        "Modellbeschreibung",
        "模型描述",
    ),
    "usage": ("Cómo usar", "Utilisation", "Verwendung", "使用方法"),
    "intended": ("Usos previstos", "Utilisations prévues", "Verwendungszweck", "预期用途"),
    "data": ("Datos de entrenamiento", "Données d'entraînement", "Trainingsdaten", "训练数据"),
    "training": ("Entrenamiento", "Entraînement", "Training", "训练过程"),
    "evaluation": ("Evaluación", "Évaluation", "Auswertung", "评估"),
    "limitations": ("Limitaciones y sesgos", "Limites et biais", "Einschränkungen", "局限性"),
}
"""The same in Spanish, French, German and Chinese."""


def headings_of(body: str) -> list[Block]:
    """Markdown headings of a body, in their order."""
    blocks = parse_card(body).document.blocks
    return [block for block in blocks if block.kind == "heading" and block.style == "markdown"]


def reverse_sections(body: str) -> str | None:
    """The sections below the title from last to first; what stands above them stays."""
    lines = body.split("\n")
    headings = headings_of(body)
    levels = [heading.level for heading in headings[1:] if heading.level > 1]
    if not levels:
        return None
    starts = [heading.line - 1 for heading in headings if heading.level == min(levels)]
    if len(starts) < _MINIMUM or any(h.level < min(levels) for h in headings[1:]):
        return None
    parts = ["\n".join(lines[a:b]).strip("\n") for a, b in pairwise([*starts, len(lines)])]
    top = "\n".join(lines[: starts[0]]).strip("\n")
    return "\n\n".join([top, *reversed(parts)]).strip("\n") + "\n"


def strip_emphasis(body: str) -> str | None:
    """No bold, no italics, no emoji; headings, lists, tables and code stay."""
    found, fenced = [], False
    for line in body.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        if not fenced:
            line = re.sub(r"\*\*(?=\S)([^*\n]*\S)\*\*", r"\1", line)
            line = re.sub(r"(?<!\w)__(?=\S)([^_\n]*\S)__(?!\w)", r"\1", line)
            line = re.sub(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\uFE0F]+ ?", "", line)
        found.append(line)
    changed = "\n".join(found)
    return changed if changed != body else None


def headings_as_html(body: str) -> str | None:
    """Every Markdown heading of one line as the HTML that it stands for."""
    lines = body.split("\n")
    changed = False
    for heading in headings_of(body):
        line = lines[heading.line - 1].strip()
        if line.startswith("#"):
            words, level = line.strip("#").strip(), heading.level
            lines[heading.line - 1] = f"<h{level}>{words}</h{level}>\n"
            changed = True
    return "\n".join(lines) if changed else None


def plain_text(body: str) -> str | None:
    """No markup at all: the words, one line a block, code and tables as they read."""
    lines = []
    for line in body.split("\n"):
        if line.lstrip().startswith(("```", "~~~")) or not line.strip(" \t:|-"):
            lines.append("")
            continue
        line = re.sub(r"^\s{0,3}#{1,6}\s+", "", line)
        line = re.sub(r"!?\[([^\]]*)\]\(([^)\s]*)(?:\s[^)]*)?\)", r"\1 (\2)", line)
        line = re.sub(r"[*`]|<[^>]+>", "", line)
        lines.append(line.replace("|", " "))
    changed = "\n".join(lines)
    return changed if changed != body else None


def _rename(body: str, names: dict[str, str]) -> str | None:
    """Headings of known topics by other names; None where there is none to rename."""
    lines = body.split("\n")
    changed = False
    for heading in headings_of(body)[1:]:
        known = [topic for topic in names if topic in topics_of(heading.text)]
        match = re.match(r"( {0,3}#{1,6}\s+)", lines[heading.line - 1])
        if known and match and heading.text.strip() != names[known[0]]:
            lines[heading.line - 1] = match[1] + names[known[0]]
            changed = True
    return "\n".join(lines) if changed else None


def template_headings(body: str) -> str | None:
    """The same sections under the headings of the Hub's template."""
    return _rename(body, TEMPLATE_HEADINGS)


def translate_headings(body: str, language: int) -> str | None:
    """Headings of known topics in another language; the text below them stays."""
    return _rename(body, {topic: words[language] for topic, words in TRANSLATIONS.items()})
