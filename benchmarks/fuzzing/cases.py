"""Inputs that were made to break a reader: damaged ones, and ones that no honest program writes.

Case ``n`` is the same bytes in every run. Seven of ten are honest documents with damage; three of ten come
from the families of hostile files, each in several sizes.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

from benchmarks.fuzzing import archives, markup, texts
from benchmarks.fuzzing.damage import damaged
from benchmarks.fuzzing.packing import Case, Family

NUM_CASES = 2_000
NUM_DAMAGED = 7
"""Of ten cases."""

FAMILIES: Mapping[str, Family] = {
    "one character": texts.one_character,
    "entities": markup.entities,
    "deep nesting": markup.deep,
    "escaping paths": archives.escaping_paths,
    "nothing": texts.empty,
    "noise": texts.noise,
    "patterns": texts.patterns,
    "mails": markup.mail,
    "PDFs": markup.pdf,
    "tables": texts.table,
    "archives in archives": archives.zip_in_zip,
    "deep Word files": archives.deep_docx,
    "spans": markup.html_table,
    "sheets": archives.sheet,
    "torn encodings": texts.bytes_of_no_encoding,
    "many parts": archives.many_parts,
    "a gigabyte of one character": archives.one_gigabyte,
    "articles": texts.article_soup,
}


FEW = (
    *(8, 9, 38, 58, 67, 78, 79, 88, 89, 99, 119, 129, 137, 147, 157, 159, 169, 177, 187, 188, 197, 199, 207),
    *(209, 237, 258, 259, 268, 287, 288, 297, 309, 329, 348, 359, 397),
    *range(0, 2_000, 83),
)
"""A representative sixty: every family twice, and every kind of damage; quick ones of each."""


def build_case(number: int, folder: Path) -> Case:
    """Case ``number``, with the honest documents of ``folder``; its name begins with its number."""
    chance = random.Random(f"hostile {number}")
    tens, place = divmod(number, 10)
    if place < NUM_DAMAGED:
        case = damaged(tens * NUM_DAMAGED + place, folder, chance)
    else:
        families = list(FAMILIES.values())
        case = families[(tens * (10 - NUM_DAMAGED) + place - NUM_DAMAGED) % len(families)](chance)
    return Case(f"{number:04}-{case.name}", case.data)
