"""Embedders, projections and clusters of the map: quality on tagged cards, and cost as it grows.

Usage: python benchmarks/maps.py CARDS.jsonl.gz [--quality] [--placing] [--cost 1000,10000]

Quality is the adjusted mutual information (AMI) of the clusters with library, task, quantisation,
author, kind and format from the Hub's tags. No embedder here sees these but that of the last row:
it gets the cards' text only, without id, tags or front matter. A model without the tag is left out
of that label's AMI, and authors of one card are left out of the author's. An outlier is a cluster
of its own, as is usual. Three seeds, the mean is shown. The candidates that are not installed are
skipped: umap-learn, pacmap, evoc and fast_hdbscan are no dependencies of the package.
"""

from __future__ import annotations

import argparse
import gzip
import json
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.terms import terms_of
from cardiogram.cards.vocabulary import load_vocabulary
from cardiogram.maps import cluster, fitted, map_file, project
from cardiogram.maps.embedding import term_embedder as embed

SEEDS = (0, 1, 2)
METHODS = ("gguf", "ggml", "gptq", "awq", "exl2", "onnx", "4-bit", "8-bit")
FORMATS = (*METHODS[:6], "diffusers", "tensorboard", "safetensors", "pytorch", "tf", "jax", "keras")
KINDS = {
    "quantised": METHODS[:5],
    "agent": ("reinforcement-learning",),
    "merge": ("merge", "mergekit"),
    "adapter": ("peft", "lora"),
    "image generation": ("text-to-image", "diffusers"),
    "trainer": ("generated_from_trainer",),
    "embedding": ("sentence-transformers", "sentence-similarity"),
    "speech": ("automatic-speech-recognition", "text-to-speech", "audio-classification"),
    "vision": ("image-classification", "object-detection", "image-segmentation"),
    "language model": ("text-generation",),
    "translation": ("translation",),
}
"""Tags of each kind of model, the first that fits; the id counts as a tag for the copies."""


def load(path: Path) -> list[dict[str, Any]]:
    """Cards that have tags."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [row for row in map(json.loads, file) if row.get("tags")]


def labels_of(rows: Sequence[dict[str, Any]]) -> dict[str, np.ndarray]:
    """What the Hub's tags say; None where they do not."""
    known = load_vocabulary()
    authors = [row["id"].split("/")[0] for row in rows]
    counts = Counter(authors)
    found: dict[str, list[str | None]] = {
        "library": [next((t for t in r["tags"] if t in known.libraries), None) for r in rows],
        "task": [next((t for t in r["tags"] if t in known.tasks), None) for r in rows],
        "quantisation": [
            next((m for m in METHODS if m in " ".join([*r["tags"], r["id"]]).lower()), "none")
            for r in rows
        ],
        "author": [name if counts[name] > 1 else None for name in authors],
        "kind": [_first(KINDS, row, "other") for row in rows],
        "format": [_first({name: (name,) for name in FORMATS}, row) for row in rows],
    }
    return {key: np.array(values, dtype=object) for key, values in found.items()}


def _first(
    tags: Mapping[str, Sequence[str]], row: dict[str, Any], otherwise: str | None = None
) -> str | None:
    """The first name of which a model has a tag."""
    own = {*map(str.lower, row["tags"]), *row["id"].lower().replace("_", "-").split("-")}
    return next((name for name, some in tags.items() if not own.isdisjoint(some)), otherwise)


def agreement(labels: dict[str, np.ndarray], found: np.ndarray) -> dict[str, float]:
    """AMI with each label."""
    score = import_module("sklearn.metrics").adjusted_mutual_info_score
    return {
        key: score(values[values != None], found[values != None])  # noqa: E711
        for key, values in labels.items()
    }


