"""Files from a browser: where they are saved, what is refused, what the report says, what removal takes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.report import FileReport, IngestReport, Progress, Status
from rag.assembly import Assembly, open_assembly
from rag.errors import RagError
from rag.settings import Settings
from rag.types import EVERYTHING, DocumentInfo
from tests.ingest.readers.made import zipped
from ui.page.uploads import (
    Upload,
    add_paths,
    add_uploads,
    forget_upload,
    remove_documents,
    report_line,
    report_rows,
)

TEXT = "窓口の受付時間は平日の午前九時から午後五時までです。土曜日と日曜日は休みます。"


@pytest.fixture
def assembly(tmp_path: Path) -> Iterator[Assembly]:
    settings = Settings().with_values({"store.path": tmp_path / "store"})
    with open_assembly(settings, create=True) as opened:
        yield opened


def held(assembly: Assembly) -> list[DocumentInfo]:
    return assembly.store.document_infos(EVERYTHING)


def saved(assembly: Assembly) -> list[str]:
    root = assembly.settings.store.path / "uploads"
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_an_upload_is_saved_read_and_found_by_its_collection(assembly: Assembly) -> None:
    seen: list[Progress] = []
    report = add_uploads(assembly, [Upload("受付.txt", TEXT.encode("cp932"))], "窓口", seen.append)
    assert report.count(Status.ADDED) == 1
    assert saved(assembly) == ["窓口/受付.txt"]
    assert [(info.name, info.collection) for info in held(assembly)] == [("受付.txt", "窓口")]
    assert [(step.num_done, step.num_files) for step in seen] == [(1, 1)]


def test_the_same_name_again_replaces(assembly: Assembly) -> None:
    add_uploads(assembly, [Upload("受付.txt", TEXT.encode())], "窓口")
    report = add_uploads(assembly, [Upload("受付.txt", (TEXT + "祝日も休みます。").encode())], "窓口")
    assert report.count(Status.UPDATED) == 1
    assert [info.num_chars for info in held(assembly)] == [len(TEXT) + len("祝日も休みます。")]


def test_an_archive_comes_and_goes_with_what_is_in_it(assembly: Assembly) -> None:
    """A member that cannot be read is no reason to throw the archive away."""
    report = add_uploads(assembly, [Upload("箱.zip", zipped({"受付.txt": TEXT, "空.txt": ""}))], "窓口")
    assert [Path(file.source).name for file in report.skipped] == ["空.txt"]
    assert saved(assembly) == ["窓口/箱.zip"]
    assert [info.name for info in held(assembly)] == ["箱.zip", "受付.txt"]
    remove_documents(assembly, held(assembly)[:1])
    assert (held(assembly), saved(assembly)) == ([], [])


def test_what_cannot_be_read_is_told_and_not_kept(assembly: Assembly) -> None:
    report = add_uploads(assembly, [Upload("空.txt", b""), Upload("受付.txt", TEXT.encode())], "窓口")
    assert [file.status for file in report.skipped] == [Status.SKIPPED]
    assert saved(assembly) == ["窓口/受付.txt"]


NAMES = [
    ("../../受付.txt", "受付.txt", "a path is not followed"),
    ("C:\\書類\\案内.txt", "案内.txt", "nor one of Windows"),
    ("か\u3099くせい.txt", "がくせい.txt", "macOS sends names decomposed"),
]


def test_names_are_made_plain(assembly: Assembly) -> None:
    add_uploads(assembly, [Upload(name, TEXT.encode()) for name, _, _ in NAMES], "窓口")
    assert saved(assembly) == sorted(f"窓口/{expected}" for _, expected, _ in NAMES)


@pytest.mark.parametrize("name", ["", "..", ".htaccess", "~$規程.docx", "/", "a\nb.txt", "長" * 100])
def test_names_that_cannot_be_used_are_refused_in_one_line(assembly: Assembly, name: str) -> None:
    with pytest.raises(RagError, match="file name") as refused:
        add_uploads(assembly, [Upload(name, TEXT.encode())], "窓口")
    assert "\n" not in str(refused.value)
    assert held(assembly) == []


@pytest.mark.parametrize("collection", ["", " ", "..", "a/b", "a\\b", ".git", "a\x00b"])
def test_collections_that_would_leave_the_folder_are_refused(assembly: Assembly, collection: str) -> None:
    with pytest.raises(RagError, match="collection"):
        add_uploads(assembly, [Upload("受付.txt", TEXT.encode())], collection)
    assert not (assembly.settings.store.path / "uploads").exists()


def test_removal_takes_the_uploaded_copy_along(assembly: Assembly) -> None:
    add_uploads(assembly, [Upload("受付.txt", TEXT.encode()), Upload("別.txt", TEXT.encode())], "窓口")
    remove_documents(assembly, [info for info in held(assembly) if info.name == "受付.txt"])
    assert [info.name for info in held(assembly)] == ["別.txt"]
    assert saved(assembly) == ["窓口/別.txt"]


def test_removal_never_touches_files_from_elsewhere(assembly: Assembly, tmp_path: Path) -> None:
    file = tmp_path / "手元.txt"
    file.write_text(TEXT, encoding="utf-8")
    add_paths(assembly, [file], "手元")
    add_uploads(assembly, [Upload("手元.txt", TEXT.encode())], "窓口")
    remove_documents(assembly, held(assembly))
    forget_upload(assembly, f"{assembly.settings.store.path}/uploads/../../手元.txt")
    assert held(assembly) == []
    assert file.read_text(encoding="utf-8") == TEXT


def test_report_in_words() -> None:
    report = IngestReport(
        (
            FileReport("/a/規程.txt", Status.ADDED, num_chunks=3, warnings=("注意一", "注意二")),
            FileReport("/a/鍵.pdf", Status.SKIPPED, "EncryptedDocument", "a password is needed"),
            FileReport("/a/同じ.txt", Status.UNCHANGED),
        ),
        1.44,
    )
    assert report_line(report) == "1件を追加しました · 1件は変更なし · 1件は読めませんでした · 1.4秒"
    assert report_rows(report) == [
        {"ファイル": "規程.txt", "結果": "追加しました", "理由・注意": "注意一 / 注意二"},
        {"ファイル": "鍵.pdf", "結果": "読めませんでした", "理由・注意": "a password is needed"},
        {"ファイル": "同じ.txt", "結果": "変更なし", "理由・注意": ""},
    ]
