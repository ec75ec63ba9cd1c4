"""The refusals of assessment. Facts say why; `lms.app.refusals` has the sentences."""

from __future__ import annotations

from lms.kernel.errors import DomainError


class SignInNeeded(DomainError):
    """Nobody is signed in and no attempt token fits: the edge asks to sign in and comes back."""

    http_status = 401


class AttemptClosed(DomainError):
    """The attempt takes nothing any more. Facts: `quiz_code`."""


class AfterTime(AttemptClosed):
    """The attempt's time is over. Facts: `quiz_code`, `ended_at`."""


class AlreadySubmitted(AttemptClosed):
    """The attempt has been graded. Facts: `quiz_code`."""


class TooSoon(DomainError):
    """The waiting days since the last start are not over. Facts: `quiz_code`, `next_on`."""


class AttemptsUsedUp(DomainError):
    """The window holds as many starts as the quiz allows. Facts: `quiz_code`, `next_on`."""


class BadResponse(DomainError):
    """What was sent is no answer to this question. Facts: `problem` (code) and its facts."""

    http_status = 422


class QuizRefused(DomainError):
    """A quiz cannot be published as it is. Facts: `quiz_code`, `problems` (of rules)."""

    http_status = 422


class ItemRefused(DomainError):
    """An item cannot be published as it is. Facts: `item_code`, `where`, `reason`."""

    http_status = 422
