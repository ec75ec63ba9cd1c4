"""Quiz folders as values.

`read_bank` and `read_quizzes` turn files into values or problems; `check_quiz` asks whether a
bank can fill a quiz. Reads files, writes nothing, and knows neither the database nor the clock.
"""

from lms.assessment.packages.bank import PLACEMENT, Bank, Item, item_from_raw, read_bank
from lms.assessment.packages.quiz import (
    Attempts,
    Cell,
    Cut,
    Form,
    Minimum,
    Quiz,
    check_quiz,
    read_quizzes,
)
from lms.assessment.packages.waivers import Waiver, read_waivers

__all__ = [
    "PLACEMENT",
    "Attempts",
    "Bank",
    "Cell",
    "Cut",
    "Form",
    "Item",
    "Minimum",
    "Quiz",
    "Waiver",
    "check_quiz",
    "item_from_raw",
    "read_bank",
    "read_quizzes",
    "read_waivers",
]
