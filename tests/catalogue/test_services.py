"""Publishing: immutable versions, one per content; lessons rendered once; media by hash."""

from __future__ import annotations

import hashlib

from sqlalchemy import func, select

from lms.catalogue import queries
from lms.catalogue.models import Course, CourseVersion, Lesson, Media
from lms.catalogue.packages import read_course
from lms.catalogue.services import publish_course_version
from lms.platform import clock
from lms.platform.db import db
from tests import factories


def publish(root, **changes):
    package, problems = read_course(factories.course_folder(root, **changes), today=clock.today())
    assert package is not None, problems
    return publish_course_version(package=package, media_dir=root / "media", now=clock.now())


def count(model):
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def test_the_same_content_twice_makes_one_version(database, tmp_path):
    first = publish(tmp_path)
    again = publish(tmp_path)
    assert (first.is_new, again.is_new, again.version_id) == (True, False, first.version_id)
    assert (count(CourseVersion), count(Lesson)) == (1, 3)


def test_a_changed_text_is_a_new_version_and_leaves_the_old_one_as_it_was(database, tmp_path):
    first = publish(tmp_path)
    before = queries.lesson(first.version_id, 1)
    second = publish(tmp_path, words="Kalimat baru.")
    assert (second.number, second.is_new) == (2, True)
    assert queries.course_summary("UJI-101").version_id == second.version_id
    assert queries.lesson(first.version_id, 1) == before
    assert "Kalimat baru." in queries.lesson(second.version_id, 1).html
    changed = queries.changed_lessons(first.version_id, second.version_id)
    assert [line.number for line in changed] == [1, 2, 3]


def test_content_that_comes_back_gets_its_old_number(database, tmp_path):
    first = publish(tmp_path)
    publish(tmp_path, words="Kalimat baru.")
    back = publish(tmp_path)
    assert (back.version_id, back.is_new, back.is_current_again) == (first.version_id, False, True)
    assert queries.course_summary("UJI-101").number == 1


def test_comments_in_the_yaml_make_no_version(database, tmp_path):
    publish(tmp_path)
    path = tmp_path / "courses" / "UJI-101" / "course.yaml"
    package, _ = read_course(path.parent, today=clock.today())
    path.write_text("# catatan penulis\n" + path.read_text())
    again, _ = read_course(path.parent, today=clock.today())
    assert package.content_hash == again.content_hash


def test_another_renderer_renders_in_place(database, tmp_path):
    first = publish(tmp_path)
    row = db.session.scalars(select(Lesson).where(Lesson.number == 2)).one()
    row.html, row.render_key = "lama", "lama"
    db.session.flush()
    again = publish(tmp_path)
    assert (again.is_new, again.lessons_rendered) == (False, 1)
    assert "Isi pelajaran 2" in queries.lesson(first.version_id, 2).html


def test_media_lie_under_their_hash_and_the_lesson_names_it(database, tmp_path):
    published = publish(tmp_path, media=True)
    digest = hashlib.sha256(factories.PIXEL).hexdigest()
    assert (tmp_path / "media" / f"{digest}.png").read_bytes() == factories.PIXEL
    assert f'src="/media/{digest}.png"' in queries.lesson(published.version_id, 1).html
    row = db.session.scalars(select(Media)).one()
    assert (row.sha256, row.media_type) == (digest, "image/png")


def test_stored_html_keeps_contacts_as_slots_and_carries_no_script(database, tmp_path):
    published = publish(tmp_path, words="Aman.")
    html = queries.lesson(published.version_id, 1).html
    assert 'data-slot="kontak.csirt"' in html
    assert "<script" not in html


def test_one_course_has_one_row(database, tmp_path):
    publish(tmp_path)
    publish(tmp_path, words="Lain.")
    assert count(Course) == 1
