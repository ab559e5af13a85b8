"""Whose words are about: this model, or another one."""

from __future__ import annotations

import re
from typing import NamedTuple

from cardiogram.cards import Card
from cardiogram.lazy import regex

OTHER = "?"
"""What is said of another model, or of one that cannot be named for certain."""

_OWN = regex(
    r"\b(?:this|the|our) (?:\w+ ){0,3}(?:model|checkpoint|adapter|lora|encoder|"
    r"decoder|classifier|version|pipeline|repo(?:sitory)?|"
    r"quanti[sz]ation|merge|weights?)\b|\b(?:it|its|we|our|here|this is)\b|"
    r"\b(?:dieses?|das|der|unser) (?:\w+)?(?:modell|adapter|encoder|klassifikator|"
    r"version)|\bes (?:hat|ist|wurde|liest)\b|"
    r"\bdie gewichte\b|\b(?:sein|seine|trainiert wurde)\b|"
    r"\b(?:ce|le|notre) mod[eè]le\b|\bil (?:a|est|compte|lit)\b|\b(?:este|el|"
    r"nuestro) modelo\b|\btiene\b|\b(?:este|o|nosso) modelo\b|"
    r"\btem\b|\b(?:questo|il|nostro) modello\b|\bha\b|\b(?:dit|het|ons) model\b|\bhet heeft\b|"
    r"\b(?:modellen|modell|den har|den är|vår modell)\b|\b(?:ten|nasz)? ?model "
    r"(?:ma|jest|ten)\b|\bмодель\b|\bона\b|"
    r"本模型|该模型|此模型|模型|このモデル|本モデル|モデル|이 모델|본 모델|모델",
    re.I,
)
_NOT_OWN = regex(
    r"\b(?:compar\w+|unlike|versus|vs\.?|outperform\w*|baselines?|teachers?|base "
    r"models?|original\w*|parents?|predecessors?|previous\w*|"
    r"earlier|former\w*|other models?|others|competitors?|e\.g\.|such as|for "
    r"example|for instance|similar to|families|family of|series|"
    r"suites?|collection|variants|sizes|ranging|ranges?|between|respectively|larger|"
    r"bigger|smaller|instead of|rather than|"
    r"match(?:es|ing)|beats?|rivals?|compet(?:es?|ing)|on par|surpass\w*|"
    r"models (?:of|with|like|up to)|"
    r"existing|state-of-the-art|sota|upstream|if you|you can|you may|could|would|"
    r"should|might|students?|reward model|draft model|"
    r"not|n't|no longer|without|basismodell\w*|grundmodell\w*|ursprünglich\w*|im "
    r"vergleich|verglichen|größere?\w*|kleinere?\w*|"
    r"modèle de base|comparé|original|modelo base|comparado|basmodellen|jämfört|"
    r"modello di base|rispetto|basismodel|vergeleken|"
    r"базов\w+|nicht|kein\w*|weniger|kleiner|vorgänger\w*|vorherig\w*|n['’]a|n['’]est|pas|moins|"
    r"plus petit|précédent\w*|no (?:es|tiene|fue|usa|cuenta|supera)|menos|anterior\w*|"
    r"más (?:pequeñ\w+|grandes?)|non|meno|precedente|não|niet|geen|minder|vorige|inte|färre|mindre|"
    r"förra|föregående|ikke|færre|nie|mniej\w*|poprzedni\w*|не|меньше|менее|предыдущ\w*|değil|"
    r"ohne|sans|sin|senza|sem|zonder|utan|bez|без)(?![\w-])|"
    r"基础模型|基座|相比|不是|并非|没有|小于|少于|低于|大于|超过|前代|上一代|ベースモデル|比較|より小さ|未満|以前|이전|미만",
    re.I,
)
_AFTER = regex(
    r"\A[^.;:!?]{0,24}\b(?:than|instead|weniger|moins de|menos que|meno di|färre|mindre|меньше|"
    r"fewer|more|(?:for|of) the (?:base|original|teacher))\b|"
    r"\A\s*(?:(?:epochs?|steps?|iterations?|hours|days) )?"
    r"by (?!us\b|our\b|me\b|the authors?\b|default\b|\w+ing\b|\d)|"
    r"\A[^.;:!?]{0,20}\b(?:respectively|bzw)\b|\A.{0,16}(?:では(?:な|あり)|じゃな|より小さ|未満|"
    r"不是|相比|以下の|아니|미만|yok\b|değil)",
    re.I,
)
_ELSEWHERE = regex(
    r"\b(?:tried|experiment\w*|ablations?|gave|worse|no better|was the same|far from|"
    r"hope\w*|aims?|goals?|expect\w*|before (?:fine-?)?t(?:un|rain)ing|baselines?|branch\w*|"
    r"will|next (?:release|version)|used to|(?:before|until|since) (?:the|this|that) \w+|"
    r"at first|initially|in the papers? |et al|itself|(?:is|are|found) here|"
    r"(?:in|for|of|from|with) v\d(?:\.\d)?(?![\d.]*\d)|"
    r"ausprobiert|versucht\w*|zweig|künftig\w*|wird|früher\w*|anfangs|zuerst|"
    r"essayé\w*|sera|branche|"
    r"auparavant|d'abord|probamos|probado|rama|será|antes|provato|sarà|prima|provade|gren|"
    r"kommer att|tidigare|först)\b|将|曾|之前|以前|今後|予定",
    re.I,
)
"""Words by which a sentence is of a trial, a plan, the past, another branch or another's paper."""
_ZONES = regex(
    r"original (?:model|card|readme|description|repo)|(?:model )?card (?:of|for|"
    r"from) (?:the )?(?:base|original|parent)|base model|"
    r"parent model|comparison|compar(?:e|ed|ing)|baseline|other (?:models|versions|"
    r"sizes|quant)|related|similar|model (?:family|zoo|list|suite)|"
    r"available models|(?:our|all) models|\bvs\b|citation|cite|bibtex|references?$|"
    r"acknowledg|credits?|thanks|change ?log|history|news|updates?$|"
    r"previous|older|road ?map|to ?do|future|prompt examples?|examples? (?:out|"
    r"prompt|conv|gener)|sample (?:out|prompt|gener)|generations?$|outputs?$|"
    r"vergleich|zitat|referenzen|comparaison|comparación|référence|jämförelse|"
    r"confronto|porównanie|сравнени|цитиров|引用|参考|比较|対比|比較",
    re.I,
)
_ORIGINAL = regex(
    r"original (?:model )?(?:card|readme|description)|"
    r"(?:base|parent)(?: model)?(?:'s)? (?:model )?(?:card|readme)",
    re.I,
)
_NUMBER = regex(r"\d+")
_ID = r"[A-Za-z0-9][\w.-]{1,90}/[A-Za-z0-9][\w.-]{1,90}"
_NAME = regex(
    rf"(?P<id>(?<![\w./:-]){_ID}(?![\w/-]))|"
    r"(?P<name>(?<![\w./-])(?:(?=[a-z]{0,20}[A-Z])[A-Za-z]{1,24}[ -]?v?\d[\w.-]{0,60}|"
    r"(?:(?:Ro|Al|De|Distil|Mobile|Tiny|Camem|Sci|Bio|Fin|Legal|Modern|XLM-Ro|"
    r"Longformer|Big)?BERT[a]?|GPT|ChatGPT|Claude|Gemini|LL?aMA|Llama|Mi[sx]tral|"
    r"Qwen|Gemma|Phi|Falcon|Vicuna|Alpaca|Yi|Whisper|Wav2Vec2?|BLOOM|T5|BART|"
    r"ELECTRA|DeepSeek|Granite|OLMo|Pythia|MPT|StableLM|SDXL)"
    r"(?: v?\d[\w.-]{0,40}|-[\w.-]{1,60})?)(?![\w-]))"
)
_UNITS = regex(
    r"(?:A|B|V|VRAM|GPU|CUDA|RTX|TPU|FP|BF|INT|Q|IQ|F|CC|MP|K|P|R|H|T|L|M|Python|"
    r"Section|Table|Figure|Epoch|Step|Layer|"
    r"Top|Rank|Adam|AdamW|Seed|Batch|CC-BY|Apache|Version|Stage|Phase|Part|Python|"
    r"PyTorch|Torch|Unicode|UTF|ISO|Level|Day|"
    r"January|February|March|April|May|June|July|August|September|October|November|"
    r"December)[ -]?v?\d",
    re.I,
)


