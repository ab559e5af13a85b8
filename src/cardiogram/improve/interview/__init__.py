"""What only the author knows: asked with its gain, answered in the author's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.interview.answering import (
        apply_answers,
        explain_refusal,
        leave_todos,
        may_remove,
    )
    from cardiogram.improve.interview.answers_file import (
        Answers,
        is_no_answer,
        make_answers,
        read_answers,
        write_form,
    )
    from cardiogram.improve.interview.asking import (
        answer_lines,
        answer_sentences,
        find_questions,
        has_todo,
        standing_lines,
        wanted,
    )
    from cardiogram.improve.interview.plain_text import plain_lines

attach(__name__)
