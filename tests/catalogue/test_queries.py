"""Reading the catalogue, with its statements counted."""

from __future__ import annotations

import pytest

from lms.catalogue import queries
from lms.catalogue.queries import Filters
from lms.kernel.errors import NotFound
from tests import factories
from tests.conftest import counted_statements


@pytest.fixture
def courses(database, tmp_path):
    made = [
        factories.course(tmp_path / "a", "UJI-101", title="Aman: Sandi dan 100% gawai"),
        factories.course(tmp_path / "b", "UJI-102", title="Aman: Data warga"),
    ]
    database.flush()
    return made


def codes(**filters):
    return [course.code for course in queries.list_courses(Filters(**filters)).rows]


def test_without_filters_every_course_is_listed(courses):
    assert codes() == ["UJI-101", "UJI-102"]


def test_words_are_found_anywhere_and_in_any_case(courses):
    assert codes(words="SANDI aman") == ["UJI-101"]
    assert codes(words="pelajaran ke-3 data") == ["UJI-102"]
    assert codes(words="tidak ada") == []


def test_wildcards_are_plain_characters(courses):
    assert codes(words="100%") == ["UJI-101"]
    assert codes(words="1_0%") == []


def test_filters_narrow_by_pillar_stage_and_field(courses):
    assert codes(pillars=("aman", "lintas")) == ["UJI-101", "UJI-102"]
    assert codes(pillars=("lintas",)) == []
    assert codes(stage="lanjut") == []
    assert codes(field="keamanan") == ["UJI-101", "UJI-102"]
    assert codes(field="data") == []


def test_pages_count_everything(courses):
    page = queries.list_courses(Filters(), page=2, per_page=1)
    assert ([course.code for course in page.rows], page.total, page.pages) == (["UJI-102"], 2, 2)


def test_the_list_takes_two_statements_and_a_lesson_one(courses):
    with counted_statements() as seen:
        queries.list_courses(Filters(words="aman"))
    assert len(seen) == 2
    with counted_statements() as seen:
        queries.lesson(courses[0].version_id, 2)
    assert len(seen) == 1


def test_a_version_says_what_a_pass_is_evidence_for(courses):
    claims = queries.bukti_of(courses[0].version_id)
    assert [(claim.competence, claim.level) for claim in claims] == [("aman", 2), ("keamanan", 2)]


def test_tags_are_coverage(courses):
    tags = {(tag.kind, tag.code) for tag in queries.list_tags(courses[0].version_id)}
    assert tags == {("bidang", "keamanan"), ("pemdi", "literasi"), ("digcomp", "2.2/4.1")}


def test_a_lesson_has_its_practice_laws_and_outline(courses):
    lesson = queries.lesson(courses[0].version_id, 2)
    assert lesson.practice == ("UJI-101-2-001", "UJI-101-2-002")
    assert [law.status for law in lesson.legal_bases] == ["perlu_telaah"]
    assert lesson.outline == ((2, "m-kejadian", "Satu kejadian"),)


def test_what_is_absent_is_not_found(courses):
    assert queries.find_course_version("TIDAK-1") is None
    for ask in (
        lambda: queries.course_summary("TIDAK-1"),
        lambda: queries.lesson(courses[0].version_id, 9),
        lambda: queries.course_version(10_000),
    ):
        with pytest.raises(NotFound):
            ask()
