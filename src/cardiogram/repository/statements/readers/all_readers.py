"""All readers in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from cardiogram.repository.statements.card_view import CardView
from cardiogram.repository.statements.data_rows import read_columns, read_data_rows
from cardiogram.repository.statements.readers.counted_values import read_counts, read_name
from cardiogram.repository.statements.readers.metadata_keys import read_gate, read_keys, read_tags
from cardiogram.repository.statements.readers.named_files import read_file_details, read_files
from cardiogram.repository.statements.readers.named_ids import read_ids
from cardiogram.repository.statements.readers.named_kinds import (
    read_architectures,
    read_dtypes,
    read_embeddings,
    read_label_names,
    read_methods,
    read_optimisers,
    read_quantisations,
    read_tokens,
    read_training_words,
)
from cardiogram.repository.statements.readers.named_sources import (
    read_bases,
    read_data_licences,
    read_datasets,
    read_durations,
    read_examples,
    read_merged,
    read_modules,
    read_scratch,
    read_sizes_of_data,
)
from cardiogram.repository.statements.readers.results_stated import (
    read_benchmarks,
    read_index,
    read_log,
    read_results,
)
from cardiogram.repository.statements.readers.seen_and_heard import (
    read_access,
    read_disk,
    read_pictures,
    read_templates,
    read_windows,
)
from cardiogram.repository.statements.readers.settings_in_code import (
    read_formats,
    read_keys_of_settings,
    read_printed,
    read_settings,
    read_uses,
)
from cardiogram.repository.statements.readers.terms_and_languages import (
    read_languages,
    read_licences,
    read_numbers_of_languages,
)
from cardiogram.repository.statements.statement import Statement

StatementReader: TypeAlias = "Callable[[CardView], Iterator[Statement]]"

READERS: tuple[StatementReader, ...] = (
    read_keys,
    read_tags,
    read_gate,
    read_index,
    read_benchmarks,
    read_name,
    read_counts,
    read_dtypes,
    read_quantisations,
    read_architectures,
    read_embeddings,
    read_methods,
    read_optimisers,
    read_licences,
    read_languages,
    read_numbers_of_languages,
    read_ids,
    read_files,
    read_file_details,
    read_results,
    read_log,
    read_bases,
    read_examples,
    read_durations,
    read_modules,
    read_sizes_of_data,
    read_data_licences,
    read_pictures,
    read_windows,
    read_disk,
    read_access,
    read_templates,
    read_settings,
    read_printed,
    read_keys_of_settings,
    read_uses,
    read_formats,
    read_label_names,
    read_tokens,
    read_training_words,
    read_datasets,
    read_merged,
    read_scratch,
    read_data_rows,
    read_columns,
)
