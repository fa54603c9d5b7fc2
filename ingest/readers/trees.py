"""XML and HTML trees, parsed so that a document reaches nothing but itself.

The home of lxml for the readers of our own: entities of a document are never expanded beyond the five of
XML, no DTD is loaded, no network or file is touched, and libxml2's limits on depth and size stay on.
"""

from __future__ import annotations

from typing import Any

from lxml import etree, html

from rag.errors import DamagedDocument

Element = Any
"""An lxml element; lxml has no types of its own."""


def parse_xml(data: bytes, name: str, *, recover: bool = False) -> Element:
    """The root element of an XML part; DamagedDocument when it is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=recover,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DamagedDocument(f"{name}: its XML is not well-formed ({error.msg})") from error
    if root is None:
        raise DamagedDocument(f"{name}: its XML holds no element")
    return root


def parse_html(text: str, name: str) -> Element:
    """The root element of an HTML page, mended as browsers do."""
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DamagedDocument(f"{name}: there is no HTML in it ({error})") from error
    return root


def local_name(element: Element) -> str:
    """The tag without its namespace: ``{http://…/main}p`` → ``p``; empty for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
