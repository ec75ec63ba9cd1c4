"""What a person or a job can do with duties, messages and JP."""

from lms.development.services.assignment import (
    Assigned,
    add_obligation_rule,
    assign_due,
    assign_now,
    end_obligation_rule,
    on_evidence_recorded,
    on_person_facts_changed,
    waive,
)
from lms.development.services.learning import (
    on_course_completed,
    on_course_started,
    on_learning_time_grew,
    settle_jp,
    settle_jp_entry,
)
from lms.development.services.reminders import Reminded, remind, send_pending

__all__ = [
    "Assigned",
    "Reminded",
    "add_obligation_rule",
    "assign_due",
    "assign_now",
    "end_obligation_rule",
    "on_course_completed",
    "on_course_started",
    "on_evidence_recorded",
    "on_learning_time_grew",
    "on_person_facts_changed",
    "remind",
    "send_pending",
    "settle_jp",
    "settle_jp_entry",
    "waive",
]
