"""Course folders as values.

`read_course` turns files into values or problems; `cross_check` compares them with the item bank
and the quizzes. Reads files, writes nothing, and knows neither the database nor the clock.
"""

from lms.catalogue.packages.check import MIN_EVIDENCE_ITEMS, cross_check
from lms.catalogue.packages.course import (
    LEGAL_REVIEW_MONTHS,
    CoursePackage,
    DigComp,
    EvidenceClaim,
    LegalBanner,
    LegalBasis,
    Lesson,
    MediaFile,
    Outcome,
    Reference,
    RubricRow,
    Task,
    legal_banners,
    media_sizes,
    package_links,
)
from lms.catalogue.packages.read import read_course

__all__ = [
    "LEGAL_REVIEW_MONTHS",
    "MIN_EVIDENCE_ITEMS",
    "CoursePackage",
    "DigComp",
    "EvidenceClaim",
    "LegalBanner",
    "LegalBasis",
    "Lesson",
    "MediaFile",
    "Outcome",
    "Reference",
    "RubricRow",
    "Task",
    "cross_check",
    "legal_banners",
    "media_sizes",
    "package_links",
    "read_course",
]
