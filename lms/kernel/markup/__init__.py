"""Lesson text: from Markdown with `:::` blocks to HTML that is safe to store and show.

Words: a *block* is `::: kind title` to `:::`; an *exhibit* is a chat or an e-mail, a *callout* a
practice, report or note box; a *mark* points at a sign in an exhibit and needs an explanation;
a *slot* is a contact that settings fill when the page is shown.

Rendering happens when content is published, never in a request. It fetches nothing and reads no
file: pictures and addresses are given to it.
"""

from lms.kernel.markup.inline import SLOTS, fill_slots, render_inline
from lms.kernel.markup.lesson import (
    RENDERER_VERSION,
    Heading,
    Rendered,
    headings,
    render_exhibit,
    render_lesson,
)
from lms.kernel.markup.prose import Links
from lms.kernel.markup.sanitise import ID_PREFIX

__all__ = [
    "ID_PREFIX",
    "RENDERER_VERSION",
    "SLOTS",
    "Heading",
    "Links",
    "Rendered",
    "fill_slots",
    "headings",
    "render_exhibit",
    "render_inline",
    "render_lesson",
]
