"""What a card says that a fact can speak to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.statements.reader import find_unread, read_statements
    from cardiogram.repository.statements.statement import Statement
    from cardiogram.repository.statements.whose import is_of_another, is_original_card
    from cardiogram.repository.statements.written_language import detect_language, is_likely

attach(__name__)
