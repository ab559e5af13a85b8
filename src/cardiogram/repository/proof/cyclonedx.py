"""Facts and proof as CycloneDX 1.6: a model card that machines read, with claims and evidence.

Each value is marked by a property: `cardiogram:proved:` where files of the repository or the Hub
say it, `cardiogram:said:` where its card alone does. A value that has a field of CycloneDX is
marked by the field's name, and the property holds the place that says it.

References
----------
https://cyclonedx.org/docs/1.6/json/ (`modelCard`, `declarations`)
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from cardiogram.cards import Card
from cardiogram.repository.access import RepositoryFile, withhold
from cardiogram.repository.contradictions import Contradiction
from cardiogram.repository.fact import Fact, FactSource, RepositoryFacts
from cardiogram.repository.proof.claim import Claim
from cardiogram.repository.proof.layout import format_value, name_place, source_as_json
from cardiogram.repository.proof.own_sections import OwnSections, read_own_sections

Json = dict[str, object]

_SPDX = {
    id.lower(): id
    for id in [
        "Apache-2.0",
        "MIT",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "MPL-2.0",
        "ISC",
        "Unlicense",
        "CC0-1.0",
        "CC-BY-3.0",
        "CC-BY-4.0",
        "CC-BY-SA-3.0",
        "CC-BY-SA-4.0",
        "CC-BY-NC-4.0",
        "CC-BY-NC-SA-4.0",
        "CC-BY-NC-ND-4.0",
        "CC-BY-ND-4.0",
        "AFL-3.0",
        "Artistic-2.0",
        "BSL-1.0",
        "EUPL-1.2",
        "Zlib",
        "WTFPL",
    ]
}
"""Licences whose id on the Hub is SPDX's in lower case and says no less: not `gpl-3.0`."""
_FIELDS = {
    "licence": "licenses",
    "base_model": "pedigree.ancestors",
    "task": "modelParameters.task",
    "model_type": "modelParameters.architectureFamily",
    "architecture": "modelParameters.modelArchitecture",
    "pipeline": "modelParameters.modelArchitecture",
    "dataset": "modelParameters.datasets",
    "metric": "quantitativeAnalysis.performanceMetrics",
}
"""Facts that have a field of their own."""
_MOST_FILES = 1000
"""Files whose digests are listed."""


def write_cyclonedx(
    id: str,
    facts: RepositoryFacts,
    claims: Sequence[Claim] = (),
    *,
    card: Card | None = None,
    contradictions: Sequence[Contradiction] = (),
    files: Iterable[RepositoryFile] = (),
) -> str:
    """A bill of materials of one model; the same repository gives the same bytes.

    Parameters
    ----------
    id
        ``owner/name``, or the name of a folder.
    claims
        Sentences of its card that files prove: they become declarations with their evidence.
    card
        Its card, whose sections on uses and limitations are quoted.
    contradictions
        Those of the card: the certain are declarations with the files as counter-evidence.
    files
        Files of the repository: those whose SHA-256 is known are parts of the model.
    """
    model = _model(id, facts, read_own_sections(card) if card else OwnSections())
    listed = tuple(files)
    paths = {file.path for file in listed}
    if "purl" in model and facts.commit:
        model["externalReferences"] = _addresses(id, facts.commit, "README.md" in paths)
    hashed = [file for file in listed if file.digest.startswith("sha256:")][:_MOST_FILES]
    if hashed:
        model["components"] = [_part(file) for file in hashed]
    bom: Json = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": {"components": [{"type": "application", "name": "cardiogram"}]},
            "component": model,
        },
    }
    false = [each for each in contradictions if each.severity == "error"]
    if claims or false:
        bom["declarations"] = _declarations(claims, false)
    text = json.dumps(bom, indent=2, ensure_ascii=False) + "\n"
    return text.encode("utf-8", "replace").decode("utf-8")  # a folder's name may be any bytes


def _addresses(id: str, commit: str, has_card: bool) -> list[Json]:
    """Where the model is, and its card, at the commit that was read."""
    place = f"https://huggingface.co/{quote(id)}"
    card: Json = {"type": "model-card", "url": f"{place}/blob/{commit}/README.md"}
    return [{"type": "distribution", "url": f"{place}/tree/{commit}"}, *([card] * has_card)]


def _part(file: RepositoryFile) -> Json:
    digest = {"alg": "SHA-256", "content": file.digest.removeprefix("sha256:")}
    return {"type": "file", "name": file.path, "hashes": [digest]}


def _model(id: str, facts: RepositoryFacts, own: OwnSections) -> Json:
    """The model as a component."""
    group, _, name = id.rpartition("/")
    component: Json = {"type": "machine-learning-model", "bom-ref": "model"}
    if group:
        component["group"] = group
    component["name"] = name or "model"
    if facts.commit:
        component["version"] = facts.commit
        if group:
            component["purl"] = f"pkg:huggingface/{quote(id)}@{facts.commit}"
    licences = facts.named("licence", "")
    if licences:
        component["licenses"] = [_licence(fact) for fact in licences[:1]]
    if bases := facts.named("base_model"):
        ancestors = [
            {"type": "machine-learning-model", "name": base}
            for base in dict.fromkeys(text for fact in bases for text in _texts(fact))
        ]
        component["pedigree"] = {"ancestors": ancestors}
    component["modelCard"] = _model_card(facts, own)
    return component


