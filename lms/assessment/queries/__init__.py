"""Reading assessment: papers, attempts and terms, as values."""

from __future__ import annotations

from lms.assessment.queries.attempts import (
    AttemptHead,
    AttemptSummary,
    LessonLine,
    QuestionMark,
    StoredAnswer,
    Taker,
    answers_of,
    attempt_by_id,
    attempt_of,
    attempt_summary,
    attempts_of,
    expired_attempt_ids,
    holds_open_attempt,
    marks_of,
    open_attempts,
)
from lms.assessment.queries.papers import ItemView, Paper, PaperItem, item_view, practice_items
from lms.assessment.queries.quizzes import (
    Begun,
    FormInForce,
    QuizTerms,
    StartState,
    begun,
    extra_time_pct,
    find_terms,
    quiz_terms,
    start_decision,
    start_state,
)
from lms.assessment.rules.attempts import GRACE

__all__ = [
    "GRACE",
    "AttemptHead",
    "AttemptSummary",
    "Begun",
    "FormInForce",
    "ItemView",
    "LessonLine",
    "Paper",
    "PaperItem",
    "QuestionMark",
    "QuizTerms",
    "StartState",
    "StoredAnswer",
    "Taker",
    "answers_of",
    "attempt_by_id",
    "attempt_of",
    "attempt_summary",
    "attempts_of",
    "begun",
    "expired_attempt_ids",
    "extra_time_pct",
    "find_terms",
    "holds_open_attempt",
    "item_view",
    "marks_of",
    "open_attempts",
    "practice_items",
    "quiz_terms",
    "start_decision",
    "start_state",
]