class Names(NamedTuple):
    """Names of a card's model, in letters and digits only, and of those it was made from."""

    own: frozenset[str]
    ids: frozenset[str]
    bases: frozenset[str]

    def is_own(self, name: str) -> bool:
        """Whether a name is this model's, or a part of it that could be no other model's."""
        plain = plain_name(name.rpartition("/")[2])
        if "/" in name:
            return name.lower() in self.ids
        if plain in self.bases and plain not in self.own:
            return False
        return any(_is_of_own(plain, own) for own in self.own)


def _is_of_own(plain: str, own: str) -> bool:
    """Whether a name is an own one, or most of it with all of its numbers."""
    if plain == own:
        return True
    if len(plain) < 5 or len(own) < 5:
        return False
    if plain in own:
        return len(plain) >= 0.45 * len(own) and _NUMBER.findall(plain) == _NUMBER.findall(own)
    return own in plain and len(own) >= 0.8 * len(plain)


def plain_name(name: str) -> str:
    """Lower-case letters and digits of a name.

    Examples
    --------
    >>> plain_name("Osprey 7B-Chat")
    'osprey7bchat'
    """
    return re.sub(r"[\W_]", "", name.lower())


def names_of(card: Card) -> Names:
    """Names that a card gives its model: its id, its first heading, its keys."""
    values = card.metadata.values
    texts = [card.id.rpartition("/")[2], str(values.get("model_name") or "")]
    heading = next((b.text for b in card.document.blocks if b.kind == "heading"), "")
    if len(heading) <= 80:
        texts.append(re.sub(r"(?i)\b(?:model card|for|model|the|of)\b", " ", heading))
    index = values.get("model-index")
    if isinstance(index, list) and len(index) == 1 and isinstance(index[0], dict):
        texts.append(str(index[0].get("name") or ""))
    bases = {plain_name(text.rpartition("/")[2]) for text in card.metadata.texts("base_model")}
    own = {plain_name(text) for text in texts} - {""}
    return Names(frozenset(own), frozenset({card.id.lower()} - {""}), frozenset(bases))


