"""What somebody of the demo answers: the right thing, or a mistake that the form allows."""

from __future__ import annotations

from random import Random

from lms.assessment.rules.kinds import (
    ItemContent,
    Judgement,
    MarkLines,
    Matching,
    MultipleResponse,
    Numeric,
    Ordering,
    ShortText,
    SingleChoice,
)

Fields = list[tuple[str, str]]


def answer_fields(content: ItemContent, *, right: bool, random: Random) -> Fields:
    """Return the form fields of an answer that is right, or one that is wrong."""
    match content:
        case SingleChoice():
            ids = [option.id for option in content.options if option.is_key is right]
            return [("jawaban", random.choice(ids))]
        case MultipleResponse() | MarkLines():
            keys = [option.id for option in content.options if option.is_key]
            others = [option.id for option in content.options if not option.is_key]
            chosen = keys if right else [*keys[1:], *others[:1]]
            return [("jawaban", option_id) for option_id in chosen]
        case Ordering():
            ids = [o.id for o in sorted(content.options, key=lambda o: o.tier)]
            ordered = ids if right else [*ids[1:], ids[0]]
            return [("jawaban", option_id) for option_id in ordered]
        case Matching():
            chosen = [row.choice_id for row in content.rows]
            if not right:
                chosen = [*chosen[1:], chosen[0]]
            pairs = zip(content.rows, chosen, strict=True)
            return [(f"jawaban-{row.id}", choice_id) for row, choice_id in pairs]
        case Numeric():
            value = content.answer if right else content.answer + content.tolerance + 1
            return [("jawaban", str(value).replace(".", ","))]
        case ShortText():
            return [("jawaban", content.accepted[0] if right else "tidak tahu")]
        case Judgement():
            return [
                (f"jawaban-{option.id}", str(option.value if right else 5 - option.value))
                for option in content.options
            ]