def candidates(rows: Sequence[dict[str, Any]]) -> dict[str, Callable[[int], np.ndarray]]:
    """Ways from texts to clusters by name."""
    texts = [row["text"] for row in rows]
    sk, text = import_module("sklearn.cluster"), import_module("sklearn.feature_extraction.text")
    cards = [terms_of(parse_card(body)) for body in texts]
    ours = {seed: embed.fit_terms(cards, seed=seed).embed(cards) for seed in SEEDS}
    wanted = cluster.segments_for(len(texts))

    def plain(seed: int) -> np.ndarray:
        rows = text.TfidfVectorizer().fit_transform(texts)
        places = import_module("umap").UMAP(random_state=seed).fit_transform(rows)
        return sk.HDBSCAN(copy=True).fit_predict(places)

    def map_of(seed: int) -> np.ndarray:
        places = project.project(ours[seed], seed)
        return cluster.cluster(ours[seed], places, wanted).label

    def ward(places: np.ndarray) -> np.ndarray:
        return sk.AgglomerativeClustering(wanted).fit_predict(places)

    def hdbscan(places: np.ndarray) -> np.ndarray:
        return sk.HDBSCAN(min_cluster_size=8, min_samples=3, copy=True).fit_predict(places)

    def umap(seed: int) -> np.ndarray:
        return (
            import_module("umap").UMAP(metric="cosine", random_state=seed).fit_transform(ours[seed])
        )

    def pacmap(seed: int) -> np.ndarray:
        return import_module("pacmap").PaCMAP(random_state=seed).fit_transform(ours[seed])

    def evoc(seed: int) -> np.ndarray:
        return (
            import_module("evoc")
            .EVoC(base_min_cluster_size=8, random_state=seed)
            .fit_predict(ours[seed])
        )

    def fast(seed: int) -> np.ndarray:
        places = project.project(ours[seed], seed)
        return (
            import_module("fast_hdbscan")
            .HDBSCAN(min_cluster_size=8, min_samples=3)
            .fit_predict(places)
        )

    return {
        "plain TF-IDF, UMAP, HDBSCAN, defaults": plain,
        "cardiogram map": map_of,
        "ours, openTSNE, Ward": lambda s: ward(project.project(ours[s], s)),
        "ours, openTSNE, HDBSCAN": lambda s: hdbscan(project.project(ours[s], s)),
        "ours, openTSNE, fast_hdbscan": fast,
        "ours, UMAP, Ward": lambda s: ward(umap(s)),
        "ours, UMAP, HDBSCAN": lambda s: hdbscan(umap(s)),
        "ours, PaCMAP, Ward": lambda s: ward(pacmap(s)),
        "ours, PaCMAP, HDBSCAN": lambda s: hdbscan(pacmap(s)),
        "ours, no projection, Ward": lambda s: ward(ours[s]),
        "ours, no projection, k-means": lambda s: sk.KMeans(
            wanted, n_init=2, random_state=s
        ).fit_predict(ours[s]),
        "ours, no projection, EVoC": evoc,
        "TF-IDF, UMAP to 5, Ward 15": lambda s: _earlier(texts, s),
        "cardiogram map, tags read as in a study": lambda s: _with_tags(rows, s),
    }


def _with_tags(rows: Sequence[dict[str, Any]], seed: int) -> np.ndarray:
    """The map of a study, which reads a card's metadata, too."""
    cards = [terms_of(parse_card(row["text"], tags=row["tags"])) for row in rows]
    vectors = embed.fit_terms(cards, seed=seed).embed(cards)
    places = project.project(vectors, seed)
    return cluster.cluster(vectors, places, cluster.segments_for(len(rows))).label


def _earlier(texts: Sequence[str], seed: int) -> np.ndarray:
    """What was best by kind of model without a dense embedder, before this map was made."""
    extraction = import_module("sklearn.feature_extraction.text")
    words = extraction.TfidfVectorizer(sublinear_tf=True, min_df=2).fit_transform(texts)
    short = import_module("sklearn.decomposition").TruncatedSVD(100, random_state=seed)
    umap = import_module("umap").UMAP(15, 5, metric="cosine", random_state=seed)
    ward = import_module("sklearn.cluster").AgglomerativeClustering(15)
    return ward.fit_predict(umap.fit_transform(short.fit_transform(words)))


def quality(rows: Sequence[dict[str, Any]]) -> None:
    """Print AMI, coverage and CPU seconds of every candidate."""
    texts = [row["text"] for row in rows]
    labels = labels_of(rows)
    print(f"\n{len(rows)} cards with tags; AMI, mean of seeds {SEEDS}\n")
    print(f"| way | {' | '.join(labels)} | mean | clusters | assigned | CPU s |")
    print("|---" * (len(labels) + 5) + "|")
    for name, way in candidates(rows).items():
        try:
            start = time.process_time()
            found = [np.asarray(way(seed)) for seed in SEEDS]
            spent = (time.process_time() - start) / len(SEEDS)
        except ImportError as error:
            print(f"| {name} | not installed: {error.name} |")
            continue
        scores = [agreement(labels, item) for item in found]
        means = [float(np.mean([score[key] for score in scores])) for key in labels]
        clusters = np.mean([len(set(item.tolist()) - {-1}) for item in found])
        assigned = np.mean([(item >= 0).mean() for item in found])
        print(
            f"| {name} | {' | '.join(f'{value:.3f}' for value in means)} | {np.mean(means):.3f} "
            f"| {clusters:.0f} | {assigned:.0%} | {spent:.1f} |",
            flush=True,
        )
    trust(texts)


