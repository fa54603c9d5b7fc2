"""Text inside DrawingML shapes: slides, diagrams and the text boxes of sheets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ingest.readers.base import Block, BlockKind
from ingest.readers.numerals import format_number
from ingest.readers.ooxml import A
from ingest.readers.symbols import SYMBOLS
from ingest.readers.trees import Element, local_name

_AUTO_NUMBERS = {
    "arabic": "decimal",
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "circleNum": "decimalEnclosedCircle",
    "ea1Jpn": "japaneseCounting",
    "ea1Cht": "japaneseCounting",
}


def drawing_paragraphs(body: Element, *, listed: bool) -> Iterator[Block]:
    """The paragraphs of a text body; ``listed`` bodies are lists unless a paragraph says otherwise."""
    counts: Counter[int] = Counter()
    for paragraph in body.iterfind(f"{A}p"):
        text = _text(paragraph).strip()
        properties = paragraph.find(f"{A}pPr")
        depth = int(properties.get("lvl") or 0) if properties is not None else 0
        if not text:
            continue
        for deeper in [one for one in counts if one > depth]:
            del counts[deeper]
        number = properties.find(f"{A}buAutoNum") if properties is not None else None
        if number is not None:
            counts[depth] += 1
            text = _label(number, counts[depth]) + text
        else:
            counts.pop(depth, None)
        is_item = listed and (properties is None or properties.find(f"{A}buNone") is None)
        marked = properties is not None and properties.find(f"{A}buChar") is not None
        kind = BlockKind.LIST_ITEM if is_item or marked or number is not None else BlockKind.PARAGRAPH
        yield Block(kind, text)


def _label(number: Element, count: int) -> str:
    """``arabicPeriod`` → 「3. 」, ``circleNumDbPlain`` → 「③ 」."""
    style = number.get("type") or "arabicPeriod"
    name = next((name for prefix, name in _AUTO_NUMBERS.items() if style.startswith(prefix)), "decimal")
    label = format_number(int(number.get("startAt") or 1) + count - 1, name)
    if style.endswith("ParenBoth"):
        label = f"({label})"
    elif style.endswith("ParenR"):
        label = f"{label})"
    elif style.endswith("Period"):
        label = f"{label}."
    return f"{label} "


def _text(paragraph: Element) -> str:
    pieces = []
    for child in paragraph:
        name = local_name(child)
        if name in {"r", "fld"}:
            pieces.append(child.findtext(f"{A}t") or "")
        elif name == "br":
            pieces.append("\n")
    return "".join(pieces).translate(SYMBOLS)
