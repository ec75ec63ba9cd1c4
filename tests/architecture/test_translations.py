"""The English catalogue says everything that the sources say, and nothing else."""

from __future__ import annotations

import gettext
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from flask import Flask

from lms.platform.web import shell
from scripts import translate
from scripts.translate import Found


@pytest.fixture
def small(monkeypatch, tmp_path):
    """A catalogue of its own beside sources of three texts."""
    found = [
        Found("%(num)s hari", "%(num)s hari", "a.py:1"),
        Found("Belajar", None, "a.py:2"),
        Found("Sisa %(n)s", None, "a.py:3"),
    ]
    monkeypatch.setattr(translate, "ROOT", tmp_path)
    monkeypatch.setattr(translate, "CATALOGUE", tmp_path / "en/messages.po")
    monkeypatch.setattr(translate, "texts", lambda: found)
    return found


def write(text):
    translate.CATALOGUE.parent.mkdir(exist_ok=True)
    translate.CATALOGUE.write_text(translate.HEADER + text, encoding="utf-8")


def test_every_text_has_its_english_words():
    """`.venv/bin/python scripts/translate.py check` says the same; `update` adds what is missing."""
    assert translate.problems() == []


def test_the_catalogue_compiles():
    out = BytesIO()
    write_mo(out, translate.catalogue())
    out.seek(0)
    english = gettext.GNUTranslations(out)
    assert english.gettext("Masuk") == "Sign in"
    assert english.ngettext("%(num)s soal", "%(num)s soal", 1) == "%(num)s question"
    assert english.ngettext("%(num)s soal", "%(num)s soal", 2) == "%(num)s questions"


def test_the_shell_looks_where_the_catalogue_lies():
    app = Flask("lms.platform")
    shell.install(app)
    folders = [Path(folder).resolve() for folder in app.extensions["babel"].translation_directories]
    assert translate.CATALOGUE.parents[2] in folders


def test_texts_of_data_tables_are_found():
    assert "Menyegel jejak audit" in {text.singular for text in translate.shown_by_name()}


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Sisa %(n)s"\nmsgstr "Left"\n', "placeholders differ"),
        ('msgid "Sisa %(n)s"\nmsgstr "%(n)s % left"\n', "a per cent sign of its own"),
        ('msgid "Sisa %(n)s"\nmsgstr "%(n)s left "\n', "spaces at the edges differ"),
        ('msgid "Sisa %(n)s"\nmsgstr ""\n', "empty"),
        ('#, fuzzy\nmsgid "Sisa %(n)s"\nmsgstr "%(n)s left"\n', "fuzzy"),
        ("", "missing"),
    ],
)
def test_a_faulty_translation_is_named(small, entry, fault):
    write(entry)
    assert [line for line in translate.problems() if line.startswith(fault) and "Sisa" in line]


def test_one_form_is_not_enough_for_numbers(small):
    write('msgid "%(num)s hari"\nmsgstr "%(num)s days"\n')
    assert any("number of forms" in line for line in translate.problems())


def test_update_keeps_words_adds_texts_and_drops_what_no_source_holds(small):
    write('msgid "Belajar"\nmsgstr "Learn"\n\nmsgid "Lama"\nmsgstr "Old"\n')
    assert translate.update() == (3, 2)
    first = translate.CATALOGUE.read_text(encoding="utf-8")
    assert 'msgstr "Learn"' in first
    assert "Lama" not in first
    translate.update()
    assert translate.CATALOGUE.read_text(encoding="utf-8") == first
