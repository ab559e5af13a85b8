"""The map: places, segments, names, kept places and bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.facets import Facets, facets_of, organisations, task_of
from cardiogram.cards.features.terms import scripts_of, split_words, terms_of
from cardiogram.collect.sources import read_source
from cardiogram.errors import ConfigError, DataError, JudgeError
from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.rate import count_cards
from cardiogram.judge.rating import Score
from cardiogram.maps.cluster import segments_for
from cardiogram.maps.embedding.embedders import EmbeddingServer, load_embedder
from cardiogram.maps.embedding.study_vectors import StudyVectors
from cardiogram.maps.embedding.term_embedder import fit_terms
from cardiogram.maps.examples import GOOD, LINES, Part, good_parts
from cardiogram.maps.fitted import FittedMap
from cardiogram.maps.map import draw_map
from cardiogram.maps.map_file import Settings
from cardiogram.maps.neighbours import nearest
from cardiogram.maps.place import (
    BETTER,
    NEAR,
    REFERENCE_FILE,
    Place,
    _good,
    map_of,
    place,
    reference_map,
)
from cardiogram.maps.project import project
from cardiogram.maps.segments.llm_naming import ModelNamer
from cardiogram.maps.segments.naming import (
    Named,
    SegmentContents,
    class_terms,
    common_terms,
    gather,
    name_all,
)
from cardiogram.maps.segments.profile import quantiles
from cardiogram.maps.segments.segments import read_segments
from cardiogram.maps.shards.map_shard import shards_on_map
from cardiogram.names import SCORES
from cardiogram.progress import silent
from cardiogram.store import Study
from studies import Row, make_study

KINDS = {
    "gguf": "Quantised GGUF files of a Llama chat model for llama.cpp, sizes Q4_K_M and Q8_0.",
    "bert": "A BERT model fine-tuned for sentiment of film reviews; accuracy on IMDB is high.",
    "agent": "A PPO agent that plays LunarLander, trained with Stable-Baselines3 on Gymnasium.",
    "speech": "A Whisper model for Welsh speech recognition with word error rate on Common Voice.",
}
WORDS = "river stone cloud amber violet copper meadow harbour lantern thistle".split()  # noqa: SIM905


def _row(kind: str, number: int) -> Row:
    rng = np.random.default_rng(number)
    more = " ".join(rng.choice(WORDS, 6))
    text = f"# {kind} {number}\n\n{KINDS[kind]}\n\nNotes on {more}.\n"
    names = {
        "gguf": f"Llama-2-{number}B-GGUF",
        "bert": f"bert-sentiment-{number}",
        "agent": f"ppo-LunarLander-{number}",
        "speech": f"whisper-welsh-{number}",
    }
    return Row(f"user{number % 9}/{names[kind]}", 1 + number % 5, number * 3, number % 4, text)


def _rows(each: int = 12) -> list[Row]:
    return [_row(kind, number) for number in range(each) for kind in KINDS]


def _texts(texts: list[str]) -> list[Row]:
    return [Row(f"a{i}/m{i}", 3, i, i, text) for i, text in enumerate(texts)]


def _places(study: Study) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in study.map.rows()}


def test_a_map_finds_the_kinds_and_names_them(tmp_path: Path) -> None:
    study = make_study(tmp_path, _rows())
    drawn = draw_map(study, Settings(segments=4), draws=3)
    placed = _places(study)
    assert len(placed) == 48
    for kind, word in zip(KINDS, ("GGUF", "bert", "ppo", "whisper"), strict=True):
        found = {r["segment"] for id, r in placed.items() if word in id and not r["outlier"]}
        assert len(found) == 1, kind
    names = [item.segment for item in drawn.segments]
    assert len(set(names)) == 4
    assert any("quantised GGUF copies of Llama models" in name for name in names)
    assert drawn.about["stability"]["resamples"] > 0.7
    assert [s.as_dict() for s in read_segments(study)] == [s.as_dict() for s in drawn.segments]


def test_table_and_file_agree(tmp_path: Path) -> None:
    study = make_study(tmp_path, _rows())
    draw_map(study, draws=0)
    segments = {
        item.segment: json.loads(json.dumps(item.as_dict())) for item in read_segments(study)
    }
    rows = list(study.map.rows())
    for row in rows:
        assert -1 <= row["x"] <= 1
        assert row["outlier"] == (row["cluster"] == -1) == (row["segment"] is None)
        if row["segment"]:
            assert segments[row["segment"]]["cluster"] == row["cluster"]
    assert sum(item["size"] for item in segments.values()) == sum(not r["outlier"] for r in rows)
    shares = [item["share"]["downloads"] for item in segments.values()]
    assert 0 < sum(shares) <= 1 + 1e-9
    for item in segments.values():
        assert {a["outcome"] for a in item["associations"]} == {"downloads", "likes"}
        for a in item["associations"]:
            assert a["estimate"] is not None or a["reason"]


def test_the_same_seed_gives_the_same_map(tmp_path: Path) -> None:
    one, two = (make_study(tmp_path / name, _rows()) for name in "ab")
    first, second = draw_map(one), draw_map(two)
    assert _places(one) == _places(two)
    assert first.as_dict() == second.as_dict()


def test_new_cards_leave_the_old_ones_where_they_are(tmp_path: Path) -> None:
    rows = _rows()
    draw_map(make_study(tmp_path, rows), draws=0)
    before = _places(Study(tmp_path))
    more = [_row("gguf", 40), _row("speech", 41)]
    study = make_study(tmp_path, rows + more)
    draw_map(study, draws=0)
    after = _places(study)
    assert {id: after[id] for id in before} == before
    gguf = next(r for id, r in before.items() if "GGUF" in id and not r["outlier"])
    assert after[more[0].id]["segment"] == gguf["segment"]
    draw_map(study, draws=0, mode="refit")
    assert {id: _places(study)[id] for id in before} != before


def test_a_stopped_run_goes_on_and_repeats_nothing(tmp_path: Path) -> None:
    study = make_study(tmp_path, _rows())
    draw_map(study, draws=0)
    whole, path = _places(study), study.map.shards()[0]
    path.unlink()
    fitted = (study.map.folder / "fitted.npy").read_bytes()
    draw_map(study, draws=0)
    assert _places(study) == whole
    kept = path.stat().st_mtime_ns
    draw_map(study, draws=0)
    assert path.stat().st_mtime_ns == kept
    assert (study.map.folder / "fitted.npy").read_bytes() == fitted


@pytest.mark.parametrize(
    "texts",
    [
        [""] * 30,
        ["# Same\n\nThe same words on every card.\n"] * 40,
        ["hello"] * 12,
        [f"word{i}" for i in range(12)],
        ["# One card\n\nAlone.\n"],
        ["# One\n\nBig model.\n", "# Two\n\nBig model too.\n"],
        [f"# Card {i}\n\nA model of a kind.\n" for i in range(5)],
        ["\u0000\ufffd" * 50, "```\n" * 99, "---\n: [", "|a|\n|-|\n" * 50, "x" * 100_000] * 3,
    ],
    ids=["empty", "identical", "one word", "unlike words", "one", "two", "five", "broken"],
)
def test_poor_cards_give_a_map_or_a_reason(tmp_path: Path, texts: list[str]) -> None:
    study = make_study(tmp_path, _texts(texts))
    drawn = draw_map(study, draws=3)
    rows = list(study.map.rows())
    assert len(rows) == len(texts)
    assert all(np.isfinite([row["x"], row["y"], row["strength"]]).all() for row in rows)
    stable = drawn.about["stability"]
    assert stable["reason"] or stable["resamples"] is not None
    assert len(texts) >= 30 or drawn.about["notes"]


def test_no_card_at_all_is_an_error(tmp_path: Path) -> None:
    study = make_study(tmp_path, [Row("a/b", None, text=None)])
    with pytest.raises(DataError, match="has a card"):
        draw_map(study)


def test_one_author_is_no_obstacle(tmp_path: Path) -> None:
    rows = [Row(f"me/{kind}-{i}", 3, i, i, _row(kind, i).text) for i in range(10) for kind in KINDS]
    drawn = draw_map(make_study(tmp_path, rows), Settings(segments=4), draws=0)
    assert len(drawn.segments) == 4
    assert all(item.authors == 1 for item in drawn.segments)
    assert all(a["cluster_interval"] is None for s in drawn.segments for a in s.associations)


def test_scripts_do_not_fall_together(tmp_path: Path) -> None:
    texts = {
        "zh": "这是一个用于中文文本生成的大型语言模型，支持对话和问答。",
        "ar": "هذا نموذج لغوي كبير لتوليد النصوص باللغة العربية والحوار.",
        "ko": "이 모델은 한국어 텍스트 생성을 위한 대형 언어 모델입니다.",
        "en": "This is a large language model for generating English text and for dialogue.",
    }
    rows = [
        Row(f"u{i}/{code}{i}", 3, i, i, f"# M{i}\n\n{text} {WORDS[i % 10]}\n")
        for i in range(12)
        for code, text in texts.items()
    ]
    study = make_study(tmp_path, rows)
    draw_map(study, Settings(segments=4), draws=0)
    found = {
        code: {r["segment"] for id, r in _places(study).items() if f"/{code}" in id}
        for code in texts
    }
    assert all(len(names) == 1 for names in found.values())
    assert len(set.union(*found.values())) == 4


def test_words_of_every_script() -> None:
    assert list(split_words("Llama-2 中文模型 한국어 2024")) == [
        "llama",
        "中文",
        "文模",
        "模型",
        "한국",
        "국어",
    ]
    assert list(split_words("नमस्ते दुनिया")) == ["नमस्ते", "दुनिया"]
    assert scripts_of("مرحبا بالعالم") == ["arabic"]
    assert scripts_of("A model named 中 once") == []


def test_template_view_turns_the_weights_round() -> None:
    shared = "This model was made by our tool and prints these plain words on every card."
    own = [
        "cats purr softly",
        "dogs bark loudly",
        "birds sing early",
        "fish swim deep",
        "cats meow softly",
        "dogs growl loudly",
    ]
    cards = [terms_of(parse_card(f"{shared}\n\n{text}")) for text in own]
    cards += [terms_of(parse_card(f"Another opening here, of plain words.\n\n{t}")) for t in own]
    models, templates = (fit_terms(cards, view=view) for view in ("models", "templates"))
    for fitted, nearer in ((models, 6), (templates, 1)):
        vectors = fitted.embed(cards)
        similar = vectors[0] @ vectors.T
        assert similar[nearer] > similar[7 - nearer]


def test_embedding_is_unit_and_repeats() -> None:
    cards = [terms_of(parse_card(row.text or "", id=row.id)) for row in _rows()]
    fitted = fit_terms(cards)
    vectors = fitted.embed(cards)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.array_equal(vectors[:3], fit_terms(cards).embed(cards[:3]))


def test_nearest_is_exact() -> None:
    vectors = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    similar = vectors @ vectors.T
    np.fill_diagonal(similar, -2)
    assert np.array_equal(nearest(vectors, count=5).index, np.argsort(-similar, axis=1)[:, :5])
    assert nearest(vectors[:1]).index.shape == (1, 0)


def test_places_are_in_the_square() -> None:
    vectors = np.random.default_rng(0).normal(size=(40, 5)).astype(np.float32)
    places = project(vectors)
    assert np.abs(places).max() <= 1
    assert np.ptp(places, axis=0).max() > 1.8
    assert project(vectors[:0]).shape == (0, 2)


def test_rules() -> None:
    def known(id: str, tags: tuple[str, ...] = (), text: str = "# M") -> Any:
        return facets_of(parse_card(text, id=id), tags)

    gptq = known("TheBloke/Llama-2-7B-GPTQ", ("4-bit", "text-generation"))
    assert gptq.formats == ("GPTQ",)
    assert gptq.families == ("Llama",)
    assert "quantised" in gptq.known
    assert known("meta-llama/Llama-3", ()).labs == ("Meta",)
    assert "adapter" in known("me/x-lora").known
    assert "merge" in known("me/y", ("mergekit",)).known
    assert known("me/z", ("ja",)).languages == ("Japanese",)
    assert "non-English" in known("me/z", ("ja",)).known
    assert "medical" in known("me/clinical-bert").domains
    assert known("me/plain").known == ()
    assert organisations()["date"]
    assert organisations()["source"]


def _found(**facets: Any) -> SegmentContents:
    names = ("families", "formats", "tasks", "libraries", "languages", "domains", "labs")
    kinds = facets.pop("kinds", {})
    terms = facets.pop("terms", ())
    return SegmentContents(10, kinds, {name: facets.get(name, {}) for name in names}, terms)


def test_names_read_like_english_and_are_unique() -> None:
    copies = _found(kinds={"quantised": 1.0}, formats={"GGUF": 0.9}, families={"Llama": 0.8})
    speech = _found(tasks={"speech recognition": 0.9}, languages={"Welsh": 0.7})
    one, other = (
        _found(tasks={"translation": 1.0}, terms=terms) for terms in (("taxi",), ("lake",))
    )
    names = [item.name for item in name_all([copies, speech, one, other, copies])]
    assert names[0].startswith("quantised GGUF copies of Llama models")
    assert names[1] == "Welsh speech recognition models"
    assert names[2:4] == ["translation models around taxi", "translation models around lake"]
    assert len(set(names)) == 5
    assert "90 % are in GGUF" in name_all([copies])[0].evidence


def test_a_name_says_what_three_of_five_models_have_or_nothing() -> None:
    almost = dict(
        kinds={"quantised": 0.59, "big lab": 0.59},
        formats={"GGUF": 0.59},
        families={"Llama": 0.59, "Mistral": 0.41},
        tasks={"translation": 0.59},
        languages={"Welsh": 0.59},
        domains={"medical": 0.59},
        libraries={"keras": 0.59},
    )
    named = name_all([_found(**almost), _found(**almost), _found(families={"Llama": 0.6})])
    texts = [item.name for item in named]
    assert texts == ["models of many kinds", "models of many kinds, group 2", "Llama models"]
    assert "nothing in common" in named[0].evidence
    many = _found(kinds={"multilingual": 1.0}, languages={"Welsh": 1.0, "Thai": 0.9}, terms=("a",))
    assert name_all([many])[0].name == "multilingual models of many kinds"


def test_a_mixture_is_named_by_the_fewest_tasks_that_three_of_five_have_between_them() -> None:
    def named(*tasks: tuple[str, ...]) -> Named:
        return name_all([gather([Facets(tasks=names) for names in tasks], (), ())])[0]

    speech, none = ("text-to-speech",), ()
    mixed = named(*[speech] * 5, *[none] * 4, ("translation",))
    assert mixed.name == "text-to-speech and untagged models"
    assert "90 % are for text-to-speech or have no task tag" in mixed.evidence
    assert named(*[none] * 3, speech, ("translation",)).name == "untagged models"
    both = named(("a", "b"), ("a", "b"), ("c",), ("d",), ("e",))
    assert both.name == "a and c models"
    assert named(*((task,) for task in "abcdefgh")).name == "models of many kinds"


def test_terms_of_names_are_common_and_none_is_of_the_gutter() -> None:
    bags = [
        {"taxi": 1.0, "lake": 2.0, "breasts": 9.0},
        {"taxi": 1.0, "breasts": 9.0},
        {"lake": 1.0},
    ]
    assert common_terms(["taxi", "lake", "pong"], bags) == ["taxi", "lake"]
    assert common_terms(["taxi", "lake"], [*bags, {}]) == []
    terms = class_terms([*bags, {"pong": 1.0}], [0, 0, 0, 1], ["a", "b", "c", "d"], 2)
    assert sorted(term for term, _ in terms[0]) == ["lake", "taxi"]


@dataclass
class _Answer:
    answer: dict[str, Any]


def test_a_language_model_names_from_the_evidence(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(model: str, prompt: str, schema: Any, **_: Any) -> _Answer:
        asked.append(prompt)
        return _Answer({"name": f"Fine models of group {len(asked)}."})

    namer = ModelNamer("provider/model", ask=ask)
    drawn = draw_map(make_study(tmp_path, _rows()), Settings(segments=4), draws=0, namer=namer)
    assert {item.named_by for item in drawn.segments} == {"provider/model"}
    assert all(item.segment.startswith("Fine models of group") for item in drawn.segments)
    assert "families" in asked[0]
    assert namer.refused == []


@pytest.mark.parametrize(
    "name", ["", "x" * 80, "<script>alert(1)</script>", "taken", None, "a\nb\u202e", 7]
)
def test_an_unusable_name_is_not_taken(name: Any) -> None:
    namer = ModelNamer("p/m", ask=lambda *_, **__: _Answer({"name": name}))
    assert namer.name({"name": "rule"}, ["Taken"]) is None
    assert namer.refused


def test_a_failing_namer_leaves_the_names(tmp_path: Path) -> None:
    def ask(*_: Any, **__: Any) -> Any:
        raise JudgeError("no answer")

    namer = ModelNamer("p/m", ask=ask)
    drawn = draw_map(make_study(tmp_path, _rows(6)), Settings(segments=4), draws=0, namer=namer)
    assert {item.named_by for item in drawn.segments} == {"terms and tags"}
    assert "no answer" in namer.refused


def test_quantiles_of_nothing() -> None:
    assert quantiles(np.array([np.nan])).median is None
    assert quantiles(np.arange(5.0)).median == 2
    assert segments_for(473) == 22


# Embedders -------------------------------------------------------------------------------------


class _Server(BaseHTTPRequestHandler):
    asked: list[Any] = []  # noqa: RUF012
    keys: list[str | None] = []  # noqa: RUF012
    words = ("GGUF", "BERT", "PPO", "Welsh")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body)
        self.keys.append(self.headers.get("Authorization"))
        if body["model"] == "refused":
            self.send_error(401)
            return
        data = [
            {
                "index": i,
                "embedding": [float(word in text) for word in ("GGUF", "BERT", "PPO", "W")],
            }
            for i, text in enumerate(body["input"])
        ]
        if body["model"] == "odd":
            data = data[:-1]
        answer = json.dumps({"data": data[::-1]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    _Server.asked.clear()
    _Server.keys.clear()
    with HTTPServer(("127.0.0.1", 0), _Server) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}/v1"
        running.shutdown()
        thread.join()


def test_an_endpoint_embeds_each_text_once(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDIOGRAM_EMBEDDER_KEY", "secret-key")
    study = make_study(tmp_path, _rows())
    settings = Settings("small", segments=4)
    drawn = draw_map(study, settings, draws=0, base_url=server)
    assert len(drawn.segments) == 4
    assert _Server.keys[0] == "Bearer secret-key"
    calls = len(_Server.asked)
    assert sum(len(body["input"]) for body in _Server.asked) == 48
    draw_map(study, settings, draws=0, base_url=server, mode="refit")
    assert len(_Server.asked) == calls
    more = make_study(
        tmp_path / "more",
        [Row("new/x", 3, text="---\nlicense: mit\n---\n# X\n\nA GGUF file of llama.")],
    )
    for table in ("models", "cards"):
        getattr(study, table).write("1", getattr(more, table).read_shard("0"))
    draw_map(study, settings, draws=0, base_url=server)
    assert [len(body["input"]) for body in _Server.asked[calls:]] == [1]
    (row,) = study.models.read_shard("1")  # its tags are no part of a text with front matter
    study.models.write("1", [{**row, "tags": ["other"]}])
    draw_map(study, settings, draws=0, base_url=server)
    assert len(_Server.asked) == calls + 1
    near = [row for id, row in _places(study).items() if id != "new/x" and "gguf" in id.lower()]
    assert _places(study)["new/x"]["segment"] in {row["segment"] for row in near}
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"secret-key" not in path.read_bytes()
    assert "secret-key" not in repr(load_embedder("small", server))


def test_an_openai_key_is_sent_to_openai_only(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CARDIOGRAM_EMBEDDER_KEY", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    load_embedder("small", server).encode(["a"])
    assert _Server.keys == [None]


def test_a_bad_endpoint_is_named(server: str) -> None:
    with pytest.raises(JudgeError, match="401"):
        EmbeddingServer("refused", server, "sk-secret").encode(["a"])
    with pytest.raises(JudgeError, match="for 2 texts"):
        EmbeddingServer("odd", server).encode(["a", "b"])
    with pytest.raises(ConfigError, match="no address"):
        load_embedder("x", "file:///etc/passwd")


def test_a_static_model_embeds(tmp_path: Path) -> None:
    model2vec = pytest.importorskip("model2vec", reason="the extra `embed` is not installed")
    tokenizers = pytest.importorskip("tokenizers")
    vocabulary = {"[UNK]": 0, "llama": 1, "agent": 2, "whisper": 3}
    words = tokenizers.Tokenizer(tokenizers.models.WordLevel(vocabulary, unk_token="[UNK]"))
    words.normalizer = tokenizers.normalizers.Lowercase()
    words.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    model2vec.StaticModel(np.eye(4, dtype=np.float32), words).save_pretrained(tmp_path / "model")
    rows = [Row(f"a/{w}", 3, text=f"# X\n\n{w} {w} {w}") for w in ("llama", "agent")]
    study = make_study(tmp_path / "study", [*rows, Row("a/none", 3, text="")])
    count_cards(study)
    vectors = StudyVectors.of(study, str(tmp_path / "model"), "")
    shards = shards_on_map(study)
    vectors.complete(shards, None, silent)
    keys = study.features.read(["key"])["key"].to_pylist()
    made = vectors.of_cards("0", keys)
    assert made[:2].argmax(axis=1).tolist() == [1, 2]
    assert np.linalg.norm(made, axis=1) == pytest.approx([1, 1, 0])
    assert vectors.of_cards("0", ["nobody"]).shape == (1, 1)


def test_a_missing_model_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sentence-transformers|cannot load"):
        load_embedder(f"sentence-transformers:{tmp_path / 'none'}")


# The shipped map -------------------------------------------------------------------------------


def test_the_shipped_map_is_small_and_holds_no_text() -> None:
    found = reference_map().file
    assert len(found.ids) > 400
    assert found.terms is not None
    ratings = reference_map().ratings
    assert len(found.profiles) > 10
    assert set(found.profiles[0]) == {"segment"}
    assert len(found.tasks) == len(found.ids)
    assert len(found.examples) > 20
    for row, parts in found.examples.items():
        assert ratings[row] >= GOOD
        assert all(part.lines in LINES and part.expected >= GOOD for part in parts)


SCORES_OF_POOR = {name: Score(2, 2.0, 1.0, 3.0) for name in SCORES}
SCORES_OF_BEST = {name: Score(5, 5.0, 5.0, 5.0) for name in SCORES}


def test_place_one_card() -> None:
    text = "# Llama 2 7B GGUF\n\nQuantised GGUF files for llama.cpp: Q4_K_M, Q8_0.\n"
    card = parse_card(text, id="me/Llama-2-7B-GGUF", tags=["text-generation"])
    found = place(card, SCORES_OF_POOR)
    assert found.segment is not None
    assert "GGUF" in found.segment
    assert found.rank is not None
    assert 1 <= found.rank <= found.of
    assert 0 <= found.above < found.among
    assert found.task == "text generation"
    better = place(card, SCORES_OF_BEST)
    assert (better.rank, better.above) == (1, better.among)
    assert better.neighbours == ()  # nothing that it lacks


def test_the_shipped_map_holds_ratings_of_the_shipped_judge() -> None:
    """With those of another version the standing of an owner would vanish unsaid."""
    assert reference_map().file.about["judge"] == embedded_judge().version


def test_a_good_card_near_it_is_of_its_task_near_and_has_something_to_copy() -> None:
    fitted, shown = reference_map(), 0
    shipped = fitted.file
    for row in range(0, len(shipped.ids), 7):
        name, task = shipped.ids[row], shipped.tasks[row]
        if not task:
            continue
        near = _good(fitted, fitted.vectors[row], name, task, SCORES_OF_POOR)
        assert len(near) <= 1
        for card in near:
            shown += 1
            assert card.id != name
            assert shipped.tasks[shipped.ids.index(card.id)] == task
            assert card.similarity >= NEAR
            assert 1 <= len(card.parts) <= 2
            assert all(part.expected >= 2.0 + BETTER for part in card.parts)
        assert _good(fitted, fitted.vectors[row], name, "", SCORES_OF_POOR) == ()
        assert _good(fitted, fitted.vectors[row], name, "no such task", SCORES_OF_POOR) == ()
    assert shown > 5


def test_no_card_is_held_up_to_more_than_one_in_twenty() -> None:
    fitted = reference_map()
    shipped = fitted.file
    shown = Counter(
        card.id
        for row, (name, task) in enumerate(zip(shipped.ids, shipped.tasks, strict=True))
        for card in _good(fitted, fitted.vectors[row], name, task, SCORES_OF_POOR)
    )
    assert max(shown.values()) <= len(shipped.ids) / 20


def test_what_can_be_copied_from_a_card() -> None:
    text = "# Parrot\n\n## Usage\n\na\nb\n\n## Evaluation\n\n| a |\n|---|\n| 1 |\n"
    card = parse_card(text, tags=["text-classification"])
    expected = dict.fromkeys(SCORES, 4.0)
    assert good_parts(card, expected) == (Part("usage", 4, 4.0), Part("evaluation", 5, 4.0))
    assert good_parts(card, {**expected, "usage": 3.4}) == (Part("evaluation", 5, 4.0),)
    assert good_parts(card, {**expected, "overall": 3.4}) == ()
    long = parse_card("# Parrot\n\n## Usage\n\n" + "line\n\n" * 60)
    assert good_parts(long, expected) == ()
    assert task_of(card) == "text classification"
    assert task_of(parse_card("# Parrot")) == ""
    for tags in (["text-classification"], ["fill-mask", "translation"], ["Summarization"], ["x"]):
        tagged = parse_card("# Parrot", tags=tags)
        assert (task_of(tagged),) == (facets_of(tagged).tasks or ("",))


def test_a_card_without_words_has_a_reason() -> None:
    found = place(parse_card(""), SCORES_OF_POOR)
    assert found.segment is None
    assert found.reason
    assert found.neighbours == ()


def test_placing_needs_no_extra() -> None:
    code = (
        "import sys\nfrom cardiogram.cards.card import parse_card\n"
        "from cardiogram.judge.rating import Score\nfrom cardiogram.maps.place import place\n"
        "place(parse_card('# A llama'), {'overall': Score(3, 3.0, 2.0, 4.0)})\n"
        "bad = {'numpy', 'scipy', 'sklearn', 'openTSNE', 'statsmodels'} & set(sys.modules)\n"
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_one_card_falls_where_it_does_among_many() -> None:
    """The one is placed in plain Python, the many with numpy, which rounds to 32 bits."""
    fitted, plain = FittedMap.load(REFERENCE_FILE), reference_map()
    assert fitted is not None
    assert fitted.terms is not None
    sample = Path(__file__).parents[3] / "examples" / "sample"
    cards = [parse_card(row["data"] or "", id=row["id"]) for row in read_source(sample)]
    terms = [terms_of(card) for card in cards]
    vectors = fitted.terms.embed(terms)
    placed = fitted.place(vectors)
    for row, words in enumerate(terms):
        vector = plain.embed(words)
        assert vector == pytest.approx(vectors[row].tolist(), abs=1e-6)
        spot = plain.place(vector)
        assert spot.cluster == placed.cluster[row]
        assert spot.strength == pytest.approx(placed.strength[row], abs=1e-6)
        assert (spot.x, spot.y) == pytest.approx(placed.places[row].tolist(), abs=1e-6)


def test_a_damaged_map_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fitted.npy"
    path.write_bytes(b"no archive")
    with pytest.raises(DataError, match=r"fitted\.npy"):
        FittedMap.load(path)
    assert FittedMap.load(tmp_path / "none.npy") is None


def test_the_file_keeps_the_map(tmp_path: Path) -> None:
    study = make_study(tmp_path, _rows())
    draw_map(study, draws=0)
    path = study.map.folder / "fitted.npy"
    found = FittedMap.load(path)
    assert found is not None
    found.save(tmp_path / "small.npy", "int8")
    small = FittedMap.load(tmp_path / "small.npy")
    assert small is not None
    assert np.abs(small.vectors - found.vectors).max() < 0.01
    assert (small.place(small.vectors).cluster == found.place(found.vectors).cluster).mean() > 0.9


def test_a_study_s_own_map_knows_its_good_cards(tmp_path: Path) -> None:
    usage = "# Parrot\n\nIt repeats.\n\n## Usage\n\nRun it\nso\nor so.\n"
    rows = [Row(f"a{i}/m{i}", 1 + i % 5, i, i, usage, task="translation") for i in range(30)]
    study = make_study(tmp_path, rows)
    draw_map(study, draws=0)
    fitted = map_of(tmp_path)
    assert set(fitted.file.tasks) == {"translation"}
    assert {fitted.file.ids[row] for row in fitted.file.examples} == {
        row.id for row in rows if row.overall >= 4
    }
    card = parse_card(usage, id="me/parrot", tags=["translation"])
    (near,) = place(card, SCORES_OF_POOR, fitted, name="s").neighbours
    assert near.parts[0].lines == 5
    again = FittedMap.load(study.map.folder / "fitted.npy")
    assert again is not None
    assert (again.tasks, again.examples) == (fitted.file.tasks, fitted.file.examples)


@pytest.mark.parametrize(
    ("segment", "strength", "kind"),
    [
        ("merges of Mistral models", 0.8, "merges of Mistral models"),
        ("merges of Mistral models", 0.7, ""),
        ("language models around generate and automodelforcausallm", 0.8, "language models"),
        ("text generation and untagged models", 1.0, ""),
        (None, 0.0, ""),
    ],
)
def test_a_kind_is_said_where_it_is_sure_and_is_one(
    segment: str | None, strength: float, kind: str
) -> None:
    assert Place("reference", segment, strength, 0.0, 0.0).kind == kind
