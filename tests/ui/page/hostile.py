"""Texts as a hostile document might hold them; run as a script, a page that shows each in every way."""

from ui.page.escape import escape_markdown
from ui.page.excerpt import Excerpt
from ui.page.markup import excerpt_html, statements_html
from ui.page.view import StatementView

CANARY = "http://canary.example.jp"

HOSTILE = (
    f"<img src='{CANARY}/a.png' onerror='window.harmed=1'>",
    "<img src=x onerror=window.harmed=1>",
    "<script>window.harmed=1</script>",
    f"<script src='{CANARY}/a.js'></script>",
    f"<style>@import url({CANARY}/a.css)</style>",
    f"<iframe src='{CANARY}/a.html'></iframe>",
    "</mark></span></div><b>外へ</b>",
    '"><svg onload=window.harmed=1>',
    f"![]({CANARY}/b.png) ![図][1]",
    f"[規程]({CANARY}/c) <{CANARY}/d> {CANARY}/e",
    "[規程](javascript:window.harmed=1)",
    "www.canary.example.jp/f と soumu@canary.example.jp へ",
    r"$\href{javascript:window.harmed=1}{x}$ と $$y^2$$",
    ":material/home: :smile: :streamlit: :red[赤] :blue-badge[札] :small[小] :shimmer[光]",
    ':color[色]{foreground="#f00" background="url(x)"}',
    "**太字** _斜体_ ~~消~~ `code` <- -> -- >= ~=",
    "# 見出し",
    "1. 番号 2) 番号",
    "- 項目",
    "> 引用",
    "|a|b|\n|-|-|\n|1|2|",
    "&lt;b&gt; &amp; &#60;i&#62;",
    r"\*逃がした\* C:\経費\2024",
)


def show_hostile_texts() -> None:
    """Every text in every place of the page that a document's words can reach."""
    import streamlit as st

    for position, text in enumerate(HOSTILE):
        with st.container(key=f"text-{position}"):
            escaped = escape_markdown(text)
            st.html(statements_html([StatementView(text, (1,), text)]))
            st.html(excerpt_html(Excerpt(text, text, text), is_quoted=True))
            st.caption(escaped)
            st.error(escaped)
            st.markdown(f"- {escaped}（{escaped}）")
            with st.expander(escaped, expanded=True, icon=":material/format_quote:"):
                st.button(escaped, key=f"button-{position}")
            st.progress(0.5, f"1 / 2　{escaped}")


if __name__ == "__main__":
    show_hostile_texts()
