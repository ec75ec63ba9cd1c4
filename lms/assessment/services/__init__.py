"""What a person or a job can do with banks, quizzes and attempts."""

from __future__ import annotations

from lms.assessment.services.grading import close_attempt, close_if_due, submit_attempt
from lms.assessment.services.loading import NO_MARK, LoadReport, load_bank, load_quizzes
from lms.assessment.services.taking import (
    QuestionPage,
    ReviewPage,
    SavedAnswer,
    StartedAttempt,
    end_attempt_tokens,
    open_question,
    open_review,
    question_again,
    save_answer,
    start_attempt,
)

__all__ = [
    "NO_MARK",
    "LoadReport",
    "QuestionPage",
    "ReviewPage",
    "SavedAnswer",
    "StartedAttempt",
    "close_attempt",
    "close_if_due",
    "end_attempt_tokens",
    "load_bank",
    "load_quizzes",
    "open_question",
    "open_review",
    "question_again",
    "save_answer",
    "start_attempt",
    "submit_attempt",
]
