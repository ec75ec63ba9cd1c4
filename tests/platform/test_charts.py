from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from jinja2 import Environment
from markupsafe import Markup

from lms.platform import charts
from lms.platform.charts.trend import wilson_interval

SVG_KINDS = {
    "bridge": lambda **words: charts.bridge(key="k", sections=6, done=3, **words),
    "levels": lambda **words: charts.levels(key="k", pillar="aman", held=2, required=3, **words),
    "ladder": lambda **words: charts.ladder(key="k", rank=2, **words),
    "bullet": lambda **words: charts.bullet(
        key="k", pillar="aman", ready=24, unknown=10, total=40, target_pct=80, last_pct=65, **words
    ),
    "trend": lambda **words: charts.trend(
        key="k",
        pillar="aman",
        points=[(10, 40), (12, 40), (0, 0), (8, 40)],
        start_label="Nov 2025",
        end_label="Feb 2026",
        target_pct=Decimal(80),
        breaks=[(3, ["masa berlaku", "jadi 12 bulan"])],
        **words,
    ),
    "stack": lambda **words: charts.stack(
        key="k", untested=10, expired=4, failed=6, scale=40, **words
    ),
    "hbar": lambda **words: charts.hbar(key="k", part=7, whole=9, **words),
}


def parsed(markup: Markup) -> ET.Element:
    return ET.fromstring(f"<div>{markup}</div>")  # noqa: S314  # our own output


def outer_pictures(markup: Markup) -> Iterator[ET.Element]:
    return iter(parsed(markup))


def rects(markup: Markup, *, fill: str) -> list[ET.Element]:
    return [rect for rect in parsed(markup).iter("rect") if rect.get("fill") == fill]


def look_of(markup: Markup) -> list[str]:
    return [plank.get("class", "") for plank in parsed(markup).iter("i")]


@pytest.fixture(params=SVG_KINDS)
def draw(request: pytest.FixtureRequest) -> Callable[..., Markup]:
    return SVG_KINDS[request.param]


def test_every_picture_is_named_by_its_title_and_told_by_its_description(draw):
    for picture in outer_pictures(draw(title="Judul", description="Temuan")):
        said = {child.get("id"): child.text for child in picture if child.get("id")}
        named_by = picture.get("aria-labelledby", "").split()
        assert picture.tag == "svg"
        assert picture.get("role") == "img"
        assert [said[name] for name in named_by] == ["Judul", "Temuan"]


def test_no_picture_has_a_style_attribute_or_script(draw):
    markup = draw(title="Judul", description="Temuan")
    assert not re.search(r"\s(style|on\w+)=|<(style|script)\b", markup)


def test_ids_are_unique_within_a_picture_and_begin_with_its_key(draw):
    ids = [node.get("id") for node in parsed(draw(title="a", description="b")).iter()]
    given = [name for name in ids if name]
    assert len(given) == len(set(given))
    assert all(name.startswith("k-") for name in given)


def test_words_from_outside_are_escaped(draw):
    markup = draw(title='<b>"Aman" & Etika</b>', description="<script>")
    assert "<b>" not in markup
    assert "<script>" not in markup
    assert next(outer_pictures(markup))[0].text == '<b>"Aman" & Etika</b>'


@pytest.mark.parametrize("key", ["", "dua kata", " k", "k\n"])
def test_a_key_with_white_space_is_refused(key):
    with pytest.raises(ValueError, match="one word"):
        charts.hbar(key=key, part=1, whole=2, title="a")


def test_planks_are_filled_then_half_then_striped_then_empty():
    markup = charts.planks(done=2, total=6, pending=1, current=True, label="2 dari 6")
    assert look_of(markup) == ["on", "on", "now", "pend", "", ""]
    assert parsed(markup)[0].attrib == {"class": "planks", "role": "img", "aria-label": "2 dari 6"}


@pytest.mark.parametrize(
    ("done", "total", "filled", "planks"),
    [(0, 4, 0, 4), (4, 4, 4, 4), (9, 4, 4, 4), (-1, 4, 0, 4), (0, 0, 0, 0), (3, 0, 0, 0)],
)
def test_planks_stay_within_their_row(done, total, filled, planks):
    look = look_of(charts.planks(done=done, total=total, current=done == total, label="x"))
    assert len(look) == planks
    assert look.count("on") == filled


@pytest.mark.parametrize(("done", "wood", "red"), [(0, 0, 10), (3, 30, 10), (6, 60, 0), (9, 60, 0)])
def test_bridge_lays_ten_half_stretches_for_six_lessons(done, wood, red):
    wide = next(outer_pictures(charts.bridge(key="k", sections=6, done=done, title="a")))
    fills = [rect.get("fill") for rect in wide.iter("rect")]
    assert len(fills) == 30
    assert 2 * fills.count("#ecca8e") == wood
    assert 2 * fills.count("#e2334c") == red


def test_bridge_comes_once_for_wide_screens_and_once_for_phones():
    wide, narrow = outer_pictures(charts.bridge(key="k", sections=4, done=1, title="a"))
    assert (wide.get("class"), narrow.get("class")) == ("bridge hide-s", "bridge only-s")
    assert wide.get("aria-labelledby") != narrow.get("aria-labelledby")


@pytest.mark.parametrize("sections", [0, 1])
def test_bridge_of_a_course_with_hardly_a_lesson_is_still_a_picture(sections):
    markup = charts.bridge(key="k", sections=sections, done=0, title="a")
    assert len(list(outer_pictures(markup))) == 2


