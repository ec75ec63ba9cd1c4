"""One readable item of each kind, as parsed YAML, and strategies for any item of a kind."""

from __future__ import annotations

import copy

from hypothesis import strategies as st

from lms.assessment.rules.item_data import item_content_from

HEAD = {
    "id": "CTH-101-1-001",
    "versi": 1,
    "guna": "ujian",
    "pelajaran": 1,
    "level": "C3",
    "b_ahli": 0,
    "pokok": "Langkah mana yang paling tepat?",
}

PG = {
    **HEAD,
    "jenis": "PG",
    "situasi": "Sebuah surel meminta kata sandi.",
    "pilihan": [
        {"teks": "Membalas surel", "rasional": "Jawaban sampai ke pengirim yang sama."},
        {"teks": "Menelepon helpdesk", "kunci": True, "rasional": "Jalurnya sudah dikenal."},
        {"teks": "Menunggu atasan", "rasional": "Waktu berlalu tanpa kepastian."},
    ],
}
MR = {
    **HEAD,
    "jenis": "MR",
    "pilihan": [
        {"teks": "Alamat asing", "kunci": True, "rasional": "Menyimpang dari kebiasaan."},
        {"teks": "Salam pembuka", "rasional": "Surel sah pun menyapa."},
        {"teks": "Tautan luar", "kunci": True, "rasional": "Meminta masuk di laman lain."},
        {"teks": "Tanda tangan", "rasional": "Mudah ditiru siapa saja."},
    ],
}
HS = {
    **HEAD,
    "jenis": "HS",
    "baris": [
        {"teks": "Selamat siang.", "rasional": "Lumrah."},
        {"teks": "Buka berkas apk.", "kunci": True, "rasional": "Pemasang aplikasi."},
        {"teks": "Rapat hari Rabu.", "rasional": "Memang dijadwalkan."},
        {"teks": "Pilih izinkan.", "kunci": True, "rasional": "Melewati pengaman."},
        {"teks": "Terima kasih.", "rasional": "Sopan saja."},
    ],
}
UR = {
    **HEAD,
    "jenis": "UR",
    "pilihan": [
        {"teks": "Memutus jaringan", "rasional": "Menahan kerugian."},
        {"teks": "Menelepon bank", "rasional": "Uang berpindah cepat."},
        {"teks": "Mengganti sandi", "rasional": "Dari perangkat bersih."},
        {"teks": "Melapor", "rasional": "Supaya lain diperingatkan."},
    ],
    "setara": [[3, 4]],
}
JD = {
    **HEAD,
    "jenis": "JD",
    "pasangan": [
        {"kiri": "Segera!", "kanan": "Mendesak", "rasional": "Waktu dipersempit."},
        {"kiri": "Atas nama Sekda", "kanan": "Wibawa", "rasional": "Nama dipinjam."},
        {"kiri": "Tinggal sejam", "kanan": "Mendesak", "rasional": "Tenggat dekat."},
    ],
    "pengecoh": [{"teks": "Hadiah", "rasional": "Tidak ada yang dijanjikan."}],
}
AN = {
    **HEAD,
    "jenis": "AN",
    "jawaban": 1250.5,
    "toleransi": 0.5,
    "satuan": "Rp",
    "rasional": "Jumlah kedua kolom.",
    "keliru": [
        {"nilai": 1000, "rasional": "Kolom kedua terlewat."},
        {"nilai": 1000.5, "rasional": "Kolom kedua terlewat, dibulatkan."},
    ],
}
IS = {
    **HEAD,
    "jenis": "IS",
    "jawaban": ["ganti sandi", "Mengganti Sandi"],
    "jarak_edit": 1,
    "rasional": "Sandi yang bocor diganti dahulu.",
}
SJT = {
    **HEAD,
    "jenis": "SJT",
    "pilihan": [
        {"teks": "Diam", "nilai": 1, "n_penilai": 0, "sd": None, "rasional": "Menambah korban."},
        {"teks": "Menegur", "nilai": 2, "n_penilai": 5, "sd": 0.5, "rasional": "Setengah jalan."},
        {"teks": "Melapor", "nilai": 3.4, "n_penilai": 5, "sd": 0, "rasional": "Hampir tepat."},
        {"teks": "Memperingatkan", "nilai": 4, "n_penilai": 0, "rasional": "Melindungi semua."},
    ],
}
ALL = {"PG": PG, "MR": MR, "UR": UR, "JD": JD, "AN": AN, "IS": IS, "SJT": SJT, "HS": HS}


