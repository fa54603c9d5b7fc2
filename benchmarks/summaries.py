"""Long documents on the embedded default: ``python -m benchmarks.summaries ../shared/data``.

500,000 characters of Aozora prose joined into one text, and a PDF of 300 pages set from shared documents,
each summarised by ``swallow-rag summarise`` in a process of its own; prints seconds and peak memory (of
that process and of its reading process, whichever is larger).
"""

from __future__ import annotations

import gzip
import json
import lzma
import os
import re
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

NUM_CHARS = 500_000
NUM_PAGES = 300
LINES_A_PAGE, CHARS_A_LINE = 36, 40
GOAL_SECONDS, GOAL_BYTES = 60, 1_000_000_000
_RUBY = re.compile(r"《[^》]*》|［＃[^］]*］|｜")


def main(data: Path) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [write_prose(data, folder / "青空.txt"), write_pdf(data, folder / "文書.pdf")]
        print(f"{'file':12} {'chars':>9} {'seconds':>8} {'MB':>6} {'statements':>10} {'parts':>11}")
        ends = [measure(file, folder) for file in files]
    return 0 if all(ends) else 1


def measure(file: Path, folder: Path) -> bool:
    """Summarise in a child; its own peak memory is what wait4 tells."""
    command = [sys.executable, "-m", "benchmarks.summaries", "--child", str(file), str(folder / "out.json")]
    began = time.monotonic()
    subprocess.run(command, check=True)
    seconds = time.monotonic() - began
    told = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    summary, peak = told["summary"], told["peak_bytes"]
    parts = summary["coverage"]["parts"]
    gave = sum(part["statements"] > 0 for part in parts)
    statements = sum(len(chapter["statements"]) for chapter in summary["chapters"])
    chars = summary["chars"]
    cells = f"{file.name:12} {chars:>9,} {seconds:>8.1f} {peak / 1e6:>6.0f}"
    print(f"{cells} {statements:>10} {gave:>4} of {len(parts)}")
    return seconds < GOAL_SECONDS and peak <= GOAL_BYTES and not told["heavy"]


def child(file: Path, output: Path) -> None:
    """What the command does, with its peak memory and the heavy libraries it imported."""
    captured = output.with_suffix(".captured")
    with captured.open("wb") as stream:
        os.dup2(stream.fileno(), 1)
        from ui.cli import main as run

        sys.argv = ["swallow-rag", "summarise", str(file), "--length", "詳しい", "--json"]
        try:
            run()
        except SystemExit as end:
            if end.code:
                raise
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak = max(resource.getrusage(one).ru_maxrss for one in who) * 1024
    page = json.loads(captured.read_text(encoding="utf-8"))
    heavy = sorted({"torch", "transformers", "streamlit", "langchain_core"} & sys.modules.keys())
    told = {"summary": page["summaries"][0], "peak_bytes": peak, "heavy": heavy}
    output.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def write_prose(data: Path, file: Path) -> Path:
    """Works one after the other, ruby and notes taken out, to exactly `NUM_CHARS` characters."""
    text = ""
    with lzma.open(data / "corpus" / "aozora.jsonl.xz", "rt", encoding="utf-8") as lines:
        for line in lines:
            work = json.loads(line)
            text += _RUBY.sub("", work["text"]) + "\n"
            if len(text) >= NUM_CHARS:
                break
    file.write_text(text[:NUM_CHARS], encoding="utf-8")
    return file


def write_pdf(data: Path, file: Path) -> Path:
    """Pages of lines in a Japanese font of the PDF standard, from shared documents."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    canvas = Canvas(str(file), pagesize=A4)
    lines = _lines(data)
    for _ in range(NUM_PAGES):
        canvas.setFont("HeiseiMin-W3", 11)
        for row in range(LINES_A_PAGE):
            canvas.drawString(60, 780 - row * 20, next(lines))
        canvas.showPage()
    canvas.save()
    return file


def _lines(data: Path) -> Iterator[str]:
    """The running text of shared Markdown pages, wrapped as a page wraps it."""
    archive = data / "docs" / "react-ja.tar.gz"
    other = data / "docs" / "windowsserver-ja.tar.gz"
    for name in (archive, other):
        with gzip.open(name) as raw, tarfile.open(fileobj=raw) as members:
            for member in members:
                stream = members.extractfile(member) if member.name.endswith(".md") else None
                if stream is not None:
                    yield from _wrapped(stream.read().decode("utf-8", "replace"))


def _wrapped(text: str) -> Iterator[str]:
    for line in re.sub(r"```.*?```|<[^>]+>|\]\([^)]*\)", "", text, flags=re.DOTALL).splitlines():
        flat = line.strip("#*->|[ \t")
        for start in range(0, len(flat), CHARS_A_LINE):
            yield flat[start : start + CHARS_A_LINE]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        raise SystemExit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data")))
