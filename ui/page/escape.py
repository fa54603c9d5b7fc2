"""Text of documents made harmless: it reaches the browser as text, never as Markdown or HTML.

A document may hold ``![](http://…)``, ``<img onerror=…>`` or ``:material/home:``. Streamlit's labels are
always Markdown, so such text is escaped for them; everything longer is shown as HTML that is ours, with
the document's text in it as text alone.
"""

from __future__ import annotations

import html
import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")

_JOINER = "\u2060"
"""WORD JOINER: no width, no line break."""

# Replaced by Streamlit or GitHub's Markdown after backslashes are gone, so that only a character
# between them helps: icons and emoji (:home:), addresses (https://, www., a@b), arrows (->, --, >=).
_REPLACED_LATE = re.compile(r":(?=\S)|@(?=\S)|[-<>=~](?=[-<>=~])|www(?=\.)", re.IGNORECASE)

_WHITE_SPACE = re.compile(r"[\t\n\v\f\r \x85\u2028\u2029]+")  # not U+3000: 「第１章　総則」 keeps it
_UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def escape_markdown(text: str) -> str:
    r"""One line of Markdown that shows exactly this text.

    ``"*重要* [規程](x)"`` → ``r"\*重要\* \[規程\]\(x\)"``. White space becomes single spaces; control
    characters and marks that turn the writing direction, which could disguise a title, are dropped.
    """
    line = _UNSEEN.sub("", _WHITE_SPACE.sub(" ", text)).strip(" ")
    return _PUNCTUATION.sub(r"\\\1", _REPLACED_LATE.sub(rf"\g<0>{_JOINER}", line))


def escape_html(text: str) -> str:
    """Text as it stands in HTML, also within quotes: ``"<b>"`` → ``"&lt;b&gt;"``."""
    return html.escape(_UNSEEN.sub("", text), quote=True)
