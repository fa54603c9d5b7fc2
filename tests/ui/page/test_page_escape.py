"""Escaping: what Streamlit's Markdown would do with a document's text, and that it no longer does.

That a browser shows these texts as they are is proven in test_browser_safety.py.
"""

import html.parser
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ui.page.escape import escape_html, escape_markdown

WJ = "\u2060"

ESCAPED = [
    ("就業規則　第12条（休暇）", "就業規則　第12条（休暇）", "Japanese stays as it is, full-width space too"),
    ("*重要*", r"\*重要\*", "emphasis"),
    ("[規程](javascript:x)", rf"\[規程\]\(javascript\:{WJ}x\)", "link"),
    ("![](http://a.example.jp/x.png)", rf"\!\[\]\(http\:{WJ}\/\/a\.example\.jp\/x\.png\)", "image"),
    ("https://example.jp", rf"https\:{WJ}\/\/example\.jp", "GitHub makes bare addresses links"),
    ("www.example.jp", rf"www{WJ}\.example\.jp", "without a scheme as well"),
    ("soumu@example.jp", rf"soumu\@{WJ}example\.jp", "mail address"),
    ("<img src=x onerror=y>", r"\<img src\=x onerror\=y\>", "HTML"),
    ("&lt;b&gt;", r"\&lt\;b\&gt\;", "a character reference is shown, not resolved"),
    ("$x^2$ と $$y$$", r"\$x\^2\$ と \$\$y\$\$", "LaTeX"),
    (":material/home:", rf"\:{WJ}material\/home\:", "icon, replaced after backslashes are gone"),
    (":smile: :+1:", rf"\:{WJ}smile\: \:{WJ}\+1\:", "emoji"),
    (":red[赤]", rf"\:{WJ}red\[赤\]", "Streamlit's colour"),
    (":streamlit:", rf"\:{WJ}streamlit\:", "Streamlit's logo"),
    ("A -> B", rf"A \-{WJ}\> B", "arrows stay two characters"),
    ("<-> --", rf"\<{WJ}\-{WJ}\> \-{WJ}\-", "each joint once"),
    ("# 見出し", r"\# 見出し", "heading"),
    ("1. 目的", r"1\. 目的", "numbered list"),
    ("- 項目", r"\- 項目", "list"),
    ("> 引用", r"\> 引用", "quotation"),
    ("|a|b|", r"\|a\|b\|", "table"),
    ("`code` ~~消~~", rf"\`code\` \~{WJ}\~消\~{WJ}\~", "code and strike-through"),
    (r"C:\経費\2024", rf"C\:{WJ}\\経費\\2024", "a backslash stays one"),
    ("一行目\n\n    二行目\t三", "一行目 二行目 三", "no paragraphs, no indented code"),
    ("  題名 ", "題名", "no white space around"),
    ("報告\u202efdp.exe", r"報告fdp\.exe", "no mark turns the direction of writing"),
    ("a\x00b\x07c", "abc", "no control characters"),
    ("", "", "nothing is nothing"),
]


@pytest.mark.parametrize(("text", "escaped", "reason"), ESCAPED)
def test_markdown_is_escaped(text: str, escaped: str, reason: str) -> None:
    assert escape_markdown(text) == escaped, reason


@given(st.text(max_size=80))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_a_markdown_parser_finds_one_line_of_text(text: str) -> None:
    """Another implementation of CommonMark, with GitHub's tables and strike-through, agrees."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inline = [token for token in parser.parse(escape_markdown(text)) if token.type == "inline"]
    children = [child for token in inline for child in token.children or []]
    assert {child.type for child in children} <= {"text", "text_special"}
    shown = "".join(child.content for child in children).replace(WJ, "")
    expected = re.sub(r"[\t\n\v\f\r \x85\u2028\u2029]+", " ", text)
    expected = re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2060\u2066-\u2069]", "", expected).strip()
    assert shown.strip() == expected


class TextOnly(html.parser.HTMLParser):
    """Collects text and every tag that is found."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        '" onload="x',
        "</mark><b>",
        "<!--",
    ],
)
def test_html_is_text(text: str) -> None:
    parser = TextOnly()
    parser.feed(f'<p title="{escape_html(text)}">{escape_html(text)}</p>')
    parser.close()
    assert parser.tags == ["p"]
    assert "".join(parser.text) == text
