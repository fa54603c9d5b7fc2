"""Hostile markup, mails and PDFs: entities, nesting, spans, boundaries and circles without end."""

from __future__ import annotations

import random
import zlib

from benchmarks.fuzzing.packing import TEXT, WORD, Case, zipped


def entities(chance: random.Random) -> Case:
    """XML that grows without bound, or reaches for files and the network."""
    lol = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, chance.choice((6, 12))))
    declared = chance.choice(
        (
            f"<!ENTITY l0 'あ'>{lol}<!ENTITY x '&l5;'>",
            "<!ENTITY x SYSTEM 'canary.txt'>",
            "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
            "<!ENTITY x SYSTEM 'http://127.0.0.1:9/x'>",
            "<!ENTITY % p SYSTEM 'canary.txt'> %p; <!ENTITY x 'a'>",
            f"<!ENTITY x '{'あ' * 100_000}'>",
            "<!ENTITY x '&x;'>",
        )
    )
    used = "&x;" * chance.choice((1, 2_000))
    root = chance.choice(("article", "Law", "html", "Workbook"))
    body = f"<{root}><title>題</title><para>{used}本文。</para></{root}>"
    xml = f"<?xml version='1.0'?><!DOCTYPE {root} [{declared}]>{body}"
    if chance.random() < 0.5:
        return Case("entities.xml", xml.encode())
    word = xml.replace(f"<{root}>", f"<w:document {WORD}><w:body><w:p><w:r><w:t>", 1)
    return Case("entities.docx", zipped({"word/document.xml": word}))


def deep(chance: random.Random) -> Case:
    """Nested far deeper than anybody writes."""
    depth = chance.choice((300, 5_000, 60_000))
    opened, closed, suffix = chance.choice(
        (
            ("<div>", "</div>", ".html"),
            ("<ul><li>", "</li></ul>", ".html"),
            ("<table><tr><td>", "</td></tr></table>", ".html"),
            ("<ruby>", "</ruby>", ".html"),
            ("<a>", "</a>", ".xml"),
            ("> ", "", ".md"),
            ("- ", "", ".md"),
            ("[", "]", ".md"),
            ("**", "**", ".md"),
            ("「", "」", ".txt"),
            ("（", "）", ".txt"),
            ("［＃", "］", ".txt"),
            ("{\\b ", "}", ".rtf"),
        )
    )
    text = opened * depth + "深いところ。" + closed * depth
    head = "{\\rtf1\\ansi " if suffix == ".rtf" else ""
    return Case(f"deep{suffix}", (head + text).encode())


def html_table(chance: random.Random) -> Case:
    """Cells that claim to cover millions of others."""
    span = chance.choice(("1000000000", "65535", "-1", "0", "x"))
    rows = f"<tr><th rowspan={span} colspan={span}>品名</th><td>値</td></tr>" * chance.choice((1, 300))
    return Case("span.html", f"<table>{rows}</table><p>本文。</p>".encode())


def mail(chance: random.Random) -> Case:
    """Mails in mails, endless headers, boundaries that never end, lengths that lie."""
    inner = b"Subject: x\r\nFrom: a@example.jp\r\n\r\n" + TEXT.encode()
    nested = inner
    for _ in range(chance.choice((3, 60, 400))):
        nested = b"From: a@example.jp\r\nContent-Type: message/rfc822\r\n\r\n" + nested
    data = chance.choice(
        (
            nested,
            b"Subject: x\r\n" * 20_000 + b"From: a@example.jp\r\n\r\n" + TEXT.encode(),
            b"From: a\r\nTo: b\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
            + b"--x\r\n\r\n" * 20_000,
            b"From: a\r\nSubject: =?iso-2022-jp?B?" + b"A" * 50_000 + b"?=\r\n\r\nx",
            b"From: a\r\nContent-Type: text/plain; charset=no-such\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 9_999,
            b"From a\n\n" * 30_000,
        )
    )
    return Case(f"mail{chance.choice(('.eml', '.mbox'))}", data)


def pdf(chance: random.Random) -> Case:
    """PDFs that turn in circles, or count on their reader's patience."""
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R>>endobj\n"
    stream = b"4 0 obj<<%s/Length 99>>stream\n%s\nendstream endobj\n"
    packed = zlib.compress(b"BT (a) Tj ET " * 400_000)
    inside = chance.choice(
        (
            b"1 0 obj<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>endobj\n",
            _pages(999_999_999, b" ".join([b"2 0 R"] * chance.choice((1, 10_000)))),
            _pages(1, b"3 0 R") + page % b"0 0 1e30 -1e30" + stream % (b"", b"q " * 50_000),
            _pages(1, b"3 0 R") + page % b"0 0 612 792" + stream % (b"/Filter/FlateDecode", packed),
            b"[" * 200_000,
        )
    )
    return Case("trap.pdf", b"%PDF-1.4\n" + inside + b"trailer<</Root 1 0 R>>")


def _pages(count: int, kids: bytes) -> bytes:
    return b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\n" % (
        count,
        kids,
    )