def trust(texts: Sequence[str]) -> None:
    """Print how many neighbours the projections keep."""
    score = import_module("sklearn.manifold").trustworthiness
    cards = [terms_of(parse_card(body)) for body in texts]
    vectors = embed.fit_terms(cards).embed(cards)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "openTSNE": lambda: project.project(vectors),
        "umap-learn": lambda: (
            import_module("umap").UMAP(metric="cosine", random_state=0).fit_transform(vectors)
        ),
        "PaCMAP": lambda: import_module("pacmap").PaCMAP(random_state=0).fit_transform(vectors),
    }
    print("\ntrustworthiness (15 neighbours)")
    for name, way in ways.items():
        try:
            print(f"  {name}: {score(vectors, way(), n_neighbors=15, metric='cosine'):.3f}")
        except ImportError:
            print(f"  {name}: not installed")


def placing(rows: Sequence[dict[str, Any]]) -> None:
    """Print how far a card that is placed by its neighbours falls from where a fit puts it.

    One map is fitted on all cards. Of a random half, which the embedder has not seen, each card is
    then placed among the other half as that map has it.
    """
    cards = [terms_of(parse_card(row["text"], tags=row["tags"])) for row in rows]
    print(f"\n{len(cards)} cards, half of them placed\n")
    for seed in SEEDS:
        vectors = embed.fit_terms(cards, seed=seed).embed(cards)
        places = project.project(vectors, seed)
        whole = cluster.cluster(vectors, places, cluster.segments_for(len(cards)))
        order = np.random.default_rng(seed).permutation(len(cards))
        known, new = order[::2], order[1::2]
        terms = embed.fit_terms([cards[row] for row in known], seed=seed)
        profiles = [{"segment": str(number)} for number in range(whole.count)]
        half = fitted.FittedMap(
            map_file.Settings(),
            terms,
            terms.embed([cards[row] for row in known]),
            places[known],
            whole.label[known],
            whole.strength[known],
            (),
            (),
            np.zeros(0),
            tuple(profiles),  # type: ignore[arg-type]
        )
        placed = half.place(terms.embed([cards[row] for row in new]))
        score = import_module("sklearn.metrics").adjusted_rand_score
        same = placed.cluster == whole.label[new]
        far = np.linalg.norm(placed.places - places[new], axis=1)
        apart = np.linalg.norm(places[new] - places[np.roll(new, 1)], axis=1)
        print(
            f"seed {seed}: {same.mean():.1%} in the same segment (ARI "
            f"{score(placed.cluster, whole.label[new]):.2f}), median distance "
            f"{np.median(far):.3f}; of two cards at random {np.median(apart):.3f}"
        )


def cost(rows: Sequence[dict[str, Any]], sizes: Sequence[int]) -> None:
    """Print CPU seconds and peak memory of whole maps of resampled cards."""
    from tempfile import TemporaryDirectory

    from cardiogram.maps.map import draw_map
    from cardiogram.store import Study

    for size in sizes:
        with TemporaryDirectory() as folder:
            study = Study(Path(folder))
            _write(study, rows, size)
            wall, start = time.perf_counter(), time.process_time()
            drawn = draw_map(study)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{size:>8,} cards: {time.process_time() - start:.1f} s CPU, "
                f"{time.perf_counter() - wall:.1f} s, peak {peak:,.0f} MB, "
                f"{len(drawn.segments)} segments, fitted on {drawn.about['fitted_on']:,}",
                flush=True,
            )


def _write(study: Any, rows: Sequence[dict[str, Any]], size: int) -> None:
    """A study of cards put together from paragraphs of two real ones each."""
    rng = np.random.default_rng(0)
    for shard, first in enumerate(range(0, size, 1024)):
        models, cards = [], []
        for number in range(first, min(first + 1024, size)):
            one, other = (rows[int(i)] for i in rng.integers(0, len(rows), 2))
            head, tail = one["text"].split("\n\n"), other["text"].split("\n\n")
            kept = [p for p in head if rng.random() < 0.9] + [p for p in tail if rng.random() < 0.1]
            body, sha = "\n\n".join(kept), f"{number:064d}"
            models.append(
                {
                    "id": f"{one['id']}-{number}",
                    "author": one["id"].split("/")[0],
                    "tags": one["tags"],
                    "card_sha256": sha,
                    "problems": [],
                    "downloads": number % 97,
                    "likes": number % 7,
                }
            )
            cards.append(
                {
                    "card_sha256": sha,
                    "front_matter": None,
                    "body": body,
                    "body_line": 0,
                    "bytes": len(body),
                    "problems": [],
                }
            )
        study.cards.write(f"{shard:05d}", cards)
        study.models.write(f"{shard:05d}", models)
    study.write_manifest({})


def main() -> int:
    """Run what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cards", type=Path)
    parser.add_argument("--quality", action="store_true")
    parser.add_argument("--placing", action="store_true")
    parser.add_argument("--cost", default="")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = load(asked.cards)
    if asked.quality:
        quality(rows)
    if asked.placing:
        placing(rows)
    if asked.cost:
        cost(rows, [int(size) for size in asked.cost.split(",")])
    return 0


if __name__ == "__main__":
    sys.exit(main())
