"""Edits of a README that keep every byte they do not name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.editing.body_edits import (
        insert_lines,
        kept_words,
        replace_lines,
        replace_words,
    )
    from cardiogram.improve.editing.metadata_edits import (
        add_items,
        remove_key,
        rename_key,
        set_value,
        with_block,
    )
    from cardiogram.improve.editing.readme_text import EditRefused, ReadmeText
    from cardiogram.improve.editing.result_edits import ListedResult, add_results

attach(__name__)
