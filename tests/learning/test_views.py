"""Pages of learning: statuses, what they say, and what a lesson costs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lms.learning import queries
from lms.platform.db import db
from tests import factories
from tests.conftest import NOW, counted_statements

CODE = "UJI-101"
COURSE = f"/kursus/{CODE}"


@pytest.fixture
def person_id(database, tmp_path):
    factories.reference()
    factories.framework()
    factories.course(tmp_path, requires={3: "01-pelajaran.md"})
    person_id = factories.learner()
    db.session.commit()
    return person_id


@pytest.fixture
def page(person_id, sign_in):
    """Ask for an address as the learner; gives the text after checking the status."""
    client = sign_in("ratri")

    def ask(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    return ask


@pytest.fixture
def enrolled(page, client):
    assert client.post(COURSE).status_code == 303
    return client


def option_of(html, text):
    """The value of the input whose label holds exactly this text."""
    label = re.search(rf'<label[^>]* for="([^"]+)">(?:<input[^>]*>)?<span>{text}</span>', html)
    return re.search(rf'id="{label[1]}"\s+value="([^"]+)"', html)[1]


# ------------------------------------------------------------------- catalogue


def test_the_catalogue_lists_filters_and_says_when_nothing_fits(page):
    assert "Uji: Kursus" in page("/katalog")
    assert "Uji: Kursus" in page("/katalog?q=tipuan&pilar=aman&jenjang=dasar&bidang=keamanan")
    empty = page("/katalog?q=arsip")
    assert 'Tidak ada kursus yang cocok dengan "arsip"' in empty
    assert "Hapus saringan" in empty
    assert "Uji: Kursus" not in empty


def test_the_catalogue_shows_the_own_progress(page, enrolled):
    assert "Sudah dimulai" in page("/katalog")
    enrolled.post(f"{COURSE}/1")
    assert "1 dari 3 pelajaran" in page("/katalog")


def test_the_catalogue_is_exported_with_its_filter(page, client):
    text = client.get("/katalog.csv").data.decode("utf-8-sig").splitlines()
    assert text[0].startswith("kode;judul;pilar;jenjang;jp")
    assert text[1].startswith(f"{CODE};Uji: Kursus;aman;dasar;1;45;12;")
    assert len(client.get("/katalog.csv?q=arsip").data.decode("utf-8-sig").splitlines()) == 1
    assert client.get("/katalog.xlsx").data.startswith(b"PK")


def test_an_empty_catalogue_says_who_fills_it(database, sign_in):
    factories.account("tamu")
    db.session.commit()
    answer = sign_in("tamu").get("/katalog")
    assert "Belum ada kursus" in answer.get_data(as_text=True)


# ---------------------------------------------------------------------- course


def test_a_course_page_offers_to_begin(page):
    html = page(COURSE)
    for text in (
        "Mulai kursus",
        "Membedakan pesan sah dan tipuan.",
        "Menunggu telaah hukum.",
        "12 bulan sejak lulus",
        "Pelajaran ke-3",
    ):
        assert text in html


def test_a_course_page_leads_on(page, enrolled):
    html = page(COURSE)
    assert "Mulai pelajaran" in html
    assert "Setelah Pelajaran ke-1" in html
    for number in (1, 2, 3):
        enrolled.post(f"{COURSE}/{number}")
    assert "Ujian akhir sudah terbuka" in page(COURSE)


def test_absent_things_are_404(page, enrolled):
    for path in ("/kursus/TIDAK-1", f"{COURSE}/9", f"{COURSE}/0", "/kursus/TIDAK-1/1"):
        page(path, 404)
    for path in ("/kursus/TIDAK-1", f"{COURSE}/9", f"{COURSE}/2/latihan/9", f"{COURSE}/9/denyut"):
        assert enrolled.post(path).status_code == 404


def test_visitors_are_sent_to_sign_in(person_id, client):
    for path in ("/katalog", COURSE, f"{COURSE}/1"):
        answer = client.get(path)
        assert (answer.status_code, answer.location.startswith("/masuk")) == (303, True)


def test_an_account_without_a_person_may_look_and_not_learn(person_id, sign_in):
    factories.account("tamu")
    db.session.commit()
    client = sign_in("tamu")
    assert client.get(COURSE).status_code == 200
    assert client.post(COURSE).status_code == 404
    assert client.get(f"{COURSE}/1").status_code == 404


# ---------------------------------------------------------------------- lesson


def test_a_lesson_before_enrolment_is_409_with_the_way_there(page):
    html = page(f"{COURSE}/1", 409)
    assert "Anda belum memulai kursus" in html
    assert f'href="{COURSE}"' in html


def test_a_locked_lesson_is_409_and_names_which(page, enrolled):
    html = page(f"{COURSE}/3", 409)
    assert "Selesaikan dulu pelajaran ini: 1. Pelajaran ke-1." in html
    assert f'href="{COURSE}/1"' in html
    assert enrolled.post(f"{COURSE}/3").status_code == 409
    answer = enrolled.get(f"{COURSE}/3", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["status"]) == (409, 409)


def test_a_lesson_shows_text_contacts_laws_and_the_way_on(page, enrolled):
    html = page(f"{COURSE}/2")
    assert "Isi pelajaran 2." in html
    assert "data-slot" not in html
    assert "CSIRT daerah" in html
    assert "Menunggu telaah hukum." in html
    assert f'href="{COURSE}/1"' in html
    assert "Selesai, lanjut ke 3" in html


def test_marking_done_goes_to_the_next_lesson_then_to_the_course(page, enrolled):
    assert enrolled.post(f"{COURSE}/1").location == f"{COURSE}/2"
    assert enrolled.post(f"{COURSE}/2").location == f"{COURSE}/3"
    assert enrolled.post(f"{COURSE}/3").location == COURSE


def test_progress_is_there_after_signing_out_and_in(page, enrolled, sign_in):
    enrolled.post(f"{COURSE}/1")
    html = page(f"{COURSE}/2")
    enrolled.post(f"{COURSE}/2/latihan/1", data={"jawaban": option_of(html, "Membalas pesannya")})
    sign_in("ratri")
    assert "1 dari 3 pelajaran" in page(COURSE)
    assert "Anda pilih, belum tepat." in page(f"{COURSE}/2")


def test_a_heartbeat_counts_and_answers_nothing(page, enrolled, person_id, frozen):
    page(f"{COURSE}/1")
    frozen(NOW + timedelta(minutes=1))
    assert enrolled.post(f"{COURSE}/1/denyut").status_code == 204
    assert queries.course_progress(person_id, CODE).active_seconds == 60


# -------------------------------------------------------------------- practice


def test_an_answer_is_taken_and_the_page_then_shows_the_reasons(page, enrolled):
    html = page(f"{COURSE}/2")
    assert "Jalannya sudah dikenal." not in html
    value = option_of(html, "Menelepon lewat nomor lama")
    answer = enrolled.post(f"{COURSE}/2/latihan/1", data={"jawaban": value})
    assert (answer.status_code, answer.location) == (303, f"{COURSE}/2#latihan-1")
    html = page(f"{COURSE}/2")
    for text in (
        "Semua bagian benar.",
        "Jalannya sudah dikenal.",
        "Balasan sampai ke pengirim yang sama.",
    ):
        assert text in html
    again = page(f"{COURSE}/2?ulang=1")
    assert "Jalannya sudah dikenal." not in again
    assert "checked" not in again


def test_ordering_is_one_select_per_rank(page, enrolled):
    html = page(f"{COURSE}/2")
    selects = re.findall(r'<select[^>]*name="jawaban"[^>]*>(.*?)</select>', html, re.DOTALL)
    assert len(selects) == 3
    values = {
        text: value
        for value, text in re.findall(r'<option value="(o[^"]+)"[^>]*>([^<]+)</option>', selects[0])
    }
    order = [values[text] for text in ("Putuskan sambungan", "Hubungi bank", "Lapor")]
    enrolled.post(f"{COURSE}/2/latihan/2", data={"jawaban": order})
    assert page(f"{COURSE}/2").count("Urutan Anda tepat.") == 3


def test_a_choice_made_twice_comes_back_with_what_was_chosen(page, enrolled):
    html = page(f"{COURSE}/2")
    value = re.search(r'<option value="(o[^"]+)"', html)[1]
    answer = enrolled.post(f"{COURSE}/2/latihan/2", data={"jawaban": [value, value, ""]})
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "Satu langkah dipilih dua kali." in text
    assert text.count(f'<option value="{value}" selected>') == 2


def test_nothing_chosen_is_422_in_words(page, enrolled):
    answer = enrolled.post(f"{COURSE}/2/latihan/1", data={})
    assert answer.status_code == 422
    assert "Pilih atau tulis jawaban dulu" in answer.get_data(as_text=True)


def test_every_practice_form_carries_the_token_of_its_reader(app, page, enrolled):
    app.config["WTF_CSRF_ENABLED"] = True
    html = page(f"{COURSE}/2")
    tokens = set(re.findall(r'name="csrf_token" value="([^"]+)"', html))
    assert len(tokens) == 1
    assert "@csrf@" not in html
    value = option_of(html, "Membalas pesannya")
    form = {"jawaban": value, "csrf_token": tokens.pop()}
    assert enrolled.post(f"{COURSE}/2/latihan/1", data=form).status_code == 303
    assert enrolled.post(f"{COURSE}/2/latihan/1", data={"jawaban": value}).status_code == 400


# ------------------------------------------------------------------------ cost


def test_a_lesson_takes_one_statement_to_read_and_one_to_count(page, enrolled):
    page(f"{COURSE}/2")
    with counted_statements() as seen:
        page(f"{COURSE}/2")
    own = [statement for statement in seen if "learning_" in statement]
    assert len(own) == 2
    assert own[1].startswith("INSERT INTO learning_lesson_progress")
    # Signing in reads two; the bell in the frame reads the rest.
    others = [statement for statement in seen if statement not in own]
    assert sum("platform_notice" not in statement for statement in others) == 2


def test_a_heartbeat_takes_two(page, enrolled):
    page(f"{COURSE}/2")
    with counted_statements() as seen:
        enrolled.post(f"{COURSE}/2/denyut")
    assert sum("learning_" in statement for statement in seen) == 2
