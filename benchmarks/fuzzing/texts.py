"""Hostile texts and tables: endless, empty, random, torn between encodings, or one beginning repeated."""

from __future__ import annotations

import random

from benchmarks.fuzzing.packing import TEXT, Case


def one_character(chance: random.Random) -> Case:
    """A megabyte and more of one character, with an end or without."""
    char = chance.choice("あa1 。「（《［|#>*-\t\"',,;:/<&{}第一年令\u3000\u200b\0\ufffd")
    ending = chance.choice(("", "。", "\n終わり。"))
    suffix = chance.choice((".txt", ".md", ".html", ".csv", ".eml", ".xml"))
    return Case(
        f"one-{ord(char):x}{suffix}", (char * chance.choice((5_000, 60_000, 400_000)) + ending).encode()
    )


def empty(chance: random.Random) -> Case:
    """Nothing, or next to nothing, under any name."""
    data = chance.choice(
        (
            b"",
            b"\0",
            b"\xef\xbb\xbf",
            b"\xff\xfe",
            b"\x1b$B",
            b" \n" * 500,
            b"\0" * 100_000,
            b"PK\5\6" + bytes(18),
        )
    )
    suffix = chance.choice(
        (".txt", ".pdf", ".docx", ".xlsx", ".csv", ".eml", ".zip", ".html", "", ".rtf", ".mbox", ".epub")
    )
    return Case(f"empty{suffix}", data)


def noise(chance: random.Random) -> Case:
    """Random bytes under the name, and sometimes with the first bytes, of a format."""
    head = chance.choice(
        (
            b"",
            b"%PDF-1.7\n",
            b"PK\3\4",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"{\\rtf1",
            b"<?xml ",
            b"\x1b$B",
            b"From ",
        )
    )
    suffix = chance.choice(
        (".txt", ".pdf", ".docx", ".xlsx", ".doc", ".csv", ".eml", ".pptx", ".html", ".bin", ".md")
    )
    return Case(f"noise{suffix}", head + chance.randbytes(chance.choice((10, 3_000, 200_000))))


def table(chance: random.Random) -> Case:
    """Tables that are all width, all length, or all quotation marks."""
    text = chance.choice(
        (
            ",".join(f"列{n}" for n in range(30_000)) + "\n" + ",".join("1" for _ in range(30_000)),
            "品名,単価\n" + "りんご,100\n" * 60_000,
            '"' * 100_001,
            'a,"' + "x\n" * 50_000,
            "a\tb,c;d|e\n" * 5_000,
            "\n".join("," * n for n in range(1_000)),
        )
    )
    return Case("table.csv", text.encode(chance.choice(("utf-8", "cp932", "utf-16"))))


_BEGINNINGS = (
    "令和6年4月1日", "令和元", "2024/1/", "年度から", "第", "第一", "第一条の", "前項の", "附則", "別表第",
    "以下「", "「。", "（）", "《あ》", "｜漢", "a.a.", "!?", "1.1.", "http://", "=?utf-8?", "&amp;",
    "\\u3042?", "    ", "\t|", "か゛", "葛\U000e0100", "㍻", "㌔㍉", "ｶﾞ", "\u202e", "\u0301", "\r", "\u2028",
    "縺薙", "ã“",
)  # fmt: skip


def patterns(chance: random.Random) -> Case:
    """What looks like the beginning of something, again and again: patterns must not go back and forth."""
    unit, suffix = chance.choice(_BEGINNINGS), chance.choice((".txt", ".md", ".html"))
    return Case(f"pattern{suffix}", (unit * chance.choice((500, 8_000, 60_000))).encode())


def bytes_of_no_encoding(chance: random.Random) -> Case:
    """Two encodings in one file, halves of characters, escapes that do not close."""
    encodings = chance.sample(("utf-8", "cp932", "euc-jp", "iso-2022-jp", "utf-16-le", "utf-32"), 2)
    joined = b"".join((TEXT * chance.choice((1, 200))).encode(encoding)[:-1] for encoding in encodings)
    return Case(f"mixed{chance.choice(('.txt', '.csv', '.html', '.md'))}", joined * chance.choice((1, 5)))


def article_soup(chance: random.Random) -> Case:
    """Thousands of articles that refer to each other, and of terms that are defined again and again."""
    lines = []
    for number in range(chance.choice((200, 3_000))):
        other = chance.randrange(5_000)
        cited = f"前条、次条、第{other}条第{other % 9}項及び別表第{number}"
        lines.append(f"第{number}条　{cited}（以下「語{number}」という。）は、語{other}とする。")
    return Case("articles.txt", "\n".join(lines).encode("utf-8"))