def data(kind, **changes):
    """Return a fresh copy of the kind's example; a change to None takes the field out."""
    merged = copy.deepcopy(ALL[kind]) | changes
    return {key: value for key, value in merged.items() if value is not None}


def content(kind, **changes):
    return item_content_from(data(kind, **changes))


def ids_by_text(item):
    """Return option id by text; for JD the choices."""
    options = item.choices if hasattr(item, "choices") else item.options
    return {option.text: option.id for option in options}


@st.composite
def any_item(draw, kinds=tuple(ALL)):
    """Any well-formed item, as parsed YAML."""
    kind = draw(st.sampled_from(kinds))
    count = draw(st.integers(2, 6))
    rows = [{"teks": f"Pilihan {n}", "rasional": f"Alasan {n}"} for n in range(count)]
    head = HEAD | {"jenis": kind, "versi": draw(st.integers(1, 9))}
    head["id"] = f"CTH-{draw(st.integers(1, 999)):03}"
    if kind in {"PG", "MR", "HS"}:
        keys = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=count))
        keys = {min(keys)} if kind == "PG" else keys
        for n in keys:
            rows[n]["kunci"] = True
        return head | {"baris" if kind == "HS" else "pilihan": rows}
    if kind == "UR":
        start = draw(st.integers(1, count - 1))
        length = draw(st.integers(2, 3))
        tie = [place for place in range(start, start + length) if place <= count]
        ties = [tie] if 2 <= len(tie) < count and draw(st.booleans()) else []
        return head | {"pilihan": rows} | ({"setara": ties} if ties else {})
    if kind == "JD":
        pairs = [
            {"kiri": f"Kiri {n}", "kanan": f"Kanan {n // 2}", "rasional": "Sebab"}
            for n in range(count)
        ]
        return head | {"pasangan": pairs, "pengecoh": rows[:1]}
    if kind == "SJT":
        for row in rows:
            value = draw(st.decimals(1, 4, places=1))
            row |= {"nilai": float(value), "n_penilai": 0}
        return head | {"pilihan": rows}
    if kind == "AN":
        return AN | head | {"jawaban": draw(st.integers(-999, 999))}
    return IS | head


def right_response(item):
    """Return the best response in its stored shape."""
    if item.kind == "PG":
        return next(option.id for option in item.options if option.is_key)
    if item.kind in {"MR", "HS"}:
        return sorted(option.id for option in item.options if option.is_key)
    if item.kind == "UR":
        return [option.id for option in item.options]
    if item.kind == "JD":
        return {row.id: row.choice_id for row in item.rows}
    if item.kind == "SJT":
        return {option.id: str(round(option.value)) for option in item.options}
    return str(item.answer) if item.kind == "AN" else item.accepted[0]


@st.composite
def item_and_response(draw, kinds=tuple(ALL)):
    """Any item with a response that may be right, partly right, wrong, partial or absent."""
    item = item_content_from(draw(any_item(kinds)))
    choice = draw(st.sampled_from(["none", "right", "any"]))
    if choice == "none":
        return item, None
    if choice == "right":
        return item, right_response(item)
    return item, draw(_any_response(item))


def _any_response(item):
    if item.kind == "AN":
        return st.integers(-999, 999).map(str)
    if item.kind == "IS":
        return st.sampled_from(["ganti sandi", "ganti sandii", "lapor", "gantisandi"])
    if item.kind == "JD":
        choices = st.sampled_from([choice.id for choice in item.choices])
        return st.dictionaries(st.sampled_from([row.id for row in item.rows]), choices, min_size=1)
    options = [option.id for option in item.options]
    if item.kind == "SJT":
        return st.dictionaries(st.sampled_from(options), st.sampled_from("1234"), min_size=1)
    if item.kind == "PG":
        return st.sampled_from(options)
    if item.kind == "UR":
        return _any_ranks(options)
    return st.sets(st.sampled_from(options), min_size=1).map(sorted)


@st.composite
def _any_ranks(draw, options):
    ranks = draw(st.permutations(options))
    blank = draw(st.sets(st.integers(0, len(ranks) - 1), max_size=len(ranks) - 1))
    return ["" if place in blank else value for place, value in enumerate(ranks)]
