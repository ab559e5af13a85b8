"""Gates and chat templates: what the card says of them against what is there."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import Known, contradiction, sources_of


def compare_gates(known: Known) -> Iterator[Contradiction]:
    """A card that asks for consent, or says that it does, where nothing is gated."""
    facts = known.named(("gated",))
    if not facts:
        return
    gated = facts[0].value not in (False, None, "false", "")
    for statement in known.said("gated"):
        if bool(statement.value) != gated:
            state = "is gated" if gated else "is open to everybody"
            yield contradiction(
                statement, sources_of(facts), f"The repository {state}.", sure=False
            )
            return


def compare_templates(known: Known) -> Iterator[Contradiction]:
    """A chat template that the card uses or names, and that the tokenizer does not have."""
    facts = known.named(("chat_template",), "")
    absent = [f for f in facts if f.value is False]
    if not absent or len(absent) < len(facts):
        return
    for statement in known.said("chat_template"):
        yield contradiction(
            statement,
            sources_of(absent),
            "The card uses a chat template; the tokenizer of this repository has none.",
            sure=False,
        )
        return
