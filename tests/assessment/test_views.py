"""The pages of an exam from outside: statuses, proofs, and what they never show."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessment import queries, services
from lms.assessment.models import Answer
from lms.assessment.queries import Taker
from tests import factories
from tests.conftest import NOW, PASSWORD

QUIZ = "CTH-101"
BASE = f"/ujian/{QUIZ}"
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("person")
JSON = {"Accept": "application/json"}


@pytest.fixture
def person(database):
    factories.loaded_exam()
    person_id = factories.exam_taker()
    database.commit()
    return person_id


@pytest.fixture
def taking(person, sign_in):
    """The client with a running attempt."""
    client = sign_in("ratri")
    assert client.post(BASE).status_code == 303
    return client


def head_of(database, person_id):
    database.rollback()
    return queries.attempt_of(Taker(QUIZ, person_id=person_id))


def form_data(fields, **more):
    data = dict(more)
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return data


def place_of(head, kind):
    return next(n for n in range(1, 21) if head.item(n).kind == kind)


def form_token(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)


def stored(database, person_id):
    return queries.answers_of(head_of(database, person_id).attempt_id)


class TestStartPage:
    def test_it_names_the_terms(self, sign_in):
        text = sign_in("ratri").get(BASE).text
        for words in ("20 soal", "45 menit", "2 kali dalam 30 hari", "tersisa 2", "Mulai ujian"):
            assert words in text
        assert "batas usulan, belum ditetapkan panel" in text

    def test_it_starts_and_leads_to_the_first_question(self, sign_in):
        answer = sign_in("ratri").post(BASE)
        assert answer.status_code == 303
        assert answer.location == f"{BASE}/soal/1"
        cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("ujian_"))
        assert f"ujian_{QUIZ}=" in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/ujian/" in cookie
        assert f"Max-Age={55 * 60}" in cookie

    def test_resuming_in_the_same_browser_keeps_its_token(self, taking):
        answer = taking.post(BASE)
        assert answer.status_code == 303
        assert not any(c.startswith("ujian_") for c in answer.headers.getlist("Set-Cookie"))

    def test_another_device_takes_over_and_the_first_goes_on_signed_in(self, app, taking):
        other = app.test_client()
        other.post("/masuk", data={"username": "ratri", "password": PASSWORD})
        assert other.post(BASE).status_code == 303
        assert other.get(f"{BASE}/soal/2").status_code == 200
        assert taking.get(f"{BASE}/soal/2").status_code == 200
        taking.delete_cookie("titian")
        assert taking.get(f"{BASE}/soal/2").status_code == 303

    def test_a_running_attempt_is_offered_for_going_on(self, taking):
        text = taking.get(BASE).text
        assert "Lanjutkan ujian" in text
        assert "Mulai ujian" not in text

    def test_waiting_days_are_named_and_refused(self, taking):
        taking.post(f"{BASE}/tinjau")
        text = taking.get(BASE).text
        assert "28 November 2026" in text
        assert "Mulai ujian" not in text
        answer = taking.post(BASE)
        assert answer.status_code == 409
        assert "28 November 2026" in answer.text

    def test_an_unknown_quiz_is_not_found(self, sign_in):
        client = sign_in("ratri")
        assert client.get("/ujian/TIDAK-ADA").status_code == 404
        assert client.post("/ujian/TIDAK-ADA").status_code == 404

    def test_an_account_without_a_person_sees_nothing(self, sign_in, database):
        factories.account("tamu", "Akun Tanpa Pegawai")
        database.commit()
        client = sign_in("tamu")
        for path in (BASE, f"{BASE}/soal/1", f"{BASE}/tinjau", f"{BASE}/hasil"):
            assert client.get(path).status_code == 404


class TestQuestions:
    def test_a_question_shows_its_parts(self, taking, database, person):
        head = head_of(database, person)
        for position in range(1, 21):
            page = taking.get(f"{BASE}/soal/{position}")
            assert page.status_code == 200
            text = html.unescape(page.text)
            content = head.item(position).content
            stem = re.search(r'id="pokok">([^<]*)<', text).group(1)
            assert stem == content.head.stem
            assert f"Soal {position} dari 20" in text
            assert "45 menit" in text
            assert text.count('aria-current="page"') == 2
            for option in getattr(content, "options", ()):
                assert option.text in text

    def test_keys_and_reasons_are_on_no_page(self, taking, database, person):
        head = head_of(database, person)
        reasons = set()
        for item in head.paper.items.values():
            content = item.view.content
            parts = (*getattr(content, "options", ()), *getattr(content, "rows", ()))
            reasons |= {part.rationale for part in parts}
            reasons |= {getattr(content, "rationale", None)} - {None}
        pages = [taking.get(f"{BASE}/soal/{n}") for n in range(1, 21)]
        pages += [taking.get(f"{BASE}/tinjau"), taking.get(BASE)]
        taking.post(f"{BASE}/tinjau")
        result = taking.get(f"{BASE}/hasil")
        pages += [result, taking.get(f"{BASE}/hasil?percobaan=1")]
        for page in pages:
            assert page.status_code == 200
            text = html.unescape(page.text)
            assert not [reason for reason in reasons if reason in text]
            assert 'kunci"' not in text
            assert "data-kunci" not in text
        for item in head.paper.items.values():
            assert item.view.content.head.stem not in html.unescape(result.text)

    def test_the_steps_of_an_ordering_do_not_stand_in_their_right_order_for_everybody(self, person):
        head = None
        orders = set()
        for seed in range(12):
            head = head or services.start_attempt(
                person_id=person, quiz_code=QUIZ, now=NOW, today=NOW.date()
            )
            paper = queries.attempt_of(Taker(QUIZ, person_id=person)).paper
            item = next(i.view for i in paper.items.values() if i.view.kind == "UR")
            orders.add(paper.option_order(seed, item.content))
        assert len(orders) > 4

    def test_nobody_signed_in_is_sent_to_sign_in_and_back(self, client):
        answer = client.get(f"{BASE}/soal/3")
        assert answer.status_code == 303
        assert answer.location == f"/masuk?lanjut={BASE}/soal/3"
        answer = client.post(f"{BASE}/soal/3", data={"jawaban": "x"})
        assert answer.status_code == 401
        assert "draf" in answer.text

    def test_without_an_attempt_there_is_no_question(self, sign_in):
        client = sign_in("ratri")
        assert client.get(f"{BASE}/soal/1").status_code == 404
        assert client.get(f"{BASE}/tinjau").status_code == 404
        assert client.get(f"{BASE}/hasil").status_code == 404
        assert client.post(f"{BASE}/tinjau").status_code == 404

    def test_a_question_that_is_not_there_is_not_found(self, taking):
        assert taking.get(f"{BASE}/soal/21").status_code == 404
        assert taking.get(f"{BASE}/soal/0").status_code == 404
        assert taking.post(f"{BASE}/soal/21").status_code == 404

    def test_somebody_elses_cookie_opens_nothing_for_who_is_signed_in(self, taking, database):
        factories.exam_taker("gilang", "Gilang Wiratama")
        database.commit()
        taking.post("/keluar")
        taking.post("/masuk", data={"username": "gilang", "password": PASSWORD})
        assert taking.get(f"{BASE}/soal/1").status_code == 404


class TestAnswers:
    def test_every_kind_is_saved_and_shown_again(self, taking, database, person):
        head = head_of(database, person)
        for n in range(1, 21):
            fields = factories.right_fields(head.item(n).content)
            answer = taking.post(f"{BASE}/soal/{n}", data=form_data(fields))
            assert answer.status_code == 303, answer.text
            assert answer.location == (f"{BASE}/tinjau" if n == 20 else f"{BASE}/soal/{n + 1}")
            shown = taking.get(f"{BASE}/soal/{n}").text
            assert len(re.findall(r" (?:checked|selected)(?=>)", shown)) >= (
                0 if head.item(n).kind in {"AN", "IS"} else 1
            )
        assert all(answer.is_answered for answer in stored(database, person).values())
        review = taking.get(f"{BASE}/tinjau").text
        assert "20 dari 20 soal terjawab" in review
        assert "belum dijawab" not in review

    def test_a_flag_alone_is_kept_and_an_empty_form_clears_it(self, taking, database, person):
        taking.post(f"{BASE}/soal/1", data={"ragu": "1"})
        answer = stored(database, person)[1]
        assert (answer.response, answer.flagged) == (None, True)
        assert "ditandai ragu" in taking.get(f"{BASE}/soal/1").text
        taking.post(f"{BASE}/soal/1", data={})
        assert stored(database, person)[1].flagged is False

    def test_json_is_acknowledged_with_200(self, taking):
        answer = taking.post(f"{BASE}/soal/1", data={"urut": "3"}, headers=JSON)
        assert answer.status_code == 200
        assert (answer.json["status"], answer.json["soal"]) == ("tersimpan", 1)
        again = taking.post(f"{BASE}/soal/1", data={"urut": "3"}, headers=JSON)
        assert (again.status_code, again.json["status"]) == (200, "diabaikan")

    def test_a_lower_number_changes_nothing_and_none_takes_the_next(self, taking, database, person):
        place = place_of(head_of(database, person), "MR")
        ids = [o.id for o in head_of(database, person).item(place).content.options]
        for urut, pick in (("5", 0), ("4", 1), ("", 2), ("5", 3)):
            answer = taking.post(f"{BASE}/soal/{place}", data={"jawaban": ids[pick], "urut": urut})
            assert answer.status_code == 303
        found = stored(database, person)[place]
        assert (found.seq, found.response) == (6, [ids[2]])

    def test_one_step_chosen_twice_is_422_with_what_was_chosen(self, taking, database, person):
        head = head_of(database, person)
        place = place_of(head, "UR")
        first, second, *_ = (o.id for o in head.item(place).content.options)
        data = {"jawaban": [first, first, second, ""], "ragu": "1"}
        answer = taking.post(f"{BASE}/soal/{place}", data=data)
        assert answer.status_code == 422
        assert "dipilih dua kali" in answer.text
        chosen = re.findall(r'<option value="(\w+)"\s+selected', answer.text)
        assert chosen == [first, first, second]
        assert re.search(r'name="ragu"\s+value="1"\s+checked', answer.text)
        assert stored(database, person) == {}
        as_json = taking.post(f"{BASE}/soal/{place}", data=data, headers=JSON)
        assert (as_json.status_code, "dua kali" in as_json.json["pesan"]) == (422, True)

    @pytest.mark.parametrize("data", [{"jawaban": "bukan-pilihan"}, {"urut": "-1"}, {"urut": "x"}])
    def test_what_is_no_answer_is_422(self, taking, database, person, data):
        place = place_of(head_of(database, person), "PG")
        assert taking.post(f"{BASE}/soal/{place}", data=data).status_code == 422

    def test_what_was_typed_stays_on_a_422(self, taking, database, person):
        place = place_of(head_of(database, person), "AN")
        answer = taking.post(f"{BASE}/soal/{place}", data={"jawaban": "dua belas"})
        assert answer.status_code == 422
        assert 'value="dua belas"' in answer.text

    def test_after_the_end_pages_lead_to_the_result_and_answers_are_409(self, taking, frozen):
        frozen(NOW + 45 * MINUTE + timedelta(seconds=1))
        assert taking.get(f"{BASE}/soal/1").location == f"{BASE}/hasil"
        assert taking.get(f"{BASE}/tinjau").location == f"{BASE}/hasil"
        assert taking.post(f"{BASE}/soal/1").status_code == 409
        answer = taking.post(f"{BASE}/tinjau")
        assert answer.status_code == 409
        assert "10.45" in answer.text
        waiting = taking.get(f"{BASE}/hasil")
        assert waiting.status_code == 200
        assert "10.55" in waiting.text
        assert "data-hasil" not in waiting.text

    def test_a_queued_answer_is_taken_with_its_time(self, taking, frozen, database):
        frozen(NOW + 50 * MINUTE)
        data = {"urut": "1", "waktu": "2026-11-21T03:44:59Z"}
        answer = taking.post(f"{BASE}/soal/1", data=data, headers=JSON)
        assert (answer.status_code, answer.json["status"]) == (200, "terlambat")
        database.rollback()
        assert database.execute(select(Answer.is_late)).scalar_one()
        data["waktu"] = "kemarin"
        assert taking.post(f"{BASE}/soal/1", data=data | {"urut": "2"}).status_code == 409

    def test_after_handing_in_nothing_is_taken(self, taking):
        assert taking.post(f"{BASE}/tinjau").location == f"{BASE}/hasil"
        assert taking.post(f"{BASE}/soal/1").status_code == 409
        assert taking.post(f"{BASE}/tinjau").status_code == 409
        assert taking.get(f"{BASE}/soal/1").location == f"{BASE}/hasil"
        assert taking.post(f"{BASE}/soal/1", headers=JSON).status_code == 409

    def test_a_late_answer_that_finds_the_attempt_due_grades_it(
        self, taking, frozen, database, person
    ):
        frozen(NOW + 55 * MINUTE)
        assert taking.post(f"{BASE}/soal/1").status_code == 409
        database.rollback()
        assert queries.attempts_of(person, QUIZ)[0].outcome == "belum_cukup_bukti"


class TestProof:
    @pytest.fixture(autouse=True)
    def _csrf(self, request, app):
        request.getfixturevalue("taking")  # first, since the client switches the check off
        app.config["WTF_CSRF_ENABLED"] = True

    def test_a_form_of_the_page_is_taken_after_the_sign_in_ended(self, taking):
        taking.delete_cookie("titian")
        page = taking.get(f"{BASE}/soal/1")
        assert page.status_code == 200
        data = {"ragu": "1", "csrf_token": form_token(page)}
        assert taking.post(f"{BASE}/soal/1", data=data).status_code == 303
        review = taking.get(f"{BASE}/tinjau")
        answer = taking.post(f"{BASE}/tinjau", data={"csrf_token": form_token(review)})
        assert answer.location == f"{BASE}/hasil"
        asked = taking.get(f"{BASE}/hasil")
        assert (asked.status_code, asked.location) == (303, f"/masuk?lanjut={BASE}/hasil")

    def test_the_token_of_the_form_is_bound_to_the_attempt(self, taking, app):
        token = form_token(taking.get(f"{BASE}/soal/1"))
        stranger = app.test_client()
        stranger.set_cookie(f"ujian_{QUIZ}", "tebakan", path="/ujian/")
        answer = stranger.post(f"{BASE}/soal/1", data={"csrf_token": token})
        assert answer.status_code == 400

    @pytest.mark.parametrize("token", ["", "salah", "é"])
    def test_a_wrong_token_is_400_with_the_text_kept(self, taking, database, person, token):
        place = place_of(head_of(database, person), "IS")
        data = {"jawaban": "ganti sandi segera", "csrf_token": token}
        answer = taking.post(f"{BASE}/soal/{place}", data=data)
        assert answer.status_code == 400
        assert "ganti sandi segera" in answer.text
        assert stored(database, person) == {}
        assert taking.post(f"{BASE}/soal/{place}", data=data, headers=JSON).status_code == 400
        again = {"jawaban": "ganti sandi segera", "csrf_token": form_token(answer)}
        assert taking.post(f"{BASE}/soal/{place}", data=again).status_code == 303

    def test_handing_in_needs_its_proof_too(self, taking, database, person):
        assert taking.post(f"{BASE}/tinjau").status_code == 400
        database.rollback()
        assert queries.attempts_of(person, QUIZ)[0].state == "berjalan"

    def test_without_the_cookie_the_owner_goes_on_by_sign_in(self, taking, database, person):
        taking.delete_cookie(f"ujian_{QUIZ}", path="/ujian/")
        page = taking.get(f"{BASE}/soal/1")
        data = {"ragu": "1", "csrf_token": form_token(page)}
        assert taking.post(f"{BASE}/soal/1", data=data).status_code == 303
        assert stored(database, person)[1].flagged


class TestResult:
    def answer(self, client, database, person, right):
        head = head_of(database, person)
        for n in range(1, right + 1):
            fields = factories.right_fields(head.item(n).content)
            client.post(f"{BASE}/soal/{n}", data=form_data(fields))

    def test_a_pass_says_so_with_its_figures(self, taking, database, person):
        self.answer(taking, database, person, 14)
        taking.post(f"{BASE}/tinjau")
        text = taking.get(f"{BASE}/hasil").text
        main = re.search(r"<main[^>]*>", text).group(0)
        for part in ('data-hasil="lulus"', 'data-benar="14"', 'data-batas="14"'):
            assert part in main
        assert 'data-bentuk="A"' in main
        assert "14 dari 20 soal tepat, batas lulus 14" in text
        assert "Batas usulan, belum ditetapkan panel" in text

    def test_not_yet_names_lessons_and_the_next_date(self, taking, database, person):
        self.answer(taking, database, person, 3)
        taking.post(f"{BASE}/tinjau")
        text = taking.get(f"{BASE}/hasil").text
        assert 'data-hasil="belum"' in text
        assert "baca lagi" in text
        assert "28 November 2026" in text

    def test_too_little_evidence_is_told_as_such(self, taking, frozen):
        frozen(NOW + 56 * MINUTE)
        text = taking.get(f"{BASE}/hasil").text
        assert 'data-hasil="belum_cukup_bukti"' in text
        assert "belum cukup untuk menyimpulkan" in text

    def test_earlier_attempts_stay_readable(self, taking, frozen, sign_in):
        taking.post(f"{BASE}/tinjau")
        frozen(NOW + timedelta(days=7))
        client = sign_in("ratri")
        assert client.post(BASE).status_code == 303
        client.post(f"{BASE}/tinjau")
        latest = client.get(f"{BASE}/hasil").text
        assert 'data-bentuk="B"' in latest
        assert "percobaan=1" in latest
        assert 'data-bentuk="A"' in client.get(f"{BASE}/hasil?percobaan=1").text
        assert client.get(f"{BASE}/hasil?percobaan=3").status_code == 404
        assert client.get(f"{BASE}/hasil?percobaan=x").status_code == 404
        frozen(NOW + timedelta(days=8))
        client = sign_in("ratri")
        answer = client.post(BASE)
        assert answer.status_code == 409
        assert "21 Desember 2026" in answer.text

    def test_a_running_attempt_has_no_result_yet(self, taking):
        text = taking.get(f"{BASE}/hasil").text
        assert "masih berjalan" in text
        assert "data-hasil" not in text

    def test_others_have_no_result_of_mine(self, taking, database, sign_in):
        taking.post(f"{BASE}/tinjau")
        factories.exam_taker("gilang", "Gilang Wiratama")
        database.commit()
        assert sign_in("gilang").get(f"{BASE}/hasil").status_code == 404
