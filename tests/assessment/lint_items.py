"""Fifty sound items for the linter's tests, and the flaws that are put into them.

Situations are put together from an opening, an event and a constraint, so that any two items
share at most one of the three; options belong to the event.
"""

from __future__ import annotations

import copy

OPENINGS = [
    "Loket pelayanan baru saja dibuka dan antrean sudah mengular sampai pintu.",
    "Menjelang makan siang, seorang pengelola arsip sedang merapikan lemari.",
    "Hujan turun deras ketika operator data desa tiba di balai warga.",
    "Rapat koordinasi molor hingga sore, sementara tamu dari pusat menunggu.",
    "Sekretaris camat mengerjakan laporan bulanan seorang diri di ruang belakang.",
    "Di puskesmas pembantu, listrik padam dua kali sejak pagi tadi.",
    "Bendahara sekolah sedang menghitung dana kegiatan bersama seorang guru.",
    "Perawat jaga malam menyusun jadwal pengganti rekan yang cuti melahirkan.",
    "Petugas retribusi pasar berkeliling membawa ponsel milik kelompoknya.",
    "Seorang penyuluh lapangan singgah di warung sesudah mengunjungi sawah.",
]
CONSTRAINTS = [
    "Atasannya sedang terbang ke luar pulau dan baru mendarat dua jam lagi.",
    "Rekan sebelahnya mengaku pernah mengalami kejadian serupa tahun lalu.",
    "Persediaan kertas menipis dan mesin pencetak kerap macet pekan ini.",
    "Warga yang berkepentingan duduk tepat di seberang mejanya.",
    "Kesepakatan tertulis mengenai urusan semacam itu belum pernah disusun.",
    "Pengganti yang ditunjuk masih mempelajari tugasnya selama sepekan.",
    "Sinyal telepon di lokasi itu naik turun sepanjang hari.",
    "Anggaran untuk membeli peralatan tambahan sudah terpakai habis.",
    "Tiga orang lain menunggu giliran memakai meja yang serupa.",
    "Pimpinan menginginkan kabar tertulis paling lambat petang hari.",
]
EVENTS = [
    (
        "Sebuah kiriman meminta kode enam angka yang baru masuk ke gawainya.",
        "Menutup percakapan kemudian menelepon pengelola akun",
        [
            "Membacakan separuh angkanya sambil bertanya nama dirinya",
            "Mematikan gawai sampai keesokan paginya tiba",
            "Meneruskan kiriman tersebut kepada grup alumni",
        ],
    ),
    (
        "Layar komputer menampilkan tebusan dan beberapa dokumen berubah nama.",
        "Mencabut kabel jaringan lalu memanggil tim",
        [
            "Mengganti nama dokumen satu demi satu kembali",
            "Membayar sebagian tebusan memakai uang pribadi",
            "Menyalakan ulang komputer lalu mengetik laporan",
        ],
    ),
    (
        "Tautan undangan mengarah ke halaman masuk yang alamatnya janggal.",
        "Membuka layanan lewat penanda yang tersimpan lama",
        [
            "Mengetik sandi keliru dahulu untuk mencobanya",
            "Menyalin alamat halaman ke kolom pencarian umum",
            "Meminta undangan lain melalui pengirim serupa",
        ],
    ),
    (
        "Seorang tamu ingin meminjam akun layanan untuk mencetak selembar surat.",
        "Menawarkan bantuan mencetak dari meja pelayanannya",
        [
            "Menuliskan sandi pada kertas kecil sekali buang",
            "Mengarahkan tamu agar datang lagi esok harinya",
            "Membiarkan tamu mengetik suratnya selagi diawasi",
        ],
    ),
    (
        "Daftar penerima bantuan beserta nomor kependudukan tersebar di grup warga.",
        "Menghubungi pengelola grup supaya daftar ditarik",
        [
            "Mengunggah daftar lain yang sudah diperbaiki",
            "Menegur penyebarnya terbuka di grup tersebut",
            "Menunggu warga melapor sendiri ke kelurahan",
        ],
    ),
    (
        "Gawai dinas tertinggal di kendaraan umum sekitar setengah jam lalu.",
        "Mengunci gawai dari jauh kemudian melapor tim",
        [
            "Mengejar kendaraan umum itu bersama tetangga",
            "Membeli gawai pengganti memakai tabungan sendiri",
            "Menanti sopir menelepon balik pada malam hari",
        ],
    ),
    (
        "Perangkat penyimpan tanpa pemilik tergeletak di depan ruang pelayanan.",
        "Menyerahkan perangkat tersebut kepada tim teknis",
        [
            "Mencolokkannya ke komputer cadangan yang jarang",
            "Memasang pengumuman lalu menaruhnya di meja depan",
            "Membuang perangkat ke tempat sampah terdekat",
        ],
    ),
    (
        "Surat bertanda tangan elektronik datang sebagai potret hasil pindai.",
        "Memeriksa berkas aslinya pada layanan verifikasi",
        [
            "Mencocokkan goresan tanda dengan surat lampau",
            "Mencetak potret itu untuk dibubuhi stempel basah",
            "Mempercayainya sebab logonya terlihat tajam",
        ],
    ),
    (
        "Pembaruan sistem muncul tepat saat presentasi hendak dimulai.",
        "Menjadwalkan pembaruan sesudah presentasi usai",
        [
            "Mematikan fitur pembaruan sampai akhir tahun",
            "Menjalankan pembaruan sambil hadirin menunggu",
            "Mencari pemasang serupa dari laman sembarang",
        ],
    ),
    (
        "Nomor rekening penyedia katering mendadak berganti lewat surel singkat.",
        "Menelepon penyedia pada nomor di kontrak",
        [
            "Membalas surel tersebut untuk meminta penjelasan",
            "Membayar separuh tagihan ke rekening yang baru",
            "Menghapus surel tersebut tanpa memberi kabar",
        ],
    ),
]
STEMS = [
    "Apa yang sebaiknya ia lakukan lebih dahulu pada saat itu?",
    "Langkah mana yang paling tepat ia ambil dalam keadaan tersebut?",
    "Manakah tindakan pertama yang paling baik baginya saat itu juga?",
    "Apa yang paling tepat dilakukan agar keadaan segera menjadi jelas?",
    "Tindakan mana yang paling patut didahulukan dalam keadaan seperti ini?",
]


