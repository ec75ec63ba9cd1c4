"""Two requests at once: one attempt, one grading, the newest answer."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.assessment import queries, services
from lms.assessment.errors import AlreadySubmitted
from lms.assessment.events import AttemptGraded
from lms.assessment.models import Answer, Attempt, AttemptEvent
from lms.assessment.queries import Taker
from lms.platform import clock
from lms.platform.db import db
from lms.platform.slots import slots
from tests import factories
from tests.conftest import NOW

QUIZ = "CTH-101"
ROUNDS = 5


@pytest.fixture
def person(database, monkeypatch):
    monkeypatch.setattr(slots, "subscribers", {})
    factories.loaded_exam()
    person_id = factories.exam_taker()
    database.commit()
    return person_id


def at_once(app, *works):
    """Run the works in threads that begin together, each in a transaction as the edge makes it."""
    gate = threading.Barrier(len(works))
    outcomes = [None] * len(works)

    def run(place, work):
        with app.app_context():
            gate.wait()
            for _try in range(2):
                try:
                    outcomes[place] = work()
                    db.session.commit()
                    break
                except IntegrityError:  # the edge runs the request once more
                    db.session.rollback()
                except Exception as error:  # noqa: BLE001  # looked at by the test
                    db.session.rollback()
                    outcomes[place] = error
                    break
            db.session.remove()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def start(person_id, now=NOW):
    return services.start_attempt(
        person_id=person_id, quiz_code=QUIZ, now=now, today=clock.local_date(now)
    )


def submit(person_id):
    return services.submit_attempt(
        taker=Taker(QUIZ, person_id=person_id), now=NOW + timedelta(1 / 96)
    )


def test_two_starts_at_once_make_one_open_attempt(app, database, person):
    for round_number in range(ROUNDS):
        now = NOW + timedelta(days=30 * round_number)
        begin = partial(start, person, now)
        one, two = at_once(app, begin, begin)
        assert one.attempt_id == two.attempt_id, (one, two)
        assert Counter([one.is_new, two.is_new]) == Counter([True, False])
        database.rollback()
        found = database.execute(select(Attempt.number, Attempt.state)).all()
        assert len(found) == round_number + 1
        services.submit_attempt(taker=Taker(QUIZ, person_id=person), now=now)
        database.commit()


def test_two_submits_at_once_grade_once(app, database, person, monkeypatch):
    graded = []
    monkeypatch.setattr(slots, "subscribers", {AttemptGraded: (graded.append,)})
    start(person)
    database.commit()
    outcomes = at_once(app, lambda: submit(person), lambda: submit(person))
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == [
        "AlreadySubmitted",
        "Outcome",
    ]
    assert len(graded) == 1
    database.rollback()
    kinds = database.scalars(select(AttemptEvent.kind).order_by(AttemptEvent.id)).all()
    assert kinds == ["mulai", "kumpul", "nilai"]


def test_a_submit_and_the_job_at_once_grade_once(app, database, person):
    started = start(person)
    database.commit()
    due = started.ends_at + timedelta(minutes=10)

    def close():
        return services.close_attempt(attempt_id=started.attempt_id, now=due)

    outcomes = at_once(app, close, close, close)
    assert Counter(outcome is None for outcome in outcomes) == Counter({True: 2, False: 1})


def test_answers_at_once_leave_the_newest(app, database, person):
    start(person)
    database.commit()
    head = queries.attempt_of(Taker(QUIZ, person_id=person))
    place = next(n for n in range(1, 21) if head.item(n).kind == "MR")
    options = [option.id for option in head.item(place).content.options]
    database.rollback()

    def save(seq):
        return services.save_answer(
            taker=Taker(QUIZ, person_id=person),
            position=place,
            fields=[("jawaban", options[seq % 4])],
            seq=seq,
            client_at=None,
            is_flagged=False,
            now=NOW,
        )

    outcomes = at_once(app, *[lambda seq=seq: save(seq) for seq in (3, 1, 4, 2)])
    assert all(outcome.state in {"accepted", "ignored"} for outcome in outcomes), outcomes
    database.rollback()
    stored = database.execute(select(Answer.seq, Answer.response)).one()
    assert tuple(stored) == (4, [options[0]])


def test_an_answer_and_a_submit_at_once_agree(app, database, person):
    """Either the answer came first and is graded, or it is refused; never stored ungraded."""
    start(person)
    head = queries.attempt_of(Taker(QUIZ, person_id=person))
    fields = factories.right_fields(head.item(1).content)
    database.commit()

    def save():
        return services.save_answer(
            taker=Taker(QUIZ, person_id=person),
            position=1,
            fields=fields,
            seq=None,
            client_at=None,
            is_flagged=False,
            now=NOW,
        )

    saved, _outcome = at_once(app, save, lambda: submit(person))
    database.rollback()
    credits_given = database.scalars(select(Answer.credit)).all()
    if isinstance(saved, AlreadySubmitted):
        assert credits_given == []
    else:
        assert credits_given == ["1"]
    assert queries.attempts_of(person, QUIZ)[0].correct == len(credits_given)
