"""The inputs of all eight kinds: what the page offers is what an answer is read from."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from lms.assessment.queries import ItemView
from lms.assessment.rules.forms import option_order
from lms.assessment.rules.kinds import Kind
from lms.assessment.rules.responses import raw_answer_from, read_response
from lms.assessment.rules.scoring import feedback
from lms.learning.queries import Practice
from tests.assessment import item_examples as examples


class Fields(HTMLParser):
    """Inputs, selects with their options, and labels by the id they are for."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.inputs, self.selects, self.labels = [], [], {}
        self.label = self.option = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "input":
            self.inputs.append(attrs)
        elif tag == "select":
            self.selects.append((attrs, {}))
        elif tag == "option":
            self.option = attrs["value"]
            self.selects[-1][1][self.option] = ""
        elif tag == "label":
            self.label = attrs["for"]
            self.labels.setdefault(self.label, []).append("")

    def handle_endtag(self, tag):
        self.label = None if tag == "label" else self.label
        self.option = None if tag == "option" else self.option

    def handle_data(self, data):
        if self.option is not None:
            self.selects[-1][1][self.option] += data
        elif self.label is not None:
            self.labels[self.label][-1] += data


def render(app, content, response=None):
    order = option_order(1, content, shuffle=True)
    with app.test_request_context():
        template = app.jinja_env.from_string(
            "{% from 'assessment/_inputs.html' import answer, hint %}{{ hint(c) }}{{ answer(c, o, r, 'u', 's') }}"
        )
        return template.render(c=content, o=order, r=response)


def right_fields(content, found):
    """Answer rightly by the texts on the page alone; gives form fields."""
    kind = content.kind
    first_label = {id_: texts[0] for id_, texts in found.labels.items()}
    if kind in (Kind.PG, Kind.MR, Kind.HS):
        keys = {option.text for option in content.options if option.is_key}
        return [("jawaban", i["value"]) for i in found.inputs if first_label[i["id"]] in keys]
    if kind is Kind.UR:
        by_text = {text: value for value, text in found.selects[0][1].items()}
        return [("jawaban", by_text[option.text]) for option in content.options]
    if kind is Kind.JD:
        text_of = {choice.id: choice.text for choice in content.choices}
        wanted = {row.text: text_of[row.choice_id] for row in content.rows}
        return [
            (
                attrs["name"],
                next(v for v, t in options.items() if t == wanted[first_label[attrs["id"]]]),
            )
            for attrs, options in found.selects
        ]
    if kind is Kind.SJT:
        value_of = {option.text: str(round(option.value)) for option in content.options}
        named = {i["name"]: first_label[i["id"]] for i in found.inputs if i["value"] == "1"}
        return [(name, value_of[text]) for name, text in named.items()]
    value = str(content.answer) if kind is Kind.AN else content.accepted[0]
    return [(found.inputs[0]["name"], value)]


@pytest.mark.parametrize("kind", sorted(examples.ALL))
def test_texts_on_the_page_are_enough_to_answer_rightly(app, kind):
    content = examples.content(kind)
    found = Fields(render(app, content))
    fields = right_fields(content, found)
    response = read_response(content, raw_answer_from(content, fields))
    assert feedback(content, response).verdict == "right"


@pytest.mark.parametrize("kind", sorted(examples.ALL))
def test_what_was_given_is_shown_again(app, kind):
    content = examples.content(kind)
    fields = right_fields(content, Fields(render(app, content)))
    response = read_response(content, raw_answer_from(content, fields))
    html = render(app, content, response)
    shown = re.findall(r"[^>]*(?: checked| selected)>", html)
    given = len([1 for _name, value in fields if value])
    assert len(shown) == given if kind not in ("AN", "IS") else not shown
    if kind in ("AN", "IS"):
        assert Fields(html).inputs[0]["value"]


@pytest.mark.parametrize("kind", sorted(examples.ALL))
def test_nothing_of_the_key_is_in_the_form(app, kind):
    content = examples.content(kind)
    html = unescape(render(app, content))
    data = examples.data(kind)
    reasons = re.findall(r"'rasional': '([^']+)'", repr(data))
    assert reasons
    assert not [reason for reason in reasons if reason in html]


@pytest.mark.parametrize("kind", sorted(examples.ALL))
def test_after_an_answer_every_reason_is_on_the_page(app, kind):
    content = examples.content(kind)
    fields = right_fields(content, Fields(render(app, content)))
    response = read_response(content, raw_answer_from(content, fields))
    practice = Practice(
        position=1,
        item=ItemView(1, "X", content.kind, content, ""),
        order=option_order(1, content, shuffle=True),
        response=response,
        told=feedback(content, response),
    )
    with app.test_request_context():
        template = app.jinja_env.get_template("learning/_latihan.html")
        html = unescape(
            template.render(p=practice, total=1, base="/x", token="t", again=False, problem="")
        )
    assert "Tepat." in html
    reasons = [line.rationale for line in practice.told.options] or [practice.told.rationale]
    for reason in reasons:
        assert reason in html
    assert "<form" not in html
