"""All contradictions of a card, the certain ones first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from cardiogram.repository.contradictions.access_and_templates import (
    compare_gates,
    compare_templates,
)
from cardiogram.repository.contradictions.against_files import (
    compare_disk,
    compare_file_names,
    compare_files_listed,
    compare_parts,
    compare_stored_types,
    compare_with_files,
)
from cardiogram.repository.contradictions.compared_results import (
    compare_benchmarks,
    compare_eval_results,
    compare_results,
)
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.kinds_of_models import (
    compare_architectures,
    compare_bases,
    compare_code_task,
    compare_libraries,
    compare_methods,
    compare_named_base,
    compare_scratch,
    compare_tasks,
)
from cardiogram.repository.contradictions.known import Known
from cardiogram.repository.contradictions.licences_and_languages import (
    compare_languages,
    compare_licences,
)
from cardiogram.repository.contradictions.missing_places import (
    find_missing_files,
    find_missing_ids,
    find_missing_keys,
    find_other_snippets,
)
from cardiogram.repository.contradictions.named_values import (
    compare_columns,
    compare_cut,
    compare_data,
    compare_examples,
    compare_formats,
    compare_label_names,
    compare_merged,
    compare_modules,
    compare_names,
    compare_pipelines,
    compare_rates,
    compare_rows,
    compare_settings,
    compare_shape,
    compare_uses,
)
from cardiogram.repository.contradictions.own_words import (
    compare_batches,
    compare_log,
    compare_other_name,
    compare_sizes,
    compare_titled_merge,
    compare_twice,
)
from cardiogram.repository.statements import read_statements

if TYPE_CHECKING:
    from cardiogram.cards import Card
    from cardiogram.repository.access import Repository
    from cardiogram.repository.fact import RepositoryFacts

CompareFunction: TypeAlias = "Callable[[Known], Iterator[Contradiction]]"

_FUNCTIONS: tuple[CompareFunction, ...] = (
    find_missing_keys,
    compare_bases,
    compare_with_files,
    compare_stored_types,
    compare_files_listed,
    compare_file_names,
    compare_disk,
    compare_parts,
    compare_rates,
    compare_modules,
    compare_licences,
    compare_languages,
    compare_architectures,
    compare_libraries,
    compare_tasks,
    compare_methods,
    compare_settings,
    compare_names,
    compare_label_names,
    compare_uses,
    compare_pipelines,
    compare_formats,
    compare_data,
    compare_cut,
    compare_rows,
    compare_examples,
    compare_shape,
    compare_columns,
    compare_merged,
    compare_results,
    compare_eval_results,
    find_missing_files,
    compare_gates,
    compare_templates,
    compare_batches,
    compare_sizes,
    compare_twice,
    compare_log,
    compare_other_name,
    compare_titled_merge,
    compare_benchmarks,
    compare_named_base,
    compare_scratch,
    compare_code_task,
    find_missing_ids,
    find_other_snippets,
)
"""Comparisons in turn; those that ask the Hub for little else come last."""

_ONCE = frozenset({"file", "repository"})
"""Kinds that are reported once, however often the card names the same."""


def find_contradictions(
    card: Card, facts: RepositoryFacts, repository: Repository | None = None
) -> tuple[Contradiction, ...]:
    r"""Where a card contradicts files, other cards or itself.

    Parameters
    ----------
    facts
        What the repository's files prove; without any, the card is compared with itself.
    repository
        Asked for the files it lists and for other repositories; None where it is not at hand.

    Examples
    --------
    >>> from cardiogram.cards import parse_card
    >>> from cardiogram.repository import RepositoryFacts
    >>> card = parse_card("---\nlicense: mit\n---\n# A\n\n## License\n\nApache 2.0\n")
    >>> [c.why for c in find_contradictions(card, RepositoryFacts(""))]
    ['The metadata say mit, the text says apache-2.0.']
    """
    known = Known(card, read_statements(card), facts, repository)
    hits = [each for function in _FUNCTIONS for each in function(known)]
    kept: dict[tuple[str, int, str], Contradiction] = {}
    for each in sorted(hits, key=lambda c: (c.severity, c.statement.line)):
        line = 0 if each.kind in _ONCE else each.statement.line
        kept.setdefault((each.kind, line, str(each.statement.value)), each)
    return tuple(sorted(kept.values(), key=lambda c: (c.severity, c.statement.line)))
