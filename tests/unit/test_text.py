import pytest
from hypothesis import given, strategies as st

from cardiogram.cards.problems import CARD_PROBLEMS
from cardiogram.text import MAX_CARD_BYTES, decode, sha256, split_front_matter

texts = st.text() | st.text("\ufeff\r\n\0-: \ud800#a", max_size=60)
cards = st.text("-\n \t:#aé\x0b", max_size=60)


@pytest.mark.parametrize(
    ("data", "text", "problems"),
    [
        (b"", "", ()),
        (b"\xef\xbb\xbf# A", "# A", ("bom",)),
        ("\ufeff\ufeff# A".encode(), "# A", ("bom",)),
        (b"a\r\nb\rc\n", "a\nb\nc\n", ("crlf",)),
        (b"a\0b", "a\ufffdb", ("nul_bytes",)),
        ("Modèle".encode("cp1252"), "Modèle", ("not_utf8",)),
        ("日本".encode("utf-16"), "日本", ("not_utf8",)),
        ("a\ud800b", "a\ufffdb", ("not_utf8",)),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\n",
            ("lfs_pointer",),
        ),
        (b"\xef\xbb\xbfa\r\n\0", "a\n\ufffd", ("bom", "crlf", "nul_bytes")),
    ],
)
def test_decode(data: bytes | str, text: str, problems: tuple[str, ...]) -> None:
    decoded = decode(data)
    assert (decoded.text, decoded.problems) == (text, problems)


def test_a_card_of_five_megabytes_is_cut_and_says_so() -> None:
    decoded = decode(b"words " * 900_000)
    assert len(decoded.text) == MAX_CARD_BYTES
    assert decoded.problems == ("oversized",)


def test_a_cut_inside_a_character_is_no_fault_of_the_encoding() -> None:
    decoded = decode("日".encode() * 400_000)
    assert set(decoded.text) == {"日"}
    assert decoded.problems == ("oversized",)


@given(st.binary() | texts)
def test_decode_is_idempotent_and_leaves_nothing_unsafe(data: bytes | str) -> None:
    once = decode(data)
    assert decode(once.text).text == once.text
    assert not set("\r\0") & set(once.text)
    assert not once.text.startswith("\ufeff")
    once.text.encode()
    assert set(once.problems) <= set(CARD_PROBLEMS)


@given(texts)
def test_sha256_of_a_text_is_that_of_its_bytes(text: str) -> None:
    assert sha256(text) == sha256(text.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    ("text", "front_matter", "body", "body_line"),
    [
        ("---\na: b\n---\n# T\n", "a: b\n", "# T\n", 3),
        ("\n\n---\na: b\n---\n# T\n", "a: b\n", "# T\n", 5),
        ("--- \na: b\n---\n# T\n", None, "--- \na: b\n---\n# T\n", 0),
        ("---\n---\n# T", "", "# T", 2),
        ("---\na: b\n---", "a: b\n", "", 3),
        ("# T\n---\na: b\n---\n", None, "# T\n---\na: b\n---\n", 0),
        ("--- a\n---\n", None, "--- a\n---\n", 0),
        ("---", None, "---", 0),
        ("", None, "", 0),
    ],
)
def test_split(text: str, front_matter: str | None, body: str, body_line: int) -> None:
    parts = split_front_matter(text)
    assert (parts.front_matter, parts.body, parts.body_line) == (front_matter, body, body_line)
    assert parts.problems == ()


def test_a_block_that_never_closes_is_named_and_stays_text() -> None:
    parts = split_front_matter("---\nlicense: mit\n# T\n")
    assert parts.body == "---\nlicense: mit\n# T\n"
    assert parts.problems == ("front_matter_unclosed",)


@given(cards.map("---\n{}".format) | cards)
def test_the_parts_are_the_text(text: str) -> None:
    parts = split_front_matter(text)
    head = text.removesuffix(parts.body)
    assert head + parts.body == text
    if parts.front_matter is None:
        assert (head, parts.body_line) == ("", 0)
        return
    opening, _, rest = head.lstrip().partition("\n")
    assert opening.rstrip() == "---"
    assert rest.startswith(parts.front_matter)
    assert rest.removeprefix(parts.front_matter).rstrip("\n\t ") == "---"
    assert head.rstrip("\n").count("\n") + 1 == parts.body_line
