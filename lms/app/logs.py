"""Structured logs without personal data: JSON in production, readable lines in development."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import structlog
import structlog.tracebacks

if TYPE_CHECKING:
    from config import Settings


_DETAIL: Final = re.compile(r"(DETAIL|CONTEXT): .*")


def without_values(_logger: Any, _name: str, event: dict[str, Any]) -> dict[str, Any]:
    """Take out of a failure what PostgreSQL says of the row: it quotes names, numbers, addresses."""
    for failure in event.get("exception", ()):
        failure["exc_value"] = _DETAIL.sub(r"\1: …", failure["exc_value"])
    return event


def set_up(settings: Settings) -> None:
    """Configure structlog; lines go to stderr, so that commands keep stdout for findings."""
    level = logging.getLevelNamesMapping().get(settings.log_level, logging.INFO)
    production = settings.environment == "production"
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(
                [
                    # Locals hold what people typed: they stay out of every log.
                    structlog.processors.ExceptionRenderer(
                        structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                    ),
                    without_values,
                    structlog.processors.JSONRenderer(),
                ]
                if production
                else [
                    structlog.dev.ConsoleRenderer(
                        colors=False, exception_formatter=structlog.dev.plain_traceback
                    )
                ]
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
