"""Names, posts, ranks and titles of the demo government: words and figures without logic."""

from __future__ import annotations

from typing import Final, Literal

Level = Literal["kepala", "unit", "subbag", "ahli", "terampil", "pelaksana"]
STRUCTURAL, FUNCTIONAL, GENERAL = "1", "2", "4"

MEN: Final = (
    "Aditya", "Arga", "Aruna", "Bagaskara", "Banyu", "Baskara", "Bayu", "Bima", "Bintang", "Bumi",
    "Candra", "Damar", "Danu", "Dipa", "Fajar", "Galih", "Gading", "Gilang", "Guntur", "Indra",
    "Jagat", "Jaka", "Jati", "Kelana", "Lingga", "Mahesa", "Mandala", "Pandu", "Panji", "Purnama",
    "Raka", "Rangga", "Samudra", "Satria", "Surya", "Tirta", "Wahyu", "Wira", "Wisnu", "Yudha",
)  # fmt: skip

WOMEN: Final = (
    "Anindya", "Arum", "Asri", "Ayu", "Candrika", "Cempaka", "Citra", "Dara", "Dewi", "Embun",
    "Gendis", "Hapsari", "Indah", "Intan", "Jingga", "Kartika", "Kemala", "Kenanga", "Kinanti",
    "Kirana", "Laksmi", "Larasati", "Lestari", "Melati", "Mutiara", "Nawang", "Nirmala", "Padma",
    "Puspa", "Ratna", "Ratri", "Rengganis", "Sekar", "Seruni", "Tiara", "Utari", "Wening", "Widya",
    "Wulan", "Yuniar",
)  # fmt: skip

SECOND: Final = (
    "Adiluhung", "Adipura", "Amarta", "Andaru", "Anggara", "Arkananta", "Arumdalu", "Atmajaya",
    "Bagaswara", "Banyubiru", "Bramantya", "Cahyadewa", "Candrakanta", "Danendra", "Danurwenda",
    "Gentasari", "Girilaya", "Girindra", "Hanggara", "Harjasuta", "Indrapasta", "Jayengrana",
    "Kertarana", "Kusumadewa", "Lazuardi", "Lelana", "Lintangsari", "Madyarana", "Maheswara",
    "Manggalih", "Mayangkara", "Mustikarana", "Narendra", "Natabumi", "Nayaka", "Nilakandi",
    "Padmasana", "Pamungkas", "Panuluh", "Paramastri", "Pranawa", "Prameswara", "Purnawirya",
    "Puspawarna", "Rahardian", "Ranuwijaya", "Samodra", "Sanjiwani", "Sarasmita", "Sasmaya",
    "Segara", "Sekarwangi", "Setyawana", "Tirtanata", "Tirtayasa",
    "Wanadri", "Wangsalaya", "Wardanasari", "Wasesa", "Wicaksana", "Wiratama", "Wulandari",
)  # fmt: skip

GENERAL_POSTS: Final = (
    "Penelaah Teknis Kebijakan",
    "Pengolah Data dan Informasi",
    "Pengadministrasi Perkantoran",
    "Pengelola Layanan Operasional",
    "Operator Layanan Operasional",
)

ICT_FIELD_OF: Final = {
    "Pranata Komputer": ("aplikasi", "infrastruktur", "data"),
    "Sandiman": ("keamanan",),
    "Statistisi": ("data",),
    "Manggala Informatika": ("arsitektur", "proses-bisnis"),
    "Administrator Database Kependudukan": ("data",),
}

AGES: Final[dict[Level, tuple[int, int]]] = {
    "kepala": (48, 57),
    "unit": (40, 55),
    "subbag": (35, 52),
    "ahli": (26, 56),
    "terampil": (26, 54),
    "pelaksana": (26, 56),
}

KIND_OF: Final[dict[Level, str]] = {
    "kepala": STRUCTURAL,
    "unit": STRUCTURAL,
    "subbag": STRUCTURAL,
    "ahli": FUNCTIONAL,
    "terampil": FUNCTIONAL,
    "pelaksana": GENERAL,
}

GRADES: Final = {
    ("ahli", "PNS"): (
        ("Ahli Pertama", ("III/a", "III/b")),
        ("Ahli Pertama", ("III/a", "III/b")),
        ("Ahli Muda", ("III/c", "III/d")),
        ("Ahli Muda", ("III/c", "III/d")),
        ("Ahli Madya", ("IV/a", "IV/b")),
    ),
    ("ahli", "PPPK"): (
        ("Ahli Pertama", ("IX",)),
        ("Ahli Pertama", ("IX",)),
        ("Ahli Muda", ("XI",)),
    ),
    ("terampil", "PNS"): (
        ("Terampil", ("II/c", "II/d")),
        ("Mahir", ("III/a", "III/b")),
        ("Penyelia", ("III/c", "III/d")),
    ),
    ("terampil", "PPPK"): (("Terampil", ("VII",)),),
}

RANKS: Final = {
    ("kepala", "PNS"): ("IV/b", "IV/c"),
    ("unit", "PNS"): ("III/d", "IV/a"),
    ("subbag", "PNS"): ("III/c", "III/d"),
    ("pelaksana", "PNS"): ("II/b", "II/c", "II/d", "III/a", "III/b"),
    ("pelaksana", "PPPK"): ("V", "VII", "IX"),
}

TITLES_OF_POST: Final = {
    "Dokter": ("dr.", ""),
    "Apoteker": ("apt.", "S.Farm."),
    "Medik Veteriner": ("drh.", ""),
    "Guru": ("", "S.Pd."),
    "Pengawas Sekolah": ("", "S.Pd., M.Pd."),
    "Pranata Komputer": ("", "S.Kom."),
    "Manggala Informatika": ("", "S.Kom., M.T.I."),
    "Pustakawan": ("", "S.IP."),
}

TITLES_OF_LEVEL: Final[dict[Level, tuple[str, ...]]] = {
    "kepala": ("S.Sos., M.Si.", "S.T., M.T.", "S.E., M.M.", "S.H., M.H."),
    "unit": ("S.Sos.", "S.E., M.Si.", "S.T.", "S.H.", "S.IP., M.AP."),
    "subbag": ("S.E.", "S.Sos.", "S.AP."),
    "ahli": ("S.T.", "S.Si.", "S.E.", "S.Sos.", "S.P."),
    "terampil": ("A.Md.",),
    "pelaksana": ("S.E.", "A.Md.", "", "", "S.AP."),
}