@pytest.mark.parametrize(("held", "filled"), [(None, 0), (0, 0), (1, 1), (5, 5)])
def test_levels_fill_as_many_planks_as_the_level_held(held, filled):
    markup = charts.levels(key="k", pillar="etika", held=held, required=2, title="a")
    assert len(rects(markup, fill="var(--p)")) == filled
    assert len(list(parsed(markup).iter("rect"))) == 5


def test_levels_without_a_requirement_have_no_pointer():
    markup = charts.levels(key="k", pillar="etika", held=2, required=None, title="a")
    assert not list(parsed(markup).iter("path"))


@pytest.mark.parametrize(
    ("ready", "unknown", "total", "solid", "striped"),
    [
        (0, 0, 40, None, None),
        (40, 0, 40, "100%", None),
        (0, 40, 40, None, "100%"),
        (24, 10, 40, "60%", "25%"),
        (1, 0, 3, "33.33%", None),
        (0, 0, 0, None, None),
        (30, 30, 40, "75%", "25%"),
    ],
)
def test_bullet_is_solid_to_ready_and_striped_to_the_bound(ready, unknown, total, solid, striped):
    markup = charts.bullet(
        key="k",
        pillar="aman",
        ready=ready,
        unknown=unknown,
        total=total,
        title="a",
        description="b",
    )
    assert [rect.get("width") for rect in rects(markup, fill="var(--p)")] == [solid] * bool(solid)
    assert [rect.get("width") for rect in rects(markup, fill="url(#k-u)")] == [striped] * bool(
        striped
    )


def test_stack_ends_at_the_full_width_even_when_the_scale_is_too_small():
    markup = charts.stack(key="k", untested=30, expired=20, failed=10, scale=40, title="a")
    drawn = [rect for rect in parsed(markup).iter("rect") if rect.get("y") == "2"]
    assert [(rect.get("x"), rect.get("width")) for rect in drawn] == [
        ("0%", "75%"),
        ("75%", "25%"),
    ]


@pytest.mark.parametrize(("part", "width"), [(0, None), (9, "100%"), (18, "100%"), (3, "33.33%")])
def test_hbar_is_as_long_as_its_share(part, width):
    markup = charts.hbar(key="k", part=part, whole=9, title="a")
    assert [bar.get("width") for bar in rects(markup, fill="var(--t-nila-6)")] == [width] * bool(
        width
    )


def line_of(points, **more):
    markup = charts.trend(
        key="k",
        pillar="aman",
        points=points,
        title="a",
        description="b",
        start_label="s",
        end_label="e",
        **more,
    )
    return [line.get("points") for line in parsed(markup).iter("polyline")]


def test_trend_runs_from_nobody_at_the_bottom_to_everybody_at_the_top():
    assert line_of([(0, 8), (4, 8), (8, 8)]) == ["0,100 50,50 100,0"]


def test_trend_has_a_gap_where_nobody_was_required():
    assert line_of([(1, 2), (1, 2), (0, 0), (1, 2), (1, 2)]) == ["0,50 25,50", "75,50 100,50"]


def test_trend_is_cut_where_the_definition_changed():
    points = [(1, 2), (1, 2), (1, 4), (1, 4), (1, 4)]
    assert line_of(points, breaks=[(2, ["lain"])]) == ["0,50 25,50", "50,75 75,75 100,75"]


def test_trend_of_one_point_is_a_dash_and_of_none_an_empty_frame():
    assert line_of([(3, 4)]) == ["99.2,25 100.8,25"]
    assert line_of([]) == []
    assert line_of([(0, 0)]) == []


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.2130),
        (10, 10, 0.7870, 1.0),
        (5, 10, 0.2693, 0.7307),
        (318, 909, 0.3243, 0.3763),
    ],
)
def test_wilson_interval_agrees_with_figures_worked_out_by_hand(part, whole, low, high):
    assert wilson_interval(part, whole) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("part", "whole", "shade"),
    [(0, 10, "l1"), (199, 1000, "l1"), (1, 5, "l2"), (2, 5, "l3"), (3, 5, "l4"), (4, 5, "l5")],
)
def test_heat_colour_begins_at_its_step(part, whole, shade):
    assert charts.heat_class(part, whole) == shade


def test_heat_cell_is_plain_with_nobody_and_hatched_with_few():
    assert charts.heat_class(0, 0) == "l0"
    assert charts.heat_class(4, 4, small=True) == "l5 hatch"
    assert charts.heat_class(1, 2, steps=[Fraction(1, 2)]) == "l2"


@pytest.mark.parametrize(
    "kind",
    [
        "ready",
        "unknown",
        "target",
        "last",
        "untested",
        "expired",
        "failed",
        "goal",
        "band",
        "done",
        "open",
        "flagged",
    ],
)
def test_swatches_are_decoration_without_ids(kind):
    sample = parsed(charts.swatch(kind))[0]
    assert sample.get("aria-hidden") == "true"
    assert not any(node.get("id") for node in sample.iter())


def test_axis_is_hidden_because_the_bars_tell_their_figures():
    axis = parsed(charts.axis())[0]
    assert axis.get("aria-hidden") == "true"
    assert [mark.text for mark in axis] == ["0%", "20", "40", "60", "80", "100%"]


def test_templates_reach_the_drawings_through_one_name():
    env = Environment(autoescape=True)
    charts.register(env)
    template = env.from_string("{{ chart.planks(done=1, total=2, label='1 < 2') }}")
    assert template.render() == str(charts.planks(done=1, total=2, label="1 < 2"))