def reasons(texts):
    return [
        f"Alasan ke-{n}: akibat dari langkah ini terasa pada pekerjaan orang lain."
        for n, _ in enumerate(texts, 1)
    ]


def item_raw(number):
    """Return one of the fifty as it would stand in a bank: 40 PG, 5 MR, 5 SJT."""
    row, column = divmod(number, 10)
    event, key, others = EVENTS[column]
    situation = " ".join(
        [OPENINGS[(row + column) % 10], event, CONSTRAINTS[(2 * row + column) % 10]]
    )
    texts = list(others)
    texts.insert((number + row) % 4, key)
    raw = {
        "id": f"ABC-101-1-{number + 1:03d}",
        "versi": 1,
        "guna": "ujian",
        "pelajaran": 1,
        "capaian": "CP1.1",
        "level": ["C3", "C4", "C5"][number % 3],
        "jenis": "PG",
        "b_ahli": 0,
        "b_penilai": 0,
        "situasi": situation,
        "pokok": STEMS[number % 5],
        "kompetensi": ["aman.3"],
        "materi": "01-satu.md#mulai",
        "penulis": "satu",
        "penelaah": "dua",
        "pilihan": [
            {"teks": text, "rasional": reason} | ({"kunci": True} if text == key else {})
            for text, reason in zip(texts, reasons(texts), strict=True)
        ],
    }
    if column == 4:
        raw["jenis"] = "MR"
        raw["pokok"] = "Pilih dua tindakan yang paling tepat dalam keadaan tersebut:"
        raw["pilihan"][(texts.index(key) + 1) % 4]["kunci"] = True
    if column == 8:
        raw["jenis"] = "SJT"
        raw["pokok"] = "Seberapa tepat tiap langkah ini menurut apa yang sebaiknya dilakukan?"
        for place, option in enumerate(raw["pilihan"]):
            option.pop("kunci", None)
            option |= {"nilai": 1 + place % 4, "n_penilai": 6, "sd": 0.4}
    return raw


GOOD = [item_raw(number) for number in range(50)]


def of_kind(*kinds):
    return [copy.deepcopy(raw) for raw in GOOD if raw["jenis"] in kinds]


def key_of(raw):
    return next(option for option in raw["pilihan"] if option.get("kunci"))


def other_of(raw):
    return next(option for option in raw["pilihan"] if not option.get("kunci"))
