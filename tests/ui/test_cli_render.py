"""What a terminal shows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.report import FileReport, IngestReport, Status
from rag.types import Answer, Citation, DocumentInfo, Statement, Verdict
from ui.cli.render import place_line, plain, shorten, show_answer, table, width
from ui.cli.summary import show_report

PLAIN = [
    ("a terminal's commands do not act", "\x1b[31m赤\x1b[0m\x07", "[31m赤[0m"),
    ("a text cannot be turned round", "規程\u202e.txt", "規程.txt"),
    ("new lines stay", "一行\n二行", "一行\n二行"),
]


@pytest.mark.parametrize(("text", "shown"), [case[1:] for case in PLAIN], ids=[case[0] for case in PLAIN])
def test_text_is_shown_as_text(text: str, shown: str):
    assert plain(text) == shown


WIDTHS = [
    ("kanji take two columns", "休暇", 4),
    ("half-width katakana one", "ｶﾅ", 2),
    ("full-width letters two", "ＡＢ", 4),
]


@pytest.mark.parametrize(("text", "columns"), [case[1:] for case in WIDTHS], ids=[case[0] for case in WIDTHS])
def test_widths(text: str, columns: int):
    assert width(text) == columns


def test_a_table_is_aligned_by_columns_of_the_terminal():
    assert list(table([("資料", "12"), ("a", "3")], right=frozenset({1}))) == ["資料  12", "a      3"]
    assert list(table([])) == []


def test_a_long_text_is_cut_on_one_line():
    assert shorten("一二三\n四五六", 5) == "一二三 …"
    assert shorten("一二三", 3) == "一二三"


PLACES: list[tuple[str, Sequence[str], str, str]] = [
    ("all known", ("第3章 休暇", "第20条"), "12行目", "就業規則.txt 第3章 休暇 > 第20条 (12行目)"),
    ("no heading", (), "3ページ", "就業規則.txt (3ページ)"),
    ("nothing known", (), "", "就業規則.txt"),
]


@pytest.mark.parametrize(
    ("path", "place", "line"), [case[1:] for case in PLACES], ids=[case[0] for case in PLACES]
)
def test_places(path: Sequence[str], place: str, line: str):
    assert place_line("就業規則.txt", path, place) == line


def answer_of(*quotes: str, notes: tuple[str, ...] = ()) -> Answer:
    document = DocumentInfo("d", "/資料/就業規則.txt", "default", "就業規則")
    statements = tuple(
        Statement(
            quote,
            (Citation(number, document, 1, 0, len(quote), quote, ("第20条",), "12行目"),),
            Verdict.VERBATIM,
        )
        for number, quote in enumerate(quotes, start=1)
    )
    return Answer("有休は？", statements, (), not quotes, 0.9, "extractive", notes)


def test_an_answer_shows_each_source_once_with_its_sentence():
    assert list(show_answer(answer_of("二十日とする。", notes=("モデルがないため原文で答えました",)))) == [
        "二十日とする。[1]",
        "\x1b[2m※ モデルがないため原文で答えました\x1b[0m",
        "",
        "\x1b[1m[1] \x1b[0m就業規則.txt 第20条 (12行目)",
        "    「二十日とする。」",
    ]


def test_the_words_that_were_asked_for_stand_out():
    answer = replace(answer_of("年に二十日とする。"), short_answer="二十日")
    assert next(show_answer(answer)) == "年に\x1b[1m二十日\x1b[0mとする。[1]"


def test_an_abstention_from_an_empty_store_is_one_line():
    assert list(show_answer(answer_of())) == ["資料には見つかりませんでした。"]


def report_of(*files: FileReport) -> list[str]:
    return "\n".join(show_report(IngestReport(files, 2.0))).splitlines()


def test_a_summary_leaves_nothing_out():
    dropped: Mapping[str, int] = {"hidden-sheet": 1_200}
    lines = report_of(
        FileReport("/a/一.txt", Status.ADDED, num_chunks=3, num_chars=1_000, warnings=("judged as cp932",)),
        FileReport("/a/二.xlsx", Status.UPDATED, num_chunks=1, num_chars=50, dropped=dropped),
        FileReport("/a/三.pdf", Status.SKIPPED, "EncryptedDocument", "/a/三.pdf: needs a password"),
        FileReport("/a/.四", Status.SKIPPED, "hidden", "a hidden file"),
        FileReport("/a/五.txt", Status.REMOVED),
    )
    assert [line.split(maxsplit=1) for line in lines[:9]] == [
        ["追加", "1 件"],
        ["更新", "1 件"],
        ["削除", "1 件"],
        ["読まず:", "パスワード付き           1 件"],
        ["読まず:", "隠しファイル             1 件"],
        ["断片", "4"],
        ["文字", "1,050"],
        ["時間", "2.0 秒"],
        ["速さ", "毎秒 525 文字"],
    ]
    assert lines[9:] == [
        *("", "読めなかったファイル:", "  三.pdf: needs a password"),
        *("", "注意:", "  一.txt: judged as cp932"),
        *("", "取り込まなかった文字: hidden-sheet 1,200"),
    ]


def test_a_long_list_says_that_it_goes_on():
    files = [FileReport(f"/a/{n}.bin", Status.SKIPPED, "UnsupportedFormat", "binary data") for n in range(60)]
    assert "  … ほか 10 件 (--json ですべて)" in report_of(*files)


def test_a_member_is_named_with_its_archive(tmp_path: Path):
    (tmp_path / "書類.zip").write_bytes(b"PK")
    inside = f"{tmp_path.as_posix()}/書類.zip/送付.eml/図.bin"
    alone = f"{tmp_path.as_posix()}/図.bin"
    files = tuple(FileReport(source, Status.SKIPPED, "ReadError", "読めない") for source in (inside, alone))
    lines = list(show_report(IngestReport(files, 1.0)))
    assert "  書類.zip/送付.eml/図.bin: 読めない" in lines
    assert "  図.bin: 読めない" in lines
