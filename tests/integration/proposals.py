"""Drafts to send, made by hand; run as a program, it sends one."""

from __future__ import annotations

import sys
from pathlib import Path

from cardiogram.cards import parse_card
from cardiogram.hub import HubSession
from cardiogram.improve import (
    Draft,
    DraftChange,
    Proposal,
    ReadmeText,
    Sentence,
    SentLog,
    apply_changes,
    prepare,
    send,
)
from cardiogram.improve.operations import InsertLines
from cardiogram.judge.embedded import embedded_judge
from cardiogram.repository import Fact, FactSource, RepositoryFacts
from cardiogram.repository.access import open_on_hub

SENTENCE = "It has 6 layers."


def improve(hub: str, repo: str, words: str = SENTENCE, revision: str = "main") -> Draft:
    """A draft that adds a sentence at the end of the card."""
    repository = open_on_hub(HubSession(hub), repo, "model", revision)
    before = ReadmeText.of(repository.read("README.md"))
    source = FactSource(6, "config.json", pointer="/num_hidden_layers", commit=repository.commit)
    sentence = Sentence(words, (Fact("layers", 6, (source,)),))
    change = DraftChange(
        "add:size",
        "section",
        "Nothing said how large it is.",
        (InsertLines((words,)),),
        (sentence,),
    )
    changes = () if words in before.text else (change,)
    after, _ = apply_changes(before, changes)
    cards = [parse_card(text.encode(), id=repo) for text in (before, after)]
    old, new = embedded_judge().rate(cards)
    facts = RepositoryFacts(repo, repository.commit, sentence.facts)
    return Draft(
        repo,
        repo,
        before,
        after,
        facts,
        (old, new),
        changes,
        readers=int(str(repository.info["downloads"])),
    )


def propose(hub: str, repo: str, words: str = SENTENCE, revision: str = "main") -> Proposal:
    """A pull request for it."""
    proposal = prepare(improve(hub, repo, words, revision))
    assert proposal is not None
    return proposal


if __name__ == "__main__":
    _, address, name, log = sys.argv
    sent = send(propose(address, name), HubSession(address, patience=30), log=SentLog(Path(log)))
    sys.stdout.write(f"{sent.state} {sent.number}\n")