def _licence(fact: Fact) -> Json:
    id = format_value(fact.value)
    words = {"id": _SPDX[id]} if id in _SPDX else {"name": id}
    return {"license": {**words, "acknowledgement": "declared"}}


def _model_card(facts: RepositoryFacts, own: OwnSections) -> Json:
    parameters: Json = {}
    for key, sources in (
        ("task", ("task",)),
        ("architectureFamily", ("model_type",)),
        ("modelArchitecture", ("architecture", "pipeline")),
    ):
        values = [text for name in sources for fact in facts.named(name) for text in _texts(fact)]
        if values:
            parameters[key] = values[0]
    if data := [id for fact in facts.named("dataset") for id in _texts(fact)]:
        parameters["datasets"] = [{"type": "dataset", "name": id} for id in dict.fromkeys(data)]
    card: Json = {"bom-ref": "model-card"}
    if parameters:
        card["modelParameters"] = parameters
    if metrics := [_metric(fact) for fact in facts.named("metric")]:
        card["quantitativeAnalysis"] = {"performanceMetrics": metrics}
    considerations = {"useCases": own.uses, "technicalLimitations": own.limitations}
    if quoted := {key: list(texts) for key, texts in considerations.items() if texts}:
        card["considerations"] = quoted
    declared = facts.named("licence", "")[:1]  # of several the field has one
    marks = [
        _property(fact, has_field=fact.name != "licence" or fact in declared)
        for fact in facts.facts
    ]
    marks += [
        {"name": f"cardiogram:said:considerations.{key}", "value": f"README.md {own.lines[key]}"}
        for key in quoted
    ]
    if marks:
        card["properties"] = list({json.dumps(mark): mark for mark in marks}.values())
    return card


def _metric(fact: Fact) -> Json:
    name, _, where = fact.about.partition(", ")
    metric: Json = {"type": name or "unnamed", "value": _number(fact)}
    if where:
        metric["slice"] = where
    return metric


def _number(fact: Fact) -> str:
    return repr(fact.value) if isinstance(fact.value, float | int) else format_value(fact.value)


def _property(fact: Fact, *, has_field: bool) -> Json:
    """The mark of a fact, with its value where that stands nowhere else."""
    is_listed = fact.name in ("file", "size")  # of the card too: that is no word of it
    own = not is_listed and all(source.is_own_word for source in fact.sources)
    mark = f"cardiogram:{'said' if own else 'proved'}"
    about = f":{fact.about}" if fact.about else ""
    if fact.name in _FIELDS and has_field:
        named = about if fact.name == "metric" else ""
        return {
            "name": f"{mark}:{_FIELDS[fact.name]}{named}",
            "value": ", ".join(map(name_place, fact.sources[:3])),
        }
    plain = isinstance(fact.value, float | int) and not isinstance(fact.value, bool)
    value = _number(fact) if plain else format_value(fact.value, 2000)
    unit = f" {fact.unit}" if fact.unit and fact.unit != fact.name else ""
    return {"name": f"{mark}:{fact.name}{about}", "value": f"{value}{unit}"}


def _texts(fact: Fact) -> list[str]:
    values = fact.value if isinstance(fact.value, list) else [fact.value]
    return [str(value) for value in values if isinstance(value, str)]


# Declarations ----------------------------------------------------------------------------------


def _declarations(claims: Sequence[Claim], contradicted: Sequence[Contradiction]) -> Json:
    sources = [source for claim in claims for source in claim.sources]
    sources += [source for each in contradicted for source in each.others]
    refs = {key: f"evidence-{at}" for at, key in enumerate(_unique(map(_key, sources)), 1)}
    evidence = {_key(source): _evidence(refs[_key(source)], source) for source in sources}
    assessor = {
        "bom-ref": "assessor",
        "thirdParty": False,
        "organization": {"name": "cardiogram, run by the author of this document"},
    }
    proven = [
        {
            "bom-ref": f"claim-{number}",
            "target": "model",
            "predicate": claim.quote.exact,
            "reasoning": f"{claim.name.replace('_', ' ')}: {format_value(claim.value)} "
            f"({claim.how})",
            "evidence": _unique(refs[_key(source)] for source in claim.sources),
        }
        for number, claim in enumerate(claims, 1)
    ]
    false = [
        {
            "bom-ref": f"contradicted-{number}",
            "target": "model",
            "predicate": withhold(each.statement.quote),
            "reasoning": withhold(each.why),
            "counterEvidence": _unique(refs[_key(source)] for source in each.others),
        }
        for number, each in enumerate(contradicted, 1)
    ]
    said = (("prove", proven), ("contradict", false))
    return {
        "assessors": [assessor],
        "attestations": [
            {
                "summary": f"Sentences of README.md that files of the repository {verb}",
                "assessor": "assessor",
                "map": [{"claims": [sentence["bom-ref"] for sentence in sentences]}],
            }
            for verb, sentences in said
            if sentences
        ],
        "claims": [*proven, *false],
        "evidence": list(evidence.values()),
    }


def _unique(refs: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(refs))


def _evidence(ref: str, source: FactSource) -> Json:
    content = json.dumps(source_as_json(source, 2000), ensure_ascii=False)
    attachment = {"contentType": "application/json", "content": content}
    data = {"name": name_place(source), "contents": {"attachment": attachment}}
    return {"bom-ref": ref, "propertyName": name_place(source), "data": [data]}


def _key(source: FactSource) -> str:
    return json.dumps(source_as_json(source, 2000), sort_keys=True)
