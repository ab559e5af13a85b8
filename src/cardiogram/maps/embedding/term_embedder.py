"""The default embedder: weighted words, character n-grams and metadata, made dense by an SVD.

A card is a row of term weights (sublinear TF-IDF); each term stands for itself and for its
character n-grams, so that `finetune` and `finetuned` are near. A truncated SVD turns every term
into one short vector, and a card's vector is the weighted sum of its terms': fitting needs scipy,
embedding needs numpy only.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cardiogram.cards.features import CardTerms, load_shapes
from cardiogram.maps.embedding.weighing import LENGTHS, QUIET, View, bags_of, weigh
from cardiogram.optional import load_for_map

Vectors = NDArray[np.float32]
SHARED_BY = 4
"""Cards that must share a block, names and numbers apart, before it counts as a template."""

DIMENSIONS = 50
_NGRAMS = 0.3
"""Weight of a term's character n-grams, where that of the term itself is 1."""

_NGRAM_SIZES = (3, 4, 5)
_RARE, _COMMON = 2, 0.6
_MOST_TERMS = 60_000
_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class TermEmbedder:
    """A fitted embedder of terms.

    Attributes
    ----------
    index
        Row of each term.
    idf
        Weight of each term, shape (terms,).
    weights
        Vector of each term, shape (terms, dimensions).
    shared
        Shapes of blocks that many of the fitted cards share.
    view
        Whether such blocks are looked past, or looked at.
    """

    index: Mapping[str, int]
    idf: NDArray[np.float32]
    weights: Vectors
    shared: frozenset[int]
    view: View = "models"

    @property
    def id(self) -> str:
        """Name and version."""
        return "terms-1"

    def embed(self, cards: Sequence[CardTerms]) -> Vectors:
        """Vectors of unit length; all zeros where a card has no known term."""
        vectors = np.zeros((len(cards), self.weights.shape[1]), dtype=np.float32)
        plain = np.array([term.isalpha() for term in self.index], dtype=bool)
        for first in range(0, len(cards), _TOGETHER):
            bags = self._bags(cards[first : first + _TOGETHER], plain)
            for bag, (start, end) in enumerate(pairwise(bags.ends)):
                weights = bags.weights[start:end]
                if norm := float(np.sqrt(weights @ weights)):
                    own = weights @ self.weights[bags.terms[start:end]]
                    vectors[first + bag // 2] += (LENGTHS[bag % 2] / norm) * own
        return unit(vectors)

    def _bags(self, cards: Sequence[CardTerms], plain: NDArray[np.bool_]) -> _Bags:
        """What :func:`bags_of` says of each card, to the bit; `plain` are terms of letters."""
        known, looks_past = self.shared | load_shapes().shapes, self.view == "models"
        words, sizes, quiet, owners = list[str](), list[int](), list[bool](), list[int]()
        for row, card in enumerate(cards):
            for shape, piece in card.pieces:
                words += piece
                sizes.append(len(piece))
                quiet.append(shape != 0 and (shape in known) == looks_past)
                owners.append(2 * row)
            words += card.fields
            sizes.append(len(card.fields))
            quiet.append(False)
            owners.append(2 * row + 1)
        terms = np.fromiter(map(self.index.get, words, repeat(-1)), np.int64, len(words))
        kept = terms >= 0
        terms, owner = terms[kept], np.repeat(owners, sizes)[kept]
        turned_down = np.repeat(quiet, sizes)[kept]
        if looks_past:
            turned_down &= plain[terms]
        pairs, first, which = np.unique(
            owner * len(self.index) + terms, return_index=True, return_inverse=True
        )
        counts = np.bincount(which, np.where(turned_down, QUIET, 1.0), len(pairs))
        order = np.argsort(first)  # a sum of floats hangs on its order: that of the card
        owner, terms = owner[first[order]], terms[first[order]]
        weights = np.fromiter(map(math.log1p, counts[order].tolist()), np.float32, len(order))
        weights[owner % 2 == 1] = 1.0
        ends = np.searchsorted(owner, np.arange(2 * len(cards) + 1))
        return _Bags(terms, weights * self.idf[terms], ends.tolist())


class _Bags(NamedTuple):
    """Terms and weights of two bags a card, one after the other: its words, and its metadata."""

    terms: NDArray[np.int64]
    weights: NDArray[np.float32]
    ends: list[int]


def shared_shapes(cards: Iterable[CardTerms], least: int = SHARED_BY) -> frozenset[int]:
    """Shapes of blocks that stand in at least so many cards."""
    counts: Counter[int] = Counter()
    for card in cards:
        counts.update({piece.shape for piece in card.pieces if piece.shape})
    return frozenset(shape for shape, count in counts.items() if count >= least)


def fit_terms(
    cards: Sequence[CardTerms],
    *,
    dimensions: int = DIMENSIONS,
    view: View = "models",
    seed: int = 0,
    most_terms: int = _MOST_TERMS,
) -> TermEmbedder:
    """Fit the default embedder.

    Parameters
    ----------
    dimensions
        Of the vectors; fewer where there are fewer cards or terms.
    seed
        Of the start of the SVD.
    most_terms
        Terms that are kept; of more, the most frequent.

    References
    ----------
    Deerwester et al. (1990), Indexing by latent semantic analysis, JASIS 41(6), 391-407.
    """
    shared = shared_shapes(cards)
    bags = [weigh(card, shared, view) for card in cards]
    frequency: Counter[str] = Counter()
    for bag, card in zip(bags, cards, strict=True):
        frequency.update(bag.keys())
        frequency.update(card.fields)
    terms = _chosen(frequency, len(cards), most_terms)
    index = {term: row for row, term in enumerate(terms)}
    counts = np.array([frequency[term] for term in terms], dtype=np.float64)
    idf = (np.log((1 + len(cards)) / (1 + counts)) + 1).astype(np.float32)
    fitted = TermEmbedder(index, idf, np.zeros((len(terms), 1), np.float32), shared, view)
    rows = _matrix(fitted, cards)
    weights = _term_vectors(rows, terms, dimensions, seed)
    return TermEmbedder(index, idf, weights, shared, view)


def _chosen(frequency: Mapping[str, int], cards: int, most_terms: int) -> list[str]:
    """Terms that are neither rare nor everywhere, in alphabetical order."""
    least = _RARE if cards >= 8 else 1
    most_cards = _COMMON * cards if cards >= 8 else cards
    known = [term for term, count in frequency.items() if least <= count <= most_cards]
    known = known or [term for term, count in frequency.items() if least <= count]  # all alike
    known.sort(key=lambda term: (-frequency[term], term))
    return sorted(known[:most_terms])


def _matrix(fitted: TermEmbedder, cards: Sequence[CardTerms]) -> Any:
    """Cards by terms, each row as it is summed up in `embed`."""
    places, values, ends = [], [], [0]
    for card in cards:
        for bag, length in bags_of(card, fitted.index, fitted.shared, fitted.view):
            indices = np.fromiter((fitted.index[term] for term in bag), np.int64, len(bag))
            weights = np.fromiter(bag.values(), np.float64, len(bag)) * fitted.idf[indices]
            norm = float(np.linalg.norm(weights)) or 1.0
            places.append(indices)
            values.append(weights * (length / norm))
        ends.append(ends[-1] + places[-1].size + places[-2].size)
    parts = (np.concatenate(values), np.concatenate(places), np.array(ends))
    return load_for_map("scipy.sparse").csr_matrix(parts, shape=(len(cards), len(fitted.index)))


def _term_vectors(rows: Any, terms: Sequence[str], dimensions: int, seed: int) -> Vectors:
    """One vector a term: its own part of the SVD and that of its n-grams."""
    sparse, linalg = load_for_map("scipy.sparse"), load_for_map("scipy.sparse.linalg")
    spelt = _spelling(terms)
    both = sparse.hstack([sparse.identity(len(terms)), _NGRAMS * spelt]).tocsr()
    size = min(dimensions, min(rows.shape) - 1)
    if size < 1:
        presence = np.asarray(rows.T.toarray()[:, :1] if rows.shape[1] else np.zeros((0, 1)))
        return np.asarray(np.abs(presence) > 0, dtype=np.float32)
    product = linalg.aslinearoperator(rows) @ linalg.aslinearoperator(both)
    start = np.random.default_rng(seed).normal(size=min(product.shape))
    _, scale, axes = linalg.svds(product, k=size, v0=start, solver="arpack")
    order = np.argsort(-scale, kind="stable")
    axes = axes[order].T
    peaks = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    axes = axes * np.where(peaks < 0, -1.0, 1.0)  # an SVD's signs are arbitrary
    return np.asarray(both @ axes, dtype=np.float32)


def _spelling(terms: Sequence[str]) -> Any:
    """Terms by character n-grams, rows of unit length; those of a field are of its value."""
    grams: dict[str, int] = {}
    rows, columns = [], []
    for row, term in enumerate(terms):
        own_grams = {
            grams.setdefault(gram, len(grams)) for gram in sorted(ngrams(term.rpartition(":")[2]))
        }
        rows += [row] * len(own_grams)
        columns += sorted(own_grams)
    lengths = np.bincount(rows, minlength=len(terms)) if rows else np.ones(len(terms))
    values = 1 / np.sqrt(lengths[rows]) if rows else np.zeros(0)
    shape = (len(terms), max(1, len(grams)))
    return load_for_map("scipy.sparse").csr_matrix((values, (rows, columns)), shape=shape)


def ngrams(word: str) -> set[str]:
    """Runs of 3 to 5 characters of a word between its ends.

    Examples
    --------
    >>> sorted(ngrams("vit"))
    ['<vi', '<vit', '<vit>', 'it>', 'vit', 'vit>']
    """
    whole = f"<{word}>"
    return {whole[i : i + n] for n in _NGRAM_SIZES for i in range(len(whole) - n + 1)}


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)
