"""What a card says, in the languages and forms that cards have."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.statements import Statement, detect_language, read_statements


def said(words: str, kind: str, id: str = "quill/rook") -> list[Statement]:
    return [s for s in read_statements(parse_card(f"# Rook\n\n{words}\n", id=id)) if s.kind == kind]


@pytest.mark.parametrize(
    "words",
    [
        "This model has 7B parameters.",
        "It has 7 billion parameters.",
        "Number of parameters: 7,000,000,000",
        "| | |\n|---|---|\n| Parameters | 7B |",
        "## Parameters\n\n7 billion",
        "Das Modell hat 7 Milliarden Parameter.",
        "Es hat 7 Mrd. Parameter.",
        "Ce modèle compte 7 milliards de paramètres.",
        "Este modelo tiene 7 mil millones de parámetros.",
        "Il modello ha 7 miliardi di parametri.",
        "Este modelo tem 7 bilhões de parâmetros.",
        "Dit model heeft 7 miljard parameters.",
        "Modellen har 7 miljarder parametrar.",
        "Ten model ma 7 miliardów parametrów.",
        "Модель имеет 7 млрд параметров.",
        "本模型有70亿参数。",
        "このモデルは70億パラメータです。",
        "이 모델은 70억 파라미터입니다.",
    ],
)
def test_parameters_are_read_in_many_languages(words: str) -> None:
    (statement,) = said(words, "parameters")
    assert statement.value == 7_000_000_000
    assert statement.low <= 7e9 <= statement.high


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("Its context length is 128k tokens.", 128_000),
        ("It reads up to 8,192 tokens.", 8192),
        ("Das Modell hat ein Kontextfenster von 32.768 Token.", 32_768),
        ("La longueur de contexte est de 4096 tokens.", 4096),
        ("La ventana de contexto es de 16k tokens.", 16_000),
        ("上下文长度为 32k。", 32_000),
        ("- **Context length:** 131072", 131_072),
    ],
)
def test_contexts_are_read_in_many_languages(words: str, value: int) -> None:
    assert [s.value for s in said(words, "context")] == [value]


@pytest.mark.parametrize(
    ("words", "kind", "value"),
    [
        ("Trainiert wurde mit einer Lernrate von 2e-5.", "learning_rate", 2e-5),
        ("Le modèle a été entraîné avec un taux d'apprentissage de 0,0002.", "learning_rate", 2e-4),
        ("- learning_rate: 3 × 10⁻⁴", "learning_rate", 3e-4),
        ("Die Gewichte liegen in bfloat16 vor.", "dtype", "BF16"),
        ("Es wurde drei Epochen lang trainiert.", "epochs", 3),
        ("LoRA of rank 16.", "rank", 16),
        ("This is a 4-bit GPTQ quantisation.", "bits", 4),
        ("- Output Dimensionality: 384 dimensions", "dimensions", 384),
        ("It takes 16 kHz audio.", "sampling_rate", 16_000),
        ("It was merged using the SLERP merge method.", "method", "slerp"),
        ("- Optimizer: AdamW 8bit", "optimizer", "adamw"),
        ("This model is based on the Whisper architecture.", "architecture", "whisper"),
        ("- License: Apache 2.0", "licence", "apache-2.0"),
    ],
)
def test_kinds_are_read(words: str, kind: str, value: object) -> None:
    assert [s.value for s in said(words, kind)] == [value]


def test_a_statement_stands_where_its_words_stand() -> None:
    text = (
        "---\nlicense: mit\ntags:\n- a\n---\n# Rook\n\n"
        "One line.\nThis model has **7B** parameters. Good.\n"
    )
    statements = {s.kind: s for s in read_statements(parse_card(text))}
    assert (statements["licence"].line, statements["licence"].pointer) == (2, "/license")
    assert statements["parameters"].line == 9
    assert statements["parameters"].quote == "This model has **7B** parameters."


def test_hidden_words_say_nothing() -> None:
    assert said("<!-- This model has 7B parameters. -->", "parameters") == []
    assert (
        said("Nothing here.\n\n<div hidden>This model has 7B parameters.</div>", "parameters") == []
    )


def test_a_card_of_a_megabyte_is_read_within_bounds() -> None:
    assert (
        len(read_statements(parse_card("| a | b |\n|---|---|\n" + "| F1 | 0.5 |\n" * 60_000)))
        < 3_001
    )


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das Modell wurde mit den Daten der Stadt trainiert und ist für die Suche "
            "in Texten gedacht, "
         "die nicht mit anderen Werkzeugen zu finden sind; es wird auch von uns genutzt.", "de"),
        ("Modellen är tränad på text från tidningar och den kan inte användas för "
            "att fatta beslut om "
         "människor, men det går att söka med den i ett arkiv som är stort.", "sv"),
        ("本模型使用大量中文语料进行训练，可以用于文本分类、信息抽取以"
         "及问答等多种自然语言处理任务，效果良好，欢迎大家下载使用并提"
         "出宝贵的意见和建议，谢谢大家的支持与关注。", "zh"),
        ("Short.", ""),
    ],
)  # fmt: skip
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert detect_language(text) == language