def is_of_others(heading: str) -> bool:
    """Whether what stands under a heading is not about this model alone."""
    return len(heading) < 90 and _ZONES.search(heading) is not None


def is_original_card(heading: str) -> bool:
    """Whether all that follows a heading is another model's card, headings and all.

    Examples
    --------
    >>> is_original_card("Original model card: Parrot 7B")
    True
    """
    return _ORIGINAL.search(heading) is not None


def names_in(text: str) -> list[str]:
    """Names of models in a text, as far as their form shows them."""
    return [m[0] for m in _NAME.finditer(text) if m["id"] or not _UNITS.match(m[0])]


def subject_of_words(before: str, after: str, known: Names) -> tuple[str, bool]:
    """Whose a value is, by the words before and after it; and whether that is certain.

    Returns
    -------
    tuple
        `OTHER` or "" for this model, and whether the words say so.
    """
    if _NOT_OWN.search(before) or _AFTER.search(after):
        return OTHER, False
    if _ELSEWHERE.search(before) or _ELSEWHERE.search(after) or _begins_with_base(before, known):
        return OTHER, False
    others = [name for name in names_in(before) if not known.is_own(name)]
    if others:
        return OTHER, False
    own = _OWN.search(before) is not None or any(known.is_own(n) for n in names_in(before))
    return "", own


def is_of_another(text: str) -> bool:
    """Whether a sentence may be of another model, of a comparison, a trial or a plan.

    Examples
    --------
    >>> is_of_another("Other models reach 0.88."), is_of_another("It reaches 0.88.")
    (True, False)
    """
    return _NOT_OWN.search(text) is not None or is_elsewhere(text)


def is_elsewhere(text: str) -> bool:
    """Whether a sentence is of a trial, a plan, the past, another branch or another's paper.

    Examples
    --------
    >>> is_elsewhere("LoRA r=64 gave no gain."), is_elsewhere("LoRA r=64.")
    (True, False)
    """
    return _ELSEWHERE.search(text) is not None


def _begins_with_base(before: str, known: Names) -> bool:
    first = before.split(maxsplit=1)[:1]
    return bool(first) and plain_name(first[0].rpartition("/")[2]) in known.bases - known.own
