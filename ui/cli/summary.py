"""What a run of ingestion did, as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ingest.report import FileReport, IngestReport, Status
from ui.cli.render import plain, table

REASONS = {
    "UnsupportedFormat": "対応していない形式",
    "EncryptedDocument": "パスワード付き",
    "EmptyDocument": "文字がない",
    "DamagedDocument": "壊れている",
    "LimitExceeded": "大きすぎる・遅すぎる",
    "ReadError": "読めない",
    "hidden": "隠しファイル",
    "lock-file": "Office のロックファイル",
    "link-to-folder": "フォルダへのリンク",
    "file-name": "ファイル名が UTF-8 でない",
    "not-permitted": "開けない",
    "not-a-file": "ファイルでない",
    "store": "ストア自身",
    "StoreBusy": "ストアがほかで使用中",
}
"""Reason of a skipped file → Japanese."""

QUIET = frozenset({"hidden", "lock-file", "store"})
"""Counted, but not listed one by one: nobody meant them."""

_MAX_LISTED = 50


def show_report(report: IngestReport) -> Iterator[str]:
    """Sums, then every file that was skipped with its reason, then what was left out or doubtful."""
    yield from table(_sums(report), right=frozenset({1}))
    listed = [file for file in report.skipped if file.reason not in QUIET]
    yield from _list("読めなかったファイル", [(file, file.message) for file in listed])
    warned = [(file, "; ".join(file.warnings)) for file in report.files if file.warnings]
    yield from _list("注意", warned)
    if dropped := report.dropped_by_reason:
        parts = [f"{reason} {count:,}" for reason, count in dropped.items()]
        yield f"\n取り込まなかった文字: {'、'.join(parts)}"


def _sums(report: IngestReport) -> Iterator[tuple[str, str]]:
    counts = {
        "追加": report.count(Status.ADDED),
        "更新": report.count(Status.UPDATED),
        "変更なし": report.count(Status.UNCHANGED),
        "削除": report.count(Status.REMOVED),
    }
    yield from ((name, f"{count:,} 件") for name, count in counts.items() if count or name == "追加")
    for reason, count in report.skipped_by_reason.items():
        yield f"読まず: {REASONS.get(reason, reason)}", f"{count:,} 件"
    yield "断片", f"{report.num_chunks:,}"
    yield "文字", f"{report.num_chars:,}"
    yield "時間", f"{report.elapsed_seconds:.1f} 秒"
    if report.num_chars:
        yield "速さ", f"毎秒 {report.chars_per_second:,.0f} 文字"


def _list(heading: str, files: list[tuple[FileReport, str]]) -> Iterator[str]:
    if not files:
        return
    yield f"\n{heading}:"
    for file, message in files[:_MAX_LISTED]:
        name = PurePosixPath(file.source).name
        told = message.removeprefix(f"{name}: ").removeprefix(f"{file.source}: ")
        yield f"  {plain(_name_in_container(file.source))}: {plain(' '.join(told.split()))}"
    if len(files) > _MAX_LISTED:
        yield f"  … ほか {len(files) - _MAX_LISTED} 件 (--json ですべて)"


def _name_in_container(source: str) -> str:
    """The name of a file; that of a member begins with its archive or mail: 「送付.eml/地図.png」."""
    path = PurePosixPath(source)
    container = next((parent for parent in path.parents if Path(parent).is_file()), None)
    return path.relative_to(container.parent).as_posix() if container else path.name
