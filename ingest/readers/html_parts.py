"""Which parts of an HTML page are its main text: what is left out, and why.

Navigation, banners and footers are told by their elements, roles and the names that sites give them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ingest.readers.trees import Element, local_name

_SKIPPED = {
    **dict.fromkeys(("script", "style", "noscript", "template", "head", "link", "meta", "base", "title"), ""),
    **dict.fromkeys(
        ("svg", "canvas", "iframe", "object", "embed", "audio", "video", "map", "param", "source"), ""
    ),
    **dict.fromkeys(
        ("select", "option", "button", "input", "textarea", "datalist", "dialog"), "form-control"
    ),
    **dict.fromkeys(("nav", "menu"), "navigation"),
    **dict.fromkeys(("footer", "aside"), "page-furniture"),
}
"""Element → the reason that its text is counted under; no reason where a page never shows it as text."""

_ROLES = frozenset(
    {"navigation", "banner", "contentinfo", "search", "complementary", "menu", "menubar", "dialog"}
)
_NAMES = re.compile(
    "(?:(?:page|site|global|main|doc|top|bottom|side|local|foot|head)?[-_]?(?:nav|navi|navbar|navigation|navheader|navfooter"
    "|menu|breadcrumbs?|topic-?path|sidebar|pagination|pager|footer|lang|toc)|site-?header|page-?header|quickview|path|skip-?link"
    "|skip|share|sns|cookie(?:-banner)?|copyright-footer|banner|advertisement|ads?)",
    re.I,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_KEPT = frozenset({"html", "body", "main", "article"})
_MAIN_SHARE = 0.4


def skip_reason(element: Element) -> str | None:
    """Why an element is left out: a word to count by, an empty one for what is never text; None keeps it."""
    tag = local_name(element).lower()
    if not tag:
        return ""
    if tag in _SKIPPED:
        return None if tag == "footer" and _is_inside_main(element) else _SKIPPED[tag]
    if _is_hidden(element):
        return None if tag in _KEPT else "hidden"
    is_furniture = tag not in _KEPT and _is_furniture(element, tag) and element.find(".//h1") is None
    return "navigation" if is_furniture else None


def _is_hidden(element: Element) -> bool:
    style = element.get("style")
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or (style is not None and _HIDDEN_STYLE.search(style) is not None)
    )


def _is_furniture(element: Element, tag: str) -> bool:
    if element.get("role") in _ROLES:
        return True
    if tag == "header":
        return not _is_inside_main(element)
    names = f"{element.get('id') or ''} {element.get('class') or ''}".split()
    return any(_NAMES.fullmatch(name) for name in names)


def _is_inside_main(element: Element) -> bool:
    return any(local_name(parent).lower() in {"main", "article"} for parent in element.iterancestors())


def main_element(root: Element, dropped: Counter[str]) -> Element:
    """The element that holds the main text: the only ``main``, else the only large ``article``, else all."""
    body = next(iter(root.iter("body")), root)
    for candidates in ([*body.iter("main"), *body.xpath(".//*[@role='main']")], list(body.iter("article"))):
        if len({id(one) for one in candidates}) == 1:
            inside, outside = num_chars(candidates[0]), num_chars(body)
            if inside >= outside * _MAIN_SHARE:
                dropped["outside-main"] += outside - inside
                return candidates[0]
    return body


def num_chars(element: Element) -> int:
    """Characters that an element shows, blanks aside."""
    return sum(len("".join(text.split())) for text in _shown_text(element))


def _shown_text(element: Element) -> Iterator[str]:
    for one in element.iter():
        tag = local_name(one).lower()
        if tag and _SKIPPED.get(tag) != "":
            yield one.text or ""
        yield (one.tail or "") if one is not element else ""
