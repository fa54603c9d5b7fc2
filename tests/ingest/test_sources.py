"""Which files a run looks at, and what it tells of the others."""

import os
from pathlib import Path

import pytest

from ingest.sources import find_files, is_gone
from rag.errors import ReadError


def write(path: Path, text: str = "本文") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(paths: list[Path]) -> list[str]:
    return [file.path.name for file in find_files(paths).files]


def passed_over(folder: Path) -> dict[str, str]:
    return {Path(report.source).name: report.reason for report in find_files([folder]).passed_over}


def test_files_below_folders_come_in_order_of_name_each_once(tmp_path: Path):
    for name in ("規程/二.txt", "規程/一.txt", "規程/古い/零.txt", "他.txt"):
        write(tmp_path / name)
    assert names([tmp_path / "他.txt", tmp_path, tmp_path / "規程"]) == [
        "他.txt",
        "一.txt",
        "二.txt",
        "零.txt",
    ]


def test_a_source_is_the_same_from_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write(tmp_path / "規程" / "一.txt")
    monkeypatch.chdir(tmp_path / "規程")
    sources = {find_files([Path(given)]).files[0].source for given in (".", "一.txt", "../規程", tmp_path)}
    assert sources == {(tmp_path / "規程" / "一.txt").as_posix()}


def test_a_path_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(ReadError, match=r"ない\.txt does not exist: check the path"):
        find_files([tmp_path, tmp_path / "ない.txt"])


def test_what_cannot_be_looked_at_is_not_gone(tmp_path: Path):
    (tmp_path / "一.txt").write_text("本文", encoding="utf-8")
    assert is_gone(tmp_path / "二.txt")
    assert is_gone(tmp_path / "一.txt" / "二.txt")
    assert not is_gone(tmp_path / "一.txt")
    unlookable = tmp_path / ("長" * 300)
    assert not is_gone(unlookable)
    with pytest.raises(ReadError, match="cannot be looked at"):
        find_files([unlookable])


def test_what_nobody_meant_is_passed_over_and_told(tmp_path: Path):
    write(tmp_path / "規程.docx")
    write(tmp_path / "~$規程.docx")
    write(tmp_path / ".DS_Store")
    write(tmp_path / ".git" / "config")
    (tmp_path / "入口").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(tmp_path / "管")
    assert names([tmp_path]) == ["規程.docx"]
    assert passed_over(tmp_path) == {
        "~$規程.docx": "lock-file",
        ".DS_Store": "hidden",
        ".git": "hidden",
        "入口": "link-to-folder",
        "管": "not-a-file",
    }


def test_a_hidden_file_that_is_named_itself_is_meant(tmp_path: Path):
    assert names([write(tmp_path / ".覚え書き.txt")]) == [".覚え書き.txt"]


def test_a_link_to_a_file_is_a_file_and_a_broken_one_is_told(tmp_path: Path):
    write(tmp_path / "本体.txt")
    (tmp_path / "写し.txt").symlink_to(tmp_path / "本体.txt")
    (tmp_path / "切れた.txt").symlink_to(tmp_path / "ない.txt")
    assert names([tmp_path]) == ["写し.txt", "本体.txt"]
    assert passed_over(tmp_path) == {"切れた.txt": "not-permitted"}


def test_a_name_that_is_not_utf8_is_told(tmp_path: Path):
    raw = os.fsencode(tmp_path) + b"/" + "規程.txt".encode("cp932")
    try:
        Path(os.fsdecode(raw)).write_text("本文", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes UTF-8 names alone")
    [report] = find_files([tmp_path]).passed_over
    assert (report.reason, "rename" in report.message) == ("file-name", True)
    report.source.encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every folder")
def test_a_folder_that_may_not_be_opened_is_told(tmp_path: Path):
    write(tmp_path / "人事" / "評価.txt")
    (tmp_path / "人事").chmod(0)
    assert passed_over(tmp_path) == {"人事": "not-permitted"}
    (tmp_path / "人事").chmod(0o700)


HELD = [
    ("below the folder", "/資料/規程/一.txt", True),
    ("a sibling whose name begins alike", "/資料/規程2/一.txt", False),
    ("the folder above", "/資料/一.txt", False),
]


@pytest.mark.parametrize(("source", "held"), [case[1:] for case in HELD], ids=[case[0] for case in HELD])
def test_what_lies_below_a_given_folder(tmp_path: Path, source: str, held: bool):
    (tmp_path / "資料" / "規程").mkdir(parents=True)
    found = find_files([tmp_path / "資料" / "規程"])
    assert found.holds(f"{tmp_path.as_posix()}{source}") is held
