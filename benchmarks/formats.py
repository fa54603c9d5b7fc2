"""Reads every file of a folder and shows, file by file, whether anything looks garbled.

    python benchmarks/formats.py ../shared/data/formats [--password WORD]

Columns: status, encoding, characters, replacement characters (U+FFFD), private-use characters, share of kana
among what is not ASCII, warnings. At the end: how many were read, the reasons for the rest, pages of PDF a
second (of processor time, in one process; pages of pictures are left out), and every file that looks odd,
with a mark where docs/reading.md does not explain it.
"""

from __future__ import annotations

import argparse
import fnmatch
import hashlib
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ingest.document import build_document
from ingest.plausibility import judge
from ingest.readers import registry
from ingest.readers.base import ReadOptions
from rag.errors import ReadError

LOW_KANA_SHARE = 0.15
ENOUGH_JAPANESE = 100
EXPLAINED = Path(__file__).parents[1] / "docs" / "reading.md"


@dataclass(frozen=True, slots=True)
class Row:
    """What was found in one file; ``error`` is the reason where it was not read."""

    name: str
    seconds: float
    error: str = ""
    reason: str = ""
    encoding: str = ""
    num_chars: int = 0
    num_pages: int = 0
    num_replacements: int = 0
    num_private: int = 0
    kana_share: float = 0.0
    num_japanese: int = 0
    warnings: tuple[str, ...] = ()
    num_dropped: int = 0

    @property
    def is_recognised(self) -> bool:
        """Whether pages were recognised from pictures, which takes seconds and not milliseconds."""
        return any("(OCR" in warning for warning in self.warnings)

    @property
    def oddities(self) -> list[str]:
        """Why a person should look at the file."""
        found = []
        if self.num_replacements:
            found.append(f"{self.num_replacements} replacement characters")
        if self.num_private:
            found.append(f"{self.num_private} private-use characters")
        if self.num_japanese >= ENOUGH_JAPANESE and self.kana_share < LOW_KANA_SHARE:
            found.append(f"kana share {self.kana_share:.0%}")
        return [*found, *self.warnings]


def measure(path: Path, folder: Path, options: ReadOptions) -> Row:
    """Read one file as ingestion does."""
    name = path.relative_to(folder).as_posix()
    data = path.read_bytes()
    start = time.process_time()
    try:
        built = build_document(
            registry.read(data, path.name, options),
            source=name,
            collection="formats",
            sha256=hashlib.sha256(data).hexdigest(),
            size_bytes=len(data),
        )
    except ReadError as error:
        return Row(name, time.process_time() - start, error=type(error).__name__, reason=str(error))
    seconds = time.process_time() - start
    document = built.document
    found = judge(document.text)
    return Row(
        name,
        seconds,
        encoding=document.encoding or "",
        num_chars=len(document.text),
        num_pages=max((one.page or 0 for one in document.locators), default=0)
        if path.suffix == ".pdf"
        else 0,
        num_replacements=document.text.count("\ufffd"),
        num_private=sum("\ue000" <= char <= "\uf8ff" for char in document.text),
        kana_share=found.kana_share,
        num_japanese=found.num_judged,
        warnings=built.warnings,
        num_dropped=sum(built.dropped.values()),
    )


def show(row: Row) -> str:
    """One line of the table."""
    if row.error:
        return f"{row.error:18} {'':13} {'':>8} {'':>5} {'':>5} {'':>5}  {row.name}: {row.reason}"
    return (
        f"{'read':18} {row.encoding:13} {row.num_chars:8,} {row.num_replacements:5} {row.num_private:5} "
        f"{row.kana_share:5.0%}  {row.name}" + "".join(f" [{warning}]" for warning in row.warnings)
    )


def main() -> None:
    """Print the table and the sums."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--password", help="opens locked files")
    chosen = parser.parse_args()
    folder, options = chosen.folder, ReadOptions(password=chosen.password)
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.tsv")
    print(f"{'status':18} {'encoding':13} {'chars':>8} {'FFFD':>5} {'priv':>5} {'kana':>5}  file")
    rows = []
    for path in paths:
        rows.append(measure(path, folder, options))
        print(show(rows[-1]))
    read = [row for row in rows if not row.error]
    pdfs = [row for row in read if row.num_pages and not row.is_recognised]
    num_chars, seconds = sum(row.num_chars for row in read), sum(row.seconds for row in rows)
    print(
        f"\nread {len(read)} of {len(rows)} files: {num_chars:,} characters, {seconds:.1f} s (processor time)"
    )
    if pdfs:
        num_pages, pdf_seconds = sum(row.num_pages for row in pdfs), sum(row.seconds for row in pdfs)
        speed = num_pages / pdf_seconds
        print(f"PDF: {num_pages} pages, {pdf_seconds:.1f} s, {speed:.0f} pages/s in one process")
    print("not read:", dict(Counter(row.error for row in rows if row.error)))
    print("\nlooks odd (* is not explained in docs/reading.md):")
    rows_of_doc = (line.split("|") for line in EXPLAINED.read_text(encoding="utf-8").splitlines())
    explained = [cells[1].strip() for cells in rows_of_doc if len(cells) > 1]
    for row in read:
        if row.oddities:
            mark = " " if any(fnmatch.fnmatch(row.name, one) for one in explained) else "*"
            print(f"{mark} {row.name}: {'; '.join(row.oddities)}")


if __name__ == "__main__":
    main()
