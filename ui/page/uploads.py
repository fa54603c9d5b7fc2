"""Files that people add through the page: saved beside the store, then ingested like any other."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.containers import with_members
from ingest.pipeline import ingest
from ingest.report import IngestReport, Progress, Status, ignore_progress
from rag.assembly import Assembly
from rag.errors import ReadError, SettingsError
from rag.types import EVERYTHING, DocumentInfo

MAX_NAME_BYTES = 255
"""What common file systems take."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as the browser sent it; neither name nor content can be trusted."""

    name: str
    data: bytes


def add_uploads(
    assembly: Assembly,
    uploads: Iterable[Upload],
    collection: str,
    progress: Callable[[Progress], None] = ignore_progress,
) -> IngestReport:
    """Save the files under ``<store>/uploads/<collection>/`` and ingest them into that collection.

    A file of the same name is replaced. What cannot be read is in the report and not kept.
    """
    folder = _upload_folder(assembly.settings.store.path, collection)
    paths = [_save(upload, folder) for upload in uploads]
    report = add_paths(assembly, paths, collection, progress)
    for file in report.skipped:
        forget_upload(assembly, file.source)
    return report


def add_paths(
    assembly: Assembly,
    paths: Iterable[Path],
    collection: str,
    progress: Callable[[Progress], None] = ignore_progress,
) -> IngestReport:
    """Ingest files or folders that are on this machine."""
    settings = assembly.settings.ingest.model_copy(update={"collection": collection})
    return ingest(list(paths), assembly.store, assembly.embedder, settings, progress=progress)


def remove_documents(assembly: Assembly, infos: Iterable[DocumentInfo]) -> None:
    """Take documents out of the store with what came out of them, and the copies that were uploaded."""
    for info in with_members(infos, assembly.store.document_infos(EVERYTHING)):
        assembly.store.remove(info.id)
        forget_upload(assembly, info.source)
    assembly.store.publish()


def forget_upload(assembly: Assembly, source: str) -> None:
    """Delete the saved copy behind ``source``; a file from elsewhere is never touched."""
    root = _uploads_root(assembly.settings.store.path)
    path = Path(source).resolve()
    if path.is_relative_to(root) and path.is_file():
        path.unlink()


def _uploads_root(store_path: Path) -> Path:
    return store_path.resolve() / "uploads"


def _upload_folder(store_path: Path, collection: str) -> Path:
    name = unicodedata.normalize("NFC", collection.strip())
    if not _is_plain_name(name):
        raise SettingsError(
            f"collection {collection!r} cannot be used: give a short name without / or \\ "
            "that does not begin with a full stop"
        )
    return _uploads_root(store_path) / name


def _save(upload: Upload, folder: Path) -> Path:
    """Write the file under its own name; macOS sends names decomposed, か゛ is put together."""
    name = unicodedata.normalize("NFC", PurePosixPath(upload.name.replace("\\", "/")).name)
    if not _is_plain_name(name):
        raise ReadError(f"the file name {upload.name!r} cannot be used: rename the file and add it again")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(upload.data)
    return path


def _is_plain_name(name: str) -> bool:
    return (
        name.isprintable()
        and 0 < len(name.encode(errors="replace")) <= MAX_NAME_BYTES
        and not name.startswith((".", "~$"))
        and not set(name) & {"/", "\\"}
    )


STATUSES = {
    Status.ADDED: "追加しました",
    Status.UPDATED: "更新しました",
    Status.UNCHANGED: "変更なし",
    Status.REMOVED: "削除しました",
    Status.SKIPPED: "読めませんでした",
}


def report_rows(report: IngestReport) -> list[dict[str, str]]:
    """One row a file for the table of results, with the reason where it was skipped."""
    return [
        {
            "ファイル": PurePosixPath(file.source).name,
            "結果": STATUSES[file.status],
            "理由・注意": " / ".join(filter(None, [file.message, *file.warnings])),
        }
        for file in report.files
    ]


def report_line(report: IngestReport) -> str:
    """The sums in words: ``2件を追加しました · 1件は読めませんでした · 1.4秒``."""
    counts = {
        "{}件を追加しました": report.count(Status.ADDED),
        "{}件を更新しました": report.count(Status.UPDATED),
        "{}件は変更なし": report.count(Status.UNCHANGED),
        "{}件は読めませんでした": len(report.skipped),
    }
    parts = [words.format(number) for words, number in counts.items() if number]
    return " · ".join([*parts, f"{report.elapsed_seconds:.1f}秒"])
