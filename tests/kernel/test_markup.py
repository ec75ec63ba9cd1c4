"""Lesson text becomes safe HTML, and every fault is named with its line."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.kernel.markup import (
    RENDERER_VERSION,
    SLOTS,
    Links,
    fill_slots,
    headings,
    render_exhibit,
    render_inline,
    render_lesson,
)
from lms.kernel.markup.sanitise import clean_blocks

CHAT = """\
::: percakapan Pesan yang masuk
dari: Nomor yang tidak tersimpan
info: foto profil <baru>
15.42 Ini Ibu. ==Saya pakai nomor ini dulu==(1), ya.
   Jangan telepon.
> 15.44 Siap, Bu.
1. Jalurnya *belum* pernah dipakai.
:::
"""
MAIL = """\
::: surel Surel yang diterima
dari: Layanan <==layanan@x.contoh==(1)>
kepada: Seluruh pegawai
perihal: Sesi Anda
waktu: Selasa, 11.20

Buka masuk.x.contoh dan
siapkan nama_berkas_ini.

- satu
- dua

1. bukan keterangan
2. sebab ada teks sesudahnya

Salam.

1. Alamatnya bukan alamat kantor.
:::
"""


def lesson(text, **more):
    return render_lesson(text, lesson_no=4, file="l.md", **more)


def told(text, **more):
    return [str(problem) for problem in lesson(text, **more).problems]


def test_a_chat_renders_to_the_markup_of_the_style_sheet():
    rendered = lesson(CHAT)
    assert rendered.problems == ()
    pin = '<span class="pin"><span class="visually-hidden">tanda </span>1</span>'
    assert rendered.html == (
        '<figure class="exh"><figcaption><svg class="i" aria-hidden="true">'
        '<use href="#i-awas"></use></svg><b>Peraga 4.1</b> Pesan yang masuk</figcaption>'
        '<div class="chat"><div class="who"><span class="ava" aria-hidden="true">?</span>'
        '<span><b>Nomor yang tidak tersimpan</b><br><span class="mute">foto profil &lt;baru&gt;'
        "</span></span></div>"
        f'<div class="bub">Ini Ibu. <mark>Saya pakai nomor ini dulu</mark> {pin}, ya. '
        "Jangan telepon.<time>15.42</time></div>"
        '<div class="bub me"><span class="xs mute">Jawaban</span> Siap, Bu.'
        "<time>15.44</time></div></div>"
        '<ol class="legend" aria-label="Keterangan peraga">'
        f"<li>{pin}<span>Jalurnya <em>belum</em> pernah dipakai.</span></li></ol></figure>"
    )


def test_a_mail_keeps_what_was_written():
    rendered = lesson(MAIL)
    assert rendered.problems == ()
    assert "<dt>Dari</dt><dd>Layanan &lt;<mark>layanan@x.contoh</mark>" in rendered.html
    assert "<p>Buka masuk.x.contoh dan siapkan nama_berkas_ini.</p>" in rendered.html
    assert "<ul><li>satu</li><li>dua</li></ul>" in rendered.html
    assert "<ol><li>bukan keterangan</li>" in rendered.html
    assert rendered.html.count('class="legend"') == 1


def test_exhibits_are_numbered_in_order_by_the_platform():
    html = lesson(CHAT + "\nteks\n\n" + MAIL).html
    assert re.findall(r"<b>(Peraga [^<]+)</b>", html) == ["Peraga 4.1", "Peraga 4.2"]
    loose = render_lesson(CHAT, lesson_no=None).html
    assert "<b>Peraga</b>" in loose


def test_a_chat_without_marks_carries_no_warning_icon():
    html = lesson("::: percakapan A\ndari: B\n15.42 teks\n:::\n").html
    assert "<svg" not in html
    assert 'class="legend"' not in html


@pytest.mark.parametrize(
    ("kind", "classes", "icon"),
    [
        ("praktik", "call", "#i-tas"),
        ("lapor", "call warn", "#i-lonceng"),
        ("catatan", "call plain-c", "#i-info"),
    ],
)
def test_callouts_hold_ordinary_markdown(kind, classes, icon):
    rendered = lesson(f"::: {kind} Judul **tebal**\nSatu *dua*.\n\n1. tiga\n:::\n")
    assert rendered.problems == ()
    assert rendered.html == (
        f'<aside class="{classes}" aria-label="Judul tebal"><svg class="i" aria-hidden="true">'
        f'<use href="{icon}"></use></svg><p class="ct mb-1">Judul <strong>tebal</strong></p>'
        "<p>Satu <em>dua</em>.</p>\n<ol>\n<li>tiga</li>\n</ol></aside>"
    )


def test_lines_to_tick_are_checkboxes_with_labels():
    html = lesson("- [ ] Simpan **nomor** {{kontak.csirt}}\n- [x] Dua\n    - anak\n").html
    assert html.startswith('<ul class="bare ticks">\n<li><label class="form-check">')
    assert html.count('<input class="form-check-input" type="checkbox">') == 2
    label = '<span class="form-check-label">Simpan <strong>nomor</strong> '
    assert label + '<span class="slot" data-slot="kontak.csirt"></span></span></label></li>' in html
    assert '<span class="form-check-label">Dua</span></label><ul>\n<li>anak</li>' in html


def test_loose_and_mixed_lists_tick_only_what_is_marked():
    html = lesson("- [ ] satu\n\n- [ ] dua\n").html
    assert html.count("checkbox") == 2
    assert 'class="bare ticks"' in html
    html = lesson("- [ ] satu\n- dua\n").html
    assert html.count("checkbox") == 1
    assert "bare" not in html
    html = lesson("- satu [ ] dua\n").html
    assert "checkbox" not in html


def test_anchors_are_kept_with_a_prefix_and_headings_are_listed():
    rendered = lesson(
        "## Jumat, *pukul* 15.42 {#pesan}\n\nteks\n\n### Rincian & sisa\n\n### Rincian & sisa\n\n[ke](#pesan)\n"
    )
    assert rendered.problems == ()
    assert rendered.anchors == ("pesan",)
    assert '<h2 id="m-pesan">Jumat, <em>pukul</em> 15.42</h2>' in rendered.html
    assert '<a href="#m-pesan"' in rendered.html
    assert [(h.level, h.id, h.text) for h in headings(rendered.html)] == [
        (2, "m-pesan", "Jumat, pukul 15.42"),
        (3, "m-rincian-sisa", "Rincian & sisa"),
        (3, "m-rincian-sisa-2", "Rincian & sisa"),
    ]


def test_an_outline_knows_only_headings_with_ids():
    assert headings("<h2>a</h2><p id='x'>b</p><h3 id='m-c'>c <em>d</em></h3>")[0].text == "c d"
    assert headings("<h2>a</h2>") == []


def test_a_heading_without_letters_still_gets_an_id():
    assert '<h2 id="m-bagian">…</h2>' in lesson("## …\n").html
    assert '<h2 id="m-a-2">A</h2>' in lesson("## A\n\n## Lain {#a}\n").html


def test_tables_scroll_and_align_without_style():
    html = lesson("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |\n").html
    assert html.startswith(
        '<div aria-label="Tabel, dapat digulir" class="tw" role="group" tabindex="0">'
    )
    assert '<table class="t">' in html
    assert '<th class="r" scope="col">b</th>' in html
    assert '<td class="c">3</td>' in html
    assert "style" not in html


def test_pictures_get_address_size_and_caption():
    links = Links(media={"a.webp": (640, 480), "b.svg": None}, media_url=lambda n: f"/media/9/{n}")
    html = lesson(
        '![Denah ruang](media/a.webp "Denah")\n\nDi sini ![ikon](media/b.svg).\n', links=links
    ).html
    assert (
        '<figure class="pic"><img alt="Denah ruang" decoding="async" height="480" loading="lazy" '
        'src="/media/9/a.webp" width="640"><figcaption>Denah</figcaption>' in html
    )
    assert (
        '<p>Di sini <img alt="ikon" decoding="async" loading="lazy" src="/media/9/b.svg">.</p>'
        in html
    )


def test_links_lead_to_lessons_media_and_allowed_schemes():
    links = Links(
        media={"a.png": None},
        lessons={"02-b.md"},
        media_url=lambda name: f"/m/{name}",
        lesson_url=lambda file, anchor: f"/kursus/X/{file[:2]}#{anchor}",
    )
    rendered = lesson(
        "[a](02-b.md#jeda) [b](media/a.png) [c](https://contoh.go.id/x) [d](mailto:a@b.contoh) [e](tel:112)",
        links=links,
    )
    assert rendered.problems == ()
    hrefs = re.findall(r'href="([^"]*)"', rendered.html)
    assert hrefs == [
        "/kursus/X/02#m-jeda",
        "/m/a.png",
        "https://contoh.go.id/x",
        "mailto:a@b.contoh",
        "tel:112",
    ]
    assert 'rel="noopener noreferrer"' in rendered.html


def test_links_without_known_targets_stay_relative():
    assert 'href="02-b.md#m-c"' in lesson("[a](02-b.md#c)").html
    assert 'href="02-b.md"' in lesson("[a](02-b.md)").html
    assert 'src="a.png"' in lesson("![x](media/a.png)").html


def test_slots_are_filled_at_request_time_and_escaped():
    html = lesson("Lapor ke {{kontak.csirt}} atau {{ kontak.helpdesk }}.").html
    assert "{{" not in html
    filled = fill_slots(html, {"kontak.csirt": 'CSIRT <0800> & "x"'})
    assert '<span class="slot">CSIRT &lt;0800&gt; &amp; &quot;x&quot;</span>' in filled
    assert '<span class="slot">kontak belum diatur</span>' in filled
    assert (
        fill_slots(render_inline("a {{kontak.csirt}}"), {"kontak.csirt": "b"})
        == 'a <span class="slot">b</span>'
    )
    assert SLOTS == ("kontak.csirt", "kontak.helpdesk")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            '1. bukan daftar # <b> _garis_ & "kutip"',
            "1. bukan daftar # &lt;b&gt; _garis_ &amp; &quot;kutip&quot;",
        ),
        (
            "kata **KECUALI** *miring* `a*b*`",
            "kata <strong>KECUALI</strong> <em>miring</em> <code>a*b*</code>",
        ),
        ("2 * 3 * 4 dan a*b*c dan \\*x\\*", "2 * 3 * 4 dan a*b*c dan *x*"),
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>"),
        ("baris\n  kedua", "baris kedua"),
        ("{{kontak.tidakada}}", "{{kontak.tidakada}}"),
        ("", ""),
    ],
)
def test_short_text_is_shown_as_written(text, html):
    assert render_inline(text) == html


def test_an_items_exhibit_has_no_marks_ticks_ids_or_icon():
    rendered = render_exhibit(
        "## Judul {#a}\n\n- [ ] satu **dua**\n\n" + CHAT, file="b.yaml", first_line=20
    )
    assert [str(p) for p in rendered.problems] == [
        "b.yaml:27: Peraga pada butir soal tidak memakai tanda ==...==(n).",
        "b.yaml:30: Baris percakapan diawali jam, misalnya 15.42, lalu teksnya.",
    ]
    assert "<mark>" not in rendered.html
    assert "checkbox" not in rendered.html
    assert "<li>☐ satu <strong>dua</strong></li>" in rendered.html
    assert "<h2>Judul</h2>" in rendered.html
    assert "<svg" not in rendered.html
    assert "<b>Peraga</b> Pesan yang masuk" in rendered.html


def test_an_items_exhibit_may_end_in_a_numbered_list():
    text = "::: surel A\ndari: a\nkepada: b\nperihal: c\nwaktu: d\n\nBawalah:\n\n1. map\n2. kartu\n:::\n"
    rendered = render_exhibit(text)
    assert rendered.problems == ()
    assert "<ol><li>map</li><li>kartu</li></ol>" in rendered.html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "teks\n\n::: video Judul\nx\n:::\n",
            [
                'l.md:3: Blok "video" tidak dikenal; yang ada: percakapan, surel, praktik, lapor, catatan.'
            ],
        ),
        (
            "::: praktik Judul\nx\n",
            ['l.md:1: Blok "praktik" tidak ditutup; tulis ::: pada baris sendiri.'],
        ),
        (
            "::: praktik A\n::: lapor B\nx\n:::\n:::\n",
            [
                'l.md:2: Blok tidak boleh berada di dalam blok lain; tutup dulu blok "praktik" dari baris 1.'
            ],
        ),
        ("::: praktik\nx\n:::\n", ['l.md:1: Blok "praktik" memerlukan judul sesudah namanya.']),
        ("x\n\n:::\n", ["l.md:3: Penutup ::: ini tidak mempunyai pembuka."]),
        (
            "  ::: praktik A\nx\n:::\n",
            ["l.md:1: Pembuka blok ditulis tepat ::: di awal baris, tanpa spasi."],
        ),
        (
            ":::: praktik A\nx\n:::\n",
            ["l.md:1: Pembuka blok ditulis tepat ::: di awal baris, tanpa spasi."],
        ),
        (
            "::: praktik A\nx\n  :::\n",
            ["l.md:3: Penutup blok ditulis tepat ::: di awal baris, tanpa spasi."],
        ),
        (
            "::: percakapan A\ndari: b\n15.42 ==x==(1)\n:::\n",
            ["l.md:3: Tanda nomor 1 belum mempunyai keterangan di akhir blok."],
        ),
        (
            "::: percakapan A\ndari: b\n15.42 x\n1. y\n:::\n",
            ["l.md:4: Keterangan nomor 1 tidak mempunyai tanda ==...==(1) di peraga ini."],
        ),
        (
            "::: percakapan A\ndari: b\n15.42 ==x==(2)\n2. y\n:::\n",
            ["l.md:4: Keterangan ini bernomor 2, seharusnya 1."],
        ),
        (
            "::: percakapan A\ndari: b\n15.42 ==x==\n:::\n",
            ['l.md:3: Tanda "x" belum bernomor; tulis ==...==(1).'],
        ),
        ("::: percakapan A\n15.42 x\n:::\n", ['l.md:2: Percakapan harus diawali baris "dari:".']),
        (
            "::: percakapan A\ndari: b\ndari: c\n15.42 x\n:::\n",
            ['l.md:3: Baris "dari:" ditulis dua kali.'],
        ),
        (
            "::: percakapan A\ndari: b\n25.42 x\n15.10 y\n:::\n",
            ["l.md:3: Baris percakapan diawali jam, misalnya 15.42, lalu teksnya."],
        ),
        ("::: percakapan A\ndari: b\n:::\n", ["l.md:2: Percakapan ini belum berisi pesan."]),
        (
            "::: percakapan A\n:::\n",
            [
                'l.md:1: Percakapan harus diawali baris "dari:".',
                "l.md:1: Percakapan ini belum berisi pesan.",
            ],
        ),
        (
            "::: surel A\ndari: b\nkepada: c\n\nx\n:::\n",
            ['l.md:2: Surel ini belum mempunyai baris "perihal:", "waktu:".'],
        ),
        (
            "::: surel A\ndari: b\nkepada: c\nperihal: d\nwaktu: e\nx\n:::\n",
            ["l.md:6: Sesudah kepala surel harus ada satu baris kosong."],
        ),
        (
            "::: surel A\ndari: b\nkepada: c\nperihal: d\nwaktu: e\n:::\n",
            ["l.md:2: Surel ini belum berisi paragraf."],
        ),
        (
            "::: surel A\ndari: b\nkepada: c\nperihal: d\nwaktu: e\n\nx\n\n1. y\n:::\n",
            ["l.md:9: Keterangan nomor 1 tidak mempunyai tanda ==...==(1) di peraga ini."],
        ),
        (
            "teks ==tanda==(1)\n",
            ["l.md:1: Tanda ==...==(n) hanya dipakai di dalam blok percakapan atau surel."],
        ),
        (
            "# Judul\n",
            ["l.md:1: Judul tingkat satu sudah berasal dari bagian depan; mulailah dari ##."],
        ),
        ("## A {#a}\n\n## B {#a}\n", ['l.md:3: Jangkar "a" sudah dipakai di baris 1.']),
        (
            "## A {#Besar}\n",
            ['l.md:1: Jangkar "Besar" harus huruf kecil, angka, dan tanda hubung.'],
        ),
        ("teks {#a}\n", ["l.md:1: Jangkar {#...} hanya dipakai di akhir judul."]),
        (
            "## A {#a onclick=b}\n",
            [
                'l.md:1: Atribut "{#a onclick=b}" tidak dipakai; yang boleh hanya {#jangkar} di judul.'
            ],
        ),
        (
            'teks {: .x onclick="y()"}\n',
            [
                'l.md:1: Atribut "{: .x onclick="y()"}" tidak dipakai; yang boleh hanya {#jangkar} di judul.'
            ],
        ),
        (
            "a {{kontak.ppid}}\n",
            [
                'l.md:1: Kontak "{{kontak.ppid}}" tidak dikenal; yang ada: {{kontak.csirt}}, {{kontak.helpdesk}}.'
            ],
        ),
        (
            "[a](tel:{{kontak.csirt}})\n",
            ["l.md:1: Kontak {{...}} tidak dipakai di dalam alamat tautan."],
        ),
        (
            "a\n\n<script>alert(1)</script>\n",
            ["l.md:3: Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <script>."],
        ),
        (
            'a <b onclick="x()">b</b>\n',
            ["l.md:1: Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <b>."],
        ),
        (
            "a\nb <u>c</u>\n",
            ["l.md:2: HTML <u> tidak dipakai; tulis dengan Markdown, atau apit dengan `...`."],
        ),
        (
            "x\n\n[a](javascript:alert(1))\n",
            ['l.md:3: Tautan "javascript:alert(1)" tidak diizinkan.'],
        ),
        (
            "[a](java&#x73;cript:alert(1))\n",
            ['l.md:1: Tautan "javascript:alert(1)" tidak diizinkan.'],
        ),
        ("x\n[a](//jahat.contoh)\n", ['l.md:2: Tautan "//jahat.contoh" tidak diizinkan.']),
        (
            "![](media/a.png)\n",
            ["l.md:1: Gambar memerlukan teks pengganti: ![uraian gambar](media/...)."],
        ),
        (
            "![a](https://x.contoh/a.png)\n",
            ['l.md:1: Gambar "https://x.contoh/a.png" harus berada di folder media/.'],
        ),
        ("a\x00\ue000b\n", ["l.md:1: Ada karakter kendali yang tidak boleh dipakai."]),
    ],
)
def test_faults_are_named_with_their_line(text, expected):
    assert told(text) == expected


def test_missing_targets_are_faults_where_targets_are_known():
    links = Links(media={}, lessons={"01-a.md"})
    assert told("x\n\n![a](media/b.png)\n\n[c](media/d.png) [e](09-z.md)\n", links=links) == [
        'l.md:3: Berkas "media/b.png" tidak ada.',
        'l.md:5: Berkas "media/d.png" tidak ada.',
        'l.md:5: Tautan "09-z.md" tidak menuju pelajaran mana pun di kursus ini.',
    ]


def test_lines_count_below_the_front_matter():
    assert told("a\n\n<script>x</script>\n", first_line=12) == [
        "l.md:14: Skrip dan unsur aktif tidak diizinkan dalam pelajaran: <script>."
    ]


def test_the_same_fault_twice_is_found_twice():
    found = told("<script>a</script>\n\nteks\n\n<script>a</script>\n")
    assert [line.split(":")[1] for line in found] == ["1", "5"]


def test_code_shows_syntax_without_meaning_it():
    text = "`::: x` `<script>` `==a==(1)` `{{x}}`\n\n```\n::: praktik\n<script>\n# a {x=y}\n```\n\n~~~\n```\n:::\n~~~\n"
    rendered = lesson(text)
    assert rendered.problems == ()
    assert "&lt;script&gt;" in rendered.html


HOSTILE = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    '<img src="https://x.contoh/p.gif">',
    "<svg onload=alert(1)><use href='data:x'/></svg>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](vbscript:x)",
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    '<div style="position:fixed" id="login" class="modal">x</div>',
    '<form action="/x"><input name=a><button>y</button></form>',
    '<h2 id="csrf_token">x</h2>',
    "## x {#y onclick=alert(1)}",
    "[x](y){onclick=alert(1)}",
    '<iframe src="//x.contoh"></iframe>',
    "<style>*{display:none}</style>",
    "<!-- <script> -->",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "::: percakapan <script>alert(1)</script>\ndari: <img onerror=x src=y>\n15.42 <script>x</script>\n:::",
    '::: praktik "><script>alert(1)</script>\nx\n:::',
    "&#xe000;x&#xe001;",
]


class _Watch(HTMLParser):
    def __init__(self):
        super().__init__()
        self.bad = []
        self.ids = []

    def handle_starttag(self, tag, attrs):
        if tag in {
            "script",
            "style",
            "iframe",
            "form",
            "object",
            "embed",
            "math",
            "link",
            "meta",
            "base",
        }:
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.bad.append(name)
            if name in {"href", "src"} and re.match(
                r"\s*(javascript|vbscript|data):", value or "", re.IGNORECASE
            ):
                self.bad.append(value)
            if name == "src" and re.match(r"\s*(https?:|//)", value or ""):
                self.bad.append(value)
            if name == "id":
                self.ids.append(value)
            if tag == "input" and name == "type" and value != "checkbox":
                self.bad.append(value)

    handle_startendtag = handle_starttag


def watched(html):
    watch = _Watch()
    watch.feed(html)
    watch.close()
    return watch


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [lesson, render_exhibit])
def test_nothing_hostile_survives_rendering(render, text):
    html = render(text).html
    watch = watched(html)
    assert watch.bad == []
    assert all(name.startswith("m-") for name in watch.ids)
    assert clean_blocks(html) == html


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *HOSTILE,
                CHAT,
                MAIL,
                "::: lapor A",
                ":::",
                "- [ ] a",
                "```",
                "| a |\n|--|",
                "*",
                "`",
                "<",
                "{{kontak.csirt}}",
            ]
        )
        | st.text(max_size=30),
        max_size=8,
    )
)
def test_whatever_is_written_the_html_stays_harmless(parts):
    html = lesson("\n\n".join(parts)).html
    watch = watched(html)
    assert watch.bad == []
    assert len(set(watch.ids)) == len(watch.ids)
    assert clean_blocks(html) == html


def test_rendering_is_repeatable_and_versioned():
    assert lesson(CHAT + MAIL).html == lesson(CHAT + MAIL).html
    assert RENDERER_VERSION.isdigit()
