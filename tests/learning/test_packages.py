"""Content in folders: read together, checked against each other, loaded as one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lms.assessment.models import ItemVersion, QuizVersion
from lms.catalogue.models import CourseVersion
from lms.learning import services
from lms.learning.packages import folders_at, folders_in, read_content
from tests import factories
from tests.conftest import NOW

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def shipped():
    return read_content(folders_in([ROOT]), today=TODAY)


def counts(database):
    return [
        database.execute(select(func.count()).select_from(model)).scalar_one()
        for model in (CourseVersion, ItemVersion, QuizVersion)
    ]


def test_what_we_ship_has_no_errors(shipped):
    assert [str(p) for p in shipped.problems if p.severity == "error"] == []
    assert [course.code for course in shipped.courses][:1] == ["AMN-101"]


def test_loading_twice_makes_one_version(shipped, database, tmp_path):
    first = services.load_content(content=shipped, media_dir=tmp_path, now=NOW)
    assert first.changed
    assert any("versi 1 terbit" in line for line in first.lines())
    before = counts(database)
    again = services.load_content(content=shipped, media_dir=tmp_path, now=NOW)
    assert (list(again.lines()), counts(database)) == ([], before)


def test_content_with_errors_is_not_published(database, tmp_path):
    factories.course_folder(tmp_path)
    found = read_content(folders_in([tmp_path]), today=TODAY)
    assert not found.is_sound
    with pytest.raises(ValueError, match="errors"):
        services.load_content(content=found, media_dir=tmp_path, now=NOW)


def test_a_course_without_its_bank_is_an_error_with_a_line(tmp_path):
    folder = factories.course_folder(tmp_path)
    (tmp_path / "quizzes").mkdir()
    found = read_content(folders_in([tmp_path]), today=TODAY)
    assert [(p.file, p.line) for p in found.problems if "quizzes/UJI-101" in p.message] == [
        (f"{folder.as_posix()}/course.yaml", 24)
    ]


def test_a_bank_without_its_course_is_an_error(tmp_path):
    (tmp_path / "quizzes" / "UJI-101").mkdir(parents=True)
    found = read_content(folders_in([tmp_path]), today=TODAY)
    messages = [problem.message for problem in found.problems]
    assert "Bank soal ini tidak ada." in messages
    assert 'Kursus "UJI-101" tidak ada di folder courses.' in messages


def test_a_later_folder_replaces_one_of_the_same_code(tmp_path):
    private = tmp_path / "rahasia" / "quizzes" / "AMN-101"
    shutil.copytree(ROOT / "quizzes" / "AMN-101", private)
    folders = folders_in([ROOT, tmp_path / "rahasia"])
    assert folders.quizzes["AMN-101"] == private
    assert folders.courses["AMN-101"] == ROOT / "courses" / "AMN-101"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "courses",
        "quizzes",
        "courses/AMN-101",
        "quizzes/AMN-101",
        "quizzes/AMN-101/bank.yaml",
        "courses/AMN-101/course.yaml",
    ],
)
def test_any_path_of_an_author_leads_to_course_and_bank(path):
    folders = folders_at(ROOT / path)
    assert folders.courses["AMN-101"] == ROOT / "courses" / "AMN-101"
    assert folders.quizzes["AMN-101"] == ROOT / "quizzes" / "AMN-101"


def test_a_course_folder_by_itself_is_looked_at_by_itself(tmp_path):
    folder = factories.course_folder(tmp_path)
    found = read_content(folders_at(folder), today=TODAY)
    assert (len(found.courses), found.is_sound) == (1, True)


def test_an_unrelated_folder_means_nothing(tmp_path):
    assert folders_at(tmp_path).is_empty


# ---------------------------------------------------------------- command line


def run(app, *words):
    return app.test_cli_runner().invoke(args=["content", *words])


def test_check_prints_file_line_and_sentence(app, database, tmp_path):
    folder = factories.course_folder(tmp_path)
    (folder / "02-pelajaran.md").write_text("tanpa bagian depan\n")
    found = run(app, "check", str(folder))
    assert found.exit_code == 1
    assert f"{folder.as_posix()}/02-pelajaran.md:1: " in found.stdout


def test_check_of_nothing_is_a_usage_error(app, database, tmp_path):
    assert run(app, "check", str(tmp_path)).exit_code == 2
    assert run(app, "check", str(tmp_path / "tidak-ada")).exit_code == 2


def test_strict_turns_warnings_into_failures(app, database, tmp_path):
    folder = factories.course_folder(tmp_path)
    text = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(text.replace("menit: 45", "menit: 50"))
    assert run(app, "check", str(folder)).exit_code == 0
    strict = run(app, "check", "--strict", str(folder))
    assert (strict.exit_code, "(peringatan)" in strict.stdout) == (1, True)


def test_load_tells_what_changed_and_then_that_nothing_did(app, database):
    dry = run(app, "load", "--dry-run", str(ROOT))
    assert (dry.exit_code, "versi 1 terbit" in dry.stdout) == (0, True)
    assert counts(database) == [0, 0, 0]
    done = run(app, "load", str(ROOT))
    assert (done.exit_code, "Kursus AMN-101: versi 1 terbit." in done.stdout) == (0, True)
    again = run(app, "load", str(ROOT))
    assert (again.exit_code, again.stdout.strip()) == (0, "Tidak ada yang berubah.")


def test_load_with_errors_changes_nothing(app, database, tmp_path):
    folder = factories.course_folder(tmp_path)
    (folder / "02-pelajaran.md").write_text("tanpa bagian depan\n")
    found = run(app, "load", str(folder))
    assert (found.exit_code, counts(database)) == (1, [0, 0, 0])
