"""The shipped framework: its codes, loaded once, never altered."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lms.competency import errors, queries, services
from lms.competency.framework import read_framework
from lms.kernel.schema.codes import STANDARD_CODES

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def test_file_holds_the_codes_that_content_is_checked_against():
    framework = read_framework()
    by_kind = {}
    for line in framework.lines:
        by_kind.setdefault(line.kind, []).append(line)
    assert [line.code for line in by_kind["pilar"]] == ["cakap", "budaya", "etika", "aman"]
    assert {line.code for line in by_kind["bidang"]} == STANDARD_CODES.fields
    assert {
        line.code: line.parent_code for line in by_kind["indikator"]
    } == STANDARD_CODES.indicators
    assert len(by_kind["indikator"]) == 17
    assert {line.code for line in by_kind["pemdi"]} == STANDARD_CODES.pemdi_groups
    assert [line.code for line in by_kind["tingkat"]] == ["0", "1", "2", "3", "4", "5"]
    competences = {line.code for line in by_kind["digcomp"] if line.parent_code}
    assert competences == {f"2.2/{code}" for code in STANDARD_CODES.digcomp["2.2"]}
    assert len(competences) == 21


def test_codes_are_the_standard_ones_before_and_after_loading(database):
    assert queries.codes() == STANDARD_CODES
    services.load_framework(now=NOW)
    loaded = queries.codes()
    assert (loaded.pillars, loaded.fields) == (STANDARD_CODES.pillars, STANDARD_CODES.fields)
    assert loaded.indicators == STANDARD_CODES.indicators
    assert loaded.pemdi_groups == STANDARD_CODES.pemdi_groups
    assert loaded.digcomp == {"2.2": STANDARD_CODES.digcomp["2.2"]}


def test_loading_again_changes_nothing(database):
    first = services.load_framework(now=NOW)
    assert services.load_framework(now=NOW) == first
    assert [row.code for row in queries.pillars()] == ["cakap", "budaya", "etika", "aman"]
    assert [row.code for row in queries.fields()][:2] == ["proses-bisnis", "arsitektur"]
    assert list(queries.labels())[:5] == ["cakap", "budaya", "etika", "aman", "proses-bisnis"]
    assert queries.levels()[3].name == "Memilih dan menyesuaikan"


def test_loaded_version_is_never_altered(database):
    services.load_framework(now=NOW)
    altered = replace(read_framework(), content_hash="0" * 64)
    with pytest.raises(errors.FrameworkAltered):
        services.load_framework(now=NOW, framework=altered)


def test_version_of_a_day_falls_back_to_the_first():
    versions = [
        ("A", date(2025, 1, 1), date(2025, 12, 31)),
        ("B", date(2026, 1, 1), date(9999, 12, 31)),
    ]
    assert queries.framework_on(versions, date(2025, 12, 31)) == "A"
    assert queries.framework_on(versions, date(2026, 1, 1)) == "B"
    assert queries.framework_on(versions, date(2019, 1, 1)) == "A"
    assert queries.framework_on([], date(2026, 1, 1)) == ""
