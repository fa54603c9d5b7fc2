"""Honest documents, and what can happen to their bytes."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from benchmarks.fuzzing.packing import TEXT, Case, docx, epub, zipped

Damage = Callable[[bytearray, random.Random], bytearray]


def damaged(place: int, folder: Path, chance: random.Random) -> Case:
    """Document ``place``, counted round and round, with one damage or two."""
    documents = _documents(folder)
    name = sorted(documents)[place % len(documents)]
    chosen = chance.sample(sorted(DAMAGES), chance.choice((1, 1, 1, 2)))
    data = bytearray(documents[name])
    for damage in chosen:
        data = DAMAGES[damage](data, chance) if data else data
    return Case(f"{'-'.join(chosen)}-{name}", bytes(data))


def cut(data: bytearray, chance: random.Random) -> bytearray:
    """Only the beginning is there."""
    return data[: chance.randrange(len(data))]


def behead(data: bytearray, chance: random.Random) -> bytearray:
    """Only the end is there."""
    return data[chance.randrange(len(data)) :]


def flip(data: bytearray, chance: random.Random) -> bytearray:
    """Some bytes are others."""
    for _ in range(chance.randint(1, 1 + len(data) // 200)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def flip_bit(data: bytearray, chance: random.Random) -> bytearray:
    """One bit is another."""
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return data


def double(data: bytearray, chance: random.Random) -> bytearray:
    """A stretch stands there four times."""
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + chance.randint(1, 5_000)] * 3 + data[start:]


def blank(data: bytearray, chance: random.Random) -> bytearray:
    """A stretch is zeros."""
    start = chance.randrange(len(data))
    end = min(start + chance.randint(1, 500), len(data))
    return data[:start] + bytes(end - start) + data[end:]


def swap(data: bytearray, chance: random.Random) -> bytearray:
    """Two halves change places."""
    place = chance.randrange(len(data))
    return data[place:] + data[:place]


DAMAGES: Mapping[str, Damage] = {
    "cut": cut,
    "behead": behead,
    "flip": flip,
    "bit": flip_bit,
    "double": double,
    "blank": blank,
    "swap": swap,
}


@cache
def _documents(folder: Path) -> Mapping[str, bytes]:
    """Those of the folder, and small ones of the kinds that are missing there."""
    own = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.stat().st_size}
    text = TEXT * 20
    head = "From: a@example.jp\r\nSubject: 通知\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    mail = (head + text).encode()
    made = {
        "本.epub": epub(text),
        "書庫.zip": zipped({"規程/a.txt": text, "b.eml": mail}),
        "控.mbox": (b"From a@example.jp Mon Apr  1 00:00:00 2024\n" + mail + b"\n") * 3,
        "法.xml": _law(text).encode(),
        "規程.rtf": rb"{\rtf1\ansi\ansicpg932 "
        + b"".join(rb"\u%d?" % ord(char) for char in text[:200])
        + b"}",
        "通知.jis.txt": text.encode("iso-2022-jp"),
        "通知.utf16.txt": text.encode("utf-16"),
        "通知.euc.txt": text.encode("euc-jp"),
        "規程.docx": docx(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"),
    }
    return own | made


def _law(text: str) -> str:
    """A law in the schema of e-Gov."""
    sentence = f"<ParagraphSentence><Sentence>{text}</Sentence></ParagraphSentence>"
    article = f"<ArticleTitle>第一条</ArticleTitle><Paragraph Num='1'>{sentence}</Paragraph>"
    body = f"<LawTitle>法</LawTitle><MainProvision><Article Num='1'>{article}</Article></MainProvision>"
    return f"<?xml version='1.0' encoding='UTF-8'?><Law><LawBody>{body}</LawBody></Law>"
