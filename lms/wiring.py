"""One literal table: event -> functions, in order; and the table of jobs.

Read it to know what happens when something happened. Handlers run in the transaction of their
cause; what may fail alone writes an outbox row instead.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from lms.assessment import jobs as assessment_jobs
from lms.assessment import services as assessment
from lms.assessment.events import AttemptGraded
from lms.competency.events import EvidenceDecided, EvidenceRecorded, RequirementChanged
from lms.credentials import services as credentials
from lms.credentials.slots import provide_jp
from lms.development import jobs as development_jobs
from lms.development import messages as development_messages
from lms.development import queries as development_queries
from lms.development import services as development
from lms.learning import services as learning
from lms.learning.events import CourseCompleted, CourseStarted, LearningTimeGrew
from lms.people import jobs as people_jobs
from lms.people.events import PersonFactsChanged
from lms.platform import maintenance
from lms.platform.access.services import AllSignInsEnded
from lms.platform.jobs.runner import Job, register
from lms.platform.slots import slots
from lms.readiness import jobs as readiness_jobs
from lms.readiness import services as readiness

SUBSCRIBERS: dict[type, tuple[Callable[[Any], None], ...]] = {
    AllSignInsEnded: (assessment.end_attempt_tokens,),
    AttemptGraded: (learning.on_attempt_graded,),
    PersonFactsChanged: (readiness.on_person_facts_changed, development.on_person_facts_changed),
    RequirementChanged: (readiness.on_requirement_changed,),
    EvidenceRecorded: (readiness.on_evidence_recorded, development.on_evidence_recorded),
    EvidenceDecided: (readiness.on_evidence_decided,),
    CourseStarted: (development.on_course_started,),
    CourseCompleted: (credentials.on_course_completed, development.on_course_completed),
    LearningTimeGrew: (development.on_learning_time_grew,),
}

JOBS: tuple[Job, ...] = (
    Job(
        name="assessment.close-attempts",
        title="Menilai ujian yang habis waktunya",
        run=assessment_jobs.close_attempts,
        every=timedelta(minutes=1),
    ),
    Job(
        name="platform.seal-audit",
        title="Menyegel jejak audit",
        run=maintenance.seal_audit,
        every=timedelta(minutes=1),
    ),
    Job(
        name="platform.send-outbox",
        title="Mengirim pesan keluar",
        run=maintenance.send_outbox,
        every=timedelta(seconds=30),
    ),
    Job(
        name="platform.tidy",
        title="Merapikan catatan masuk",
        run=maintenance.tidy,
        daily_at=(1, 20),
    ),
    Job(
        name="people.refresh-places",
        title="Menyegarkan penempatan hari ini",
        run=people_jobs.refresh_places,
        daily_at=(0, 5),
    ),
    Job(
        name="readiness.take-base",
        title="Menjumlah catatan kesiapan",
        run=readiness_jobs.take_base,
        daily_at=(0, 10),
    ),
    Job(
        name="readiness.take-snapshot",
        title="Memotret laporan kesiapan akhir bulan",
        run=readiness_jobs.take_snapshot,
        daily_at=(0, 15),
    ),
    Job(
        name="development.assign-obligations",
        title="Menugaskan kewajiban belajar",
        run=development_jobs.assign_obligations,
        daily_at=(0, 20),
    ),
    Job(
        name="development.settle-jp",
        title="Menetapkan JP yang menunggu waktu belajar",
        run=development_jobs.settle_jp,
        daily_at=(0, 40),
    ),
    Job(
        name="development.send-reminders",
        title="Menyiapkan pengingat kewajiban",
        run=development_jobs.send_reminders,
        every=timedelta(hours=1),
    ),
)


def install() -> None:
    """Hand both tables to the ground floor."""
    slots.subscribers = dict(SUBSCRIBERS)
    register(JOBS)
    development_messages.install()
    provide_jp(development_queries.jp_of_source)
