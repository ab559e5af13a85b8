"""Licences and languages that a card's text names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.cards import load_vocabulary
from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView, WordSpan
from cardiogram.repository.statements.passages import Passage
from cardiogram.repository.statements.quantity import SMALL_NUMBER, read_small
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import OTHER

_LICENCES: tuple[tuple[str, str], ...] = (
    (
        "apache-2.0",
        (
            r"apache(?:[ -]?(?:license|licence|lizenz))?,?[ -]?(?:version "
            r")?v?(?:2(?:\.0)?)\b|apache[ -]licen[sc]e\b|apache-2\.0"
        ),
    ),
    (
        "cc-by-nc-nd-4.0",
        r"cc[ -]by[ -]nc[ -]nd(?:[ -]4\.0)?|attribution[ -]non-?commercial[ -]no-?deriv\w*",
    ),
    (
        "cc-by-nc-sa-4.0",
        r"cc[ -]by[ -]nc[ -]sa(?:[ -]4\.0)?|attribution[ -]non-?commercial[ -]share-?alike",
    ),
    (
        "cc-by-nc-4.0",
        (
            r"cc[ -]by[ -]nc(?:[ -]4\.0)?(?![ -](?:sa|nd|[123]))|attribution[ "
            r"-]non-?commercial(?![ -](?:share|no-?deriv))"
        ),
    ),
    ("cc-by-nd-4.0", r"cc[ -]by[ -]nd(?:[ -]4\.0)?"),
    (
        "cc-by-sa-4.0",
        r"cc[ -]by[ -]sa(?:[ -]4\.0)?(?![ -][123])|attribution[ -]share-?alike(?: 4\.0)?",
    ),
    ("cc-by-4.0", r"cc[ -]by(?:[ -]4\.0)?(?![ -](?:sa|nc|nd|[123]))"),
    ("cc0-1.0", r"cc0(?:[ -]1\.0)?|cc[ -]zero"),
    ("agpl-3.0", r"agpl(?:[ -]?v?3(?:\.0)?)?|affero general public licen[sc]e"),
    ("lgpl-3.0", r"lgpl(?:[ -]?v?3(?:\.0)?)?|lesser general public licen[sc]e"),
    (
        "gpl-3.0",
        r"(?<![al])gpl[ -]?v?3(?:\.0)?|(?<!lesser )(?<!affero )general public licen[sc]e(?: v?3)?",
    ),
    ("gpl-2.0", r"(?<![al])gpl[ -]?v?2(?:\.0)?"),
    ("bsd-3-clause", r"bsd[ -]3[ -]clause|3[ -]clause bsd"),
    ("bsd-2-clause", r"bsd[ -]2[ -]clause|2[ -]clause bsd"),
    ("mpl-2.0", r"mpl[ -]2(?:\.0)?|mozilla public licen[sc]e"),
    ("mit", r"\bmit\b(?![ -](?:csail|media|lab|press|univ))"),
    ("creativeml-openrail-m", r"creativeml[ -]open[ -]?rail[ -]?m"),
    ("openrail++", r"open[ -]?rail\+\+(?:-m)?"),
    ("bigscience-bloom-rail-1.0", r"bigscience[ -](?:bloom )?rail"),
    ("llama2", r"llama[ -]?2(?: community)? licen[sc]e"),
    ("llama3", r"(?:meta )?llama[ -]?3(?: community)? licen[sc]e"),
    ("llama3.1", r"llama[ -]?3\.1(?: community)? licen[sc]e"),
    ("llama3.2", r"llama[ -]?3\.2(?: community)? licen[sc]e"),
    ("gemma", r"gemma (?:terms of use|licen[sc]e)"),
    ("unlicense", r"\bunlicense\b"),
    ("odc-by", r"\bodc[ -]by\b"),
)
_LICENCE = [(id, regex(pattern, re.I)) for id, pattern in _LICENCES]
_LABEL = regex(
    (
        r"(?:model |weights? )?(?:licen[sc]es?|lizenz|licencia|licenza|licença|licentie|"
        r"licens|licencja|лицензия|许可证?|授权|ライセンス|라이선스)(?: \[optional\])?\Z"
    ),
    re.I,
)
_ALONE = regex(
    r"\W*(?:the )?[\w. -]{2,24} (?:licen[sc]ed?|lizenz)(?: (?:v(?:ersion)? ?)?\d\.\d)?\W*", re.I
)
_RELEASED = regex(
    r"(?:released|licensed|licenced|published|available|distributed|shared|provided|"
    r"open-?sourced|lizenziert|veröffentlicht|steht|distribué|publié|"
    r"sous|bajo|sotto|sob|onder|under|unter|falls|governed|"
    r"subject)\b.{0,80}?(?:under|unter|sous|bajo|sotto|sob|onder|by|to|the)?",
    re.I,
)
_WHOSE = regex(
    r"\b(?:data ?set|data|corpus|corpora|code|script|scripts|library|base|"
    r"original\w*|paper|website|documentation|tokenizer|daten\w*|datensatz|images?|"
    r"audio|speech|recordings|"
    r"articles?|wikipedia|source|sources|repo for|github|software|package|upstream|"
    r"previous|formerly|dual|or|oder|both|except|some|parts?|third|respective|prior|"
    r"commercial licen[sc]e|compatible|not|if|permissive|inspired|based on|citation|"
    r"logo|llama|gemma|mistral|qwen)\b",
    re.I,
)
_LANGUAGE_LABEL = regex(
    r"(?:supported |main |primary |natural |input |model |training )?(?:languages?|"
    r"sprachen?|langues?|idiomas?|lingue|lingua|taal|talen|språk|języki?|язык(?:и)?|"
    r"语言|言語|언어)"
    r"(?:\(s\))?(?: \(nlp\)| supported)?\Z",
    re.I,
)
_NAMES = {
    "de": (
        "german deutsch allemand alemán tedesco alemão duits tyska niemiecki немецкий "
        "德语 ドイツ語 독일어"
    ),
    "en": (
        "english englisch anglais inglés inglese inglês engels engelska angielski "
        "английский 英语 英文 英語 영어"
    ),
    "fr": (
        "french französisch français francés francese francês frans franska francuski "
        "французский 法语 フランス語 프랑스어"
    ),
    "es": (
        "spanish spanisch espagnol español castellano spagnolo espanhol spaans spanska "
        "hiszpański испанский 西班牙语 スペイン語 스페인어"
    ),
    "it": "italian italienisch italien italiano italiaans italienska włoski итальянский 意大利语",
    "pt": (
        "portuguese portugiesisch portugais portugués portoghese português portugees "
        "portugisiska portugalski португальский 葡萄牙语"
    ),
    "nl": (
        "dutch niederländisch néerlandais neerlandés holandés olandese holandês "
        "nederlands nederländska niderlandzki нидерландский 荷兰语"
    ),
    "sv": "swedish schwedisch suédois sueco svedese zweeds svenska szwedzki шведский 瑞典语",
    "pl": "polish polnisch polonais polaco polacco pools polska polski польский 波兰语",
    "ru": "russian russisch russe ruso russo russisch ryska rosyjski русский 俄语 러시아어",
    "zh": (
        "chinese mandarin chinesisch chinois chino cinese chinês chinees kinesiska "
        "chiński китайский 中文 汉语 中国語 중국어"
    ),
    "ja": (
        "japanese japanisch japonais japonés giapponese japonês japans japanska "
        "japoński японский 日语 日文 日本語 일본어"
    ),
    "ko": "korean koreanisch coréen coreano koreaans koreanska 韩语 韓国語 한국어",
    "da": "danish dänisch danois danés danese danska dansk",
    "no": "norwegian norwegisch norvégien norska norsk",
    "fi": "finnish finnisch finnois finska suomi",
    "tr": "turkish türkisch turc turkiska türkçe",
    "ar": "arabic arabisch arabe árabe arabo arabiska",
    "hi": "hindi",
    "vi": "vietnamese vietnamesisch",
    "id": "indonesian bahasa",
    "cs": "czech tschechisch čeština",
    "uk": "ukrainian ukrainisch українська",
    "el": "greek griechisch",
    "he": "hebrew hebräisch",
    "fa": "persian farsi",
    "ro": "romanian rumänisch",
    "hu": "hungarian ungarisch",
    "th": "thai",
    "ca": "catalan català",
    "bn": "bengali bangla",
    "ur": "urdu",
    "ta": "tamil",
    "te": "telugu",
    "sw": "swahili",
    "bg": "bulgarian",
    "et": "estonian",
    "lt": "lithuanian",
    "lv": "latvian",
    "sk": "slovak",
    "sl": "slovenian slovene",
    "hr": "croatian",
    "sr": "serbian",
    "is": "icelandic",
    "ga": "irish",
    "cy": "welsh",
    "eu": "basque",
    "gl": "galician",
}
LANGUAGE_OF = {name: code for code, each in _NAMES.items() for name in each.split()}
"""Code of a language by its name in the commonest languages."""
_LONGER_CODES = """
eng=en deu=de ger=de fra=fr fre=fr spa=es ita=it por=pt nld=nl dut=nl swe=sv pol=pl rus=ru
zho=zh chi=zh cmn=zh jpn=ja kor=ko dan=da nor=no nob=no nb=no nn=no nno=no fin=fi tur=tr ara=ar
ces=cs ukr=uk hin=hi ind=id vie=vi
"""
_SHORT_CODES = dict(pair.split("=") for pair in _LONGER_CODES.split())
"""Codes of two letters by those of three, and Norwegian by its two forms."""


def language_code(text: str) -> str:
    """The code of a language by its name, or by a code with a region or of three letters.

    Examples
    --------
    >>> language_code("German"), language_code("pt-BR"), language_code("swe")
    ('de', 'pt', 'sv')
    """
    word = text.strip().lower()
    code = LANGUAGE_OF.get(word) or re.split("[-_]", word)[0]
    return _SHORT_CODES.get(code, code)


def licence_in(text: str) -> tuple[str, ...]:
    """Ids of the licences that a text names.

    Examples
    --------
    >>> licence_in("Apache License, Version 2.0")
    ('apache-2.0',)
    """
    hits: list[tuple[int, int, str]] = []
    for id, pattern in _LICENCE:
        for match in pattern.finditer(text):
            if not any(start <= match.start() < end for start, end, _ in hits):
                hits.append((*match.span(), id))
    return tuple(dict.fromkeys(id for _, _, id in sorted(hits)))


def read_licences(view: CardView) -> Iterator[Statement]:
    """A licence under its label, in its section or in a sentence that says so."""
    for passage in view.passages:
        if passage.about or passage.place == "code" or len(passage.text) > 400:
            continue
        labelled = _LABEL.match(passage.label.strip()) is not None
        under = bool(passage.headings) and _LABEL.match(passage.headings[-1].strip()) is not None
        alone = not passage.label and _ALONE.fullmatch(passage.text) is not None
        alone = alone and not (passage.headings and _WHOSE.search(passage.headings[-1]))
        if not labelled and not (under or alone or _RELEASED.search(passage.text)):
            continue
        if (passage.label and not labelled) or passage.place == "title":
            continue
        named = licence_in(passage.text)
        if len(named) != 1:
            continue
        aside = _WHOSE.search(passage.text)
        subject, own = view.subject(passage, _span_of(passage, named[0]))
        if subject != OTHER and not aside:
            certain = labelled or own or (under and len(passage.text) < 60)
            yield view.say(
                "licence", named[0], passage, _span_of(passage, named[0]), certain=certain
            )


def _span_of(passage: Passage, id: str) -> WordSpan:
    pattern = dict(_LICENCE)[id]
    match = pattern.search(passage.text)
    return WordSpan(*match.span()) if match else WordSpan(0, len(passage.text))


def read_languages(view: CardView) -> Iterator[Statement]:
    """Languages under their label; and the language that the text is written in."""
    for passage in view.pairs():
        label = passage.label.strip()
        if passage.about or passage.place == "code" or not _LANGUAGE_LABEL.match(label):
            continue
        codes = languages_in(passage.text)
        if codes == ("multilingual",) and "(" in passage.text:
            return  # multilingual (for Bengali)
        if codes:
            yield view.say("language", list(codes), passage, WordSpan(0, len(passage.text)))
            return


_MANY = regex(
    rf"\b(?:supports?|covers?|speaks?|understands?|knows?|handles?|works? (?:in|with|for|across)|"
    rf"trained (?:on|in|for|with)|(?:model|text|data) in) (?:(?:exactly|all|these|the) )?"
    rf"(?P<count>\d{{1,3}}|{SMALL_NUMBER}) (?:different |natural |human |spoken )?languages\b",
    re.I,
)


def read_numbers_of_languages(view: CardView) -> Iterator[Statement]:
    """How many languages a sentence says that the model knows."""
    for passage in view.sentences():
        match = _MANY.search(passage.text) if passage.place == "text" else None
        count = read_small(match["count"]) if match else None
        if match is None or not count:
            continue
        span = WordSpan(*match.span("count"))
        about, own = view.subject(passage, span)
        if about != OTHER:
            yield view.say("languages", count, passage, span, certain=own)


def languages_in(text: str) -> tuple[str, ...]:
    """Codes of all languages of a short list; none where a part of it is no language.

    Examples
    --------
    >>> languages_in("English, German")
    ('en', 'de')
    """
    known = load_vocabulary().language_codes
    codes = []
    for part in re.split(
        r"[,;/&、，]|\band\b|\bund\b|\bet\b|\by\b", re.sub(r"\([^)]*\)", "", text)
    ):
        word = part.strip(" .*`'\"").lower()
        if not word:
            continue
        if re.fullmatch(r"multi-?lingual", word):
            return ("multilingual",)
        code = LANGUAGE_OF.get(word) or (word if len(word) in (2, 3) and word in known else "")
        if not code:
            return ()
        codes.append(code)
    return tuple(dict.fromkeys(codes))
