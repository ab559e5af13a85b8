"""The language of a text, where it is clear: by its script and its commonest words."""

from __future__ import annotations

from collections import Counter

from cardiogram.lazy import regex

_STOPS = {
    "en": "the of and to in is for that with on this are be it from by as was not or which you can",
    "de": (
        "der die das und ist nicht ein eine für mit auf den von zu sich wird im dem "
        "auch es werden wurde sind oder"
    ),
    "fr": (
        "le la les des et est une pour dans du que qui sur pas au avec ce par sont cette il modèle"
    ),
    "es": "el la los las de que y en un una para con del se es por su al como este más fue son",
    "it": (
        "il di che la e un una per con del della è le non nel sono alla dei da questo modello gli"
    ),
    "pt": "o a os as de que e um uma para com do da em não no na por mais dos foi é são este",
    "nl": (
        "de het een van en is in op te dat voor met zijn niet aan er ook als bij "
        "worden dit wordt naar"
    ),
    "sv": (
        "och att det som en på är av för med den till inte om ett har i de från kan modellen också"
    ),
    "da": "og at det som en på er af for med den til ikke om et har i de fra kan også der bliver",
    "no": "og at det som en på er av for med den til ikke om et har i de fra kan også ble blir",
    "fi": "ja on ei että se oli hän kun mutta myös ovat joka tämä kuin tai sen malli",
    "pl": "i w na z do się nie jest to że o jak dla oraz po przez od są model ten być",
    "cs": "a v na se je že to s z do o pro jako ale jsou byl podle který nebo model",
    "tr": "ve bir bu için ile olarak da de çok olan gibi daha model kadar sonra ise",
    "id": "yang dan di untuk dengan ini dari pada adalah dalam tidak atau akan model ke oleh",
    "vi": "và của là có cho các một được trong không với này những mô hình",
    "hu": "a az és hogy nem is egy van ez volt de meg csak mint vagy modell",
    "ro": "și de la în a cu pe care este nu un o pentru din mai sunt modelul",
    "ca": "el la els les de que i en un una per amb del és no al com aquest model són",
}
_WORDS = {
    word: [code for code, stops in _STOPS.items() if word in stops.split()]
    for stops in _STOPS.values()
    for word in stops.split()
}
_SCRIPTS = {
    "ja": regex(r"[\u3041-\u30fa]"),
    "ko": regex(r"[\uac00-\ud7a3]"),
    "zh": regex(r"[\u4e00-\u9fff]"),
    "ru": regex(r"[\u0430-\u044f\u0451]"),
    "ar": regex(r"[\u0621-\u064a]"),
    "he": regex(r"[\u05d0-\u05ea]"),
    "hi": regex(r"[\u0905-\u0939]"),
    "th": regex(r"[\u0e01-\u0e2e]"),
    "el": regex(r"[\u03b1-\u03c9]"),
    "ka": regex(r"[\u10d0-\u10f0]"),
    "hy": regex(r"[\u0561-\u0586]"),
}
_SAME_SCRIPT = {"ru": ("uk", regex("[іїєґ]")), "ar": ("fa", regex("[پچژگ]"))}
_WORD = regex(r"[^\W\d_]+")
_LETTERS = 60
_MIN_STOPS = 12
_LIKELY = 2


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language that a text is written in; "" where it is not clear.

    Examples
    --------
    >>> detect_language("Das Modell ist für die Suche und wurde mit den Daten von uns trainiert, "
    ...                 "es wird nicht auf den Servern der Uni betrieben und ist auch ein Versuch.")
    'de'
    """
    text = text[:20_000].lower()
    words = _WORD.findall(text)
    letters = sum(map(len, words))
    if letters < _LETTERS:
        return ""
    counts = {code: len(pattern.findall(text)) for code, pattern in _SCRIPTS.items()}
    if counts["ja"] >= _LETTERS / 3 and counts["ja"] + counts["zh"] > letters * 0.5:
        return "ja"
    code = max(counts, key=lambda each: counts[each])
    if counts[code] > letters * 0.5:
        twin = _SAME_SCRIPT.get(code)
        return twin[0] if twin and len(twin[1].findall(text)) > letters * 0.01 else code
    return _by_words(words)


def is_likely(text: str, code: str) -> bool:
    """Whether a short text may well be in a language: by its script, or its words and English ones.

    Examples
    --------
    >>> is_likely("Un modèle pour trier les courriers des habitants.", "fr")
    True
    >>> is_likely("A model that sorts the letters of a French town.", "fr")
    False
    """
    words = _WORD.findall(text[:20_000].lower())
    letters = "".join(words)
    script = _SCRIPTS.get(code)
    if script is not None:
        own = len(script.findall(letters))
        if code == "ja":  # Chinese characters with at least some kana between them
            own = (own > 3) * (own + len(_SCRIPTS["zh"].findall(letters)))
        return 2 * own > len(letters)
    own, english = (
        len({word for word in words if each in _WORDS.get(word, ())}) for each in (code, "en")
    )
    return own >= _LIKELY and own > english


def _by_words(words: list[str]) -> str:
    """The language whose commonest words are there, well before any other."""
    counts: Counter[str] = Counter()
    for word in words:
        for code in _WORDS.get(word, ()):
            counts[code] += 1
    if not counts:
        return ""
    (first, most_seen), *rest_seen = counts.most_common(2)
    second = rest_seen[0][1] if rest_seen else 0
    distinct = len({word for word in words if first in _WORDS.get(word, ())})
    clear = most_seen >= _MIN_STOPS and distinct >= 6 and most_seen > 1.4 * second
    return first if clear and most_seen > 0.12 * len(words) else ""
