"""Words, sentences and exercises as cards: TSV for Anki, .apkg (through genanki) and CSV."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path

from rag.errors import ModelUnavailable, SettingsError

FORMATS = (".apkg", ".tsv", ".csv")


@dataclass(frozen=True, slots=True)
class Card:
    """One card; ``source`` is the document and ``place`` the page or line in it."""

    front: str
    back: str
    reading: str = ""
    meaning: str = ""
    sentence: str = ""
    source: str = ""
    place: str = ""


_HEADINGS = tuple(field.name for field in fields(Card))


def export_cards(cards: Sequence[Card], path: Path, *, deck: str = "swallow-rag") -> int:
    """Write the cards to ``path`` in the format of its name; returns how many.

    Raises SettingsError for another name or when it cannot be written.
    """
    writers = {".apkg": _write_apkg, ".tsv": _write_tsv, ".csv": _write_csv}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise SettingsError(f"{path.name}: the name must end in {', '.join(FORMATS)}")
    try:
        writer(cards, path, deck)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror or error}") from error
    return len(cards)


def _rows(cards: Iterable[Card]) -> Iterable[tuple[str, ...]]:
    return (tuple(getattr(card, name) for name in _HEADINGS) for card in cards)


def _write_tsv(cards: Sequence[Card], path: Path, deck: str) -> None:
    """Anki reads the first lines as settings; HTML is off, so that text stays text."""
    head = f"#separator:tab\n#html:false\n#deck:{deck}\n#columns:{chr(9).join(_HEADINGS)}\n"
    lines = ("\t".join(" ".join(cell.split()) for cell in row) for row in _rows(cards))
    path.write_text(head + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def _write_csv(cards: Sequence[Card], path: Path, deck: str) -> None:
    """With a byte order mark, which Excel wants; a cell never begins as a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_HEADINGS)
    writer.writerows(
        [f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in row] for row in _rows(cards)
    )
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def _write_apkg(cards: Sequence[Card], path: Path, deck: str) -> None:
    try:
        import genanki
    except ImportError as error:
        raise ModelUnavailable(
            ".apkg needs genanki: pip install 'swallow-rag[learner]', or export .tsv"
        ) from error
    template = {
        "name": "Card 1",
        "qfmt": "{{front}}",
        "afmt": "{{FrontSide}}<hr id=answer>{{back}}<br>{{reading}}<br>{{meaning}}<br><br>{{sentence}}<br>"
        "<small>{{source}} {{place}}</small>",
    }
    model = genanki.Model(
        _number("model"), "swallow-rag", fields=[{"name": name} for name in _HEADINGS], templates=[template]
    )
    made = genanki.Deck(_number(deck), deck)
    for row in _rows(cards):
        made.add_note(
            genanki.Note(
                model=model, fields=[escape(cell) for cell in row], guid=genanki.guid_for(row[0], row[4])
            )
        )
    genanki.Package(made).write_to_file(str(path))


def _number(name: str) -> int:
    """Anki wants numbers that stay the same, so that a second import updates the first."""
    return int.from_bytes(hashlib.sha256(f"swallow-rag/{name}".encode()).digest()[:4], "big") | 1 << 30
