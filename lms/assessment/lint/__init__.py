"""The item linter: flaws of test items that a program can see, each with its code.

Errors block publication; a warning may be waived with a recorded reason (`waivers.yaml`). P04,
C07 and C11 are heuristics. What no program can judge (one defensible answer, fairness, currency)
is for the second reader.

Source: docs/measurement.md section 1.2, as amended by docs/semantics.md section 7.
"""

from lms.assessment.lint.run import CODES, lint_bank, lint_item
from lms.assessment.lint.structure import CourseFacts
from lms.assessment.lint.view import Finding

__all__ = ["CODES", "CourseFacts", "Finding", "lint_bank", "lint_item"]
