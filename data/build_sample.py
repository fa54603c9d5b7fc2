"""Builds the documents under data/sample/ from the UTF-8 sources in data/sample_source/.

Run from anywhere: ``python data/build_sample.py``.  The text documents are only
re-encoded (and, for the mail and the tables, wrapped in their format); the PDF and
the office documents are laid out by ``build_sample_pdf.py`` and
``build_sample_office.py``.  Dates inside the files are fixed, so that two runs
give the same documents.
"""

from __future__ import annotations

import base64
import csv
import io
from email.header import Header
from pathlib import Path

from build_sample_office import build_docx, build_pptx, build_xlsx
from build_sample_pdf import build_pdf

ROOT = Path(__file__).resolve().parent
SOURCE = ROOT / "sample_source"
SAMPLE = ROOT / "sample"

MAIL_DATE = "Mon, 16 Jun 2025 10:24:05 +0900"


def read_source(name: str) -> str:
    """Return the text of one source file."""
    return (SOURCE / name).read_text(encoding="utf-8")


def write_text(name: str, text: str, encoding: str, newline: str = "\n") -> None:
    """Write ``text`` under sample/ in ``encoding`` with the given line ends."""
    data = text.replace("\n", newline).encode(encoding)
    (SAMPLE / name).write_bytes(data)


def build_faq_csv() -> None:
    """Write the FAQ as a spreadsheet program saves it: cp932, CRLF rows, LF in cells."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(["番号", "分類", "質問", "回答"])
    for line in read_source("よくある質問.tsv").splitlines():
        writer.writerow([cell.replace("\\n", "\n") for cell in line.split("\t")])
    (SAMPLE / "よくある質問.csv").write_bytes(buffer.getvalue().encode("cp932"))


def encoded_word(text: str) -> str:
    """Return ``text`` as folded RFC 2047 words in ISO-2022-JP."""
    return Header(text, "iso-2022-jp", maxlinelen=74).encode(linesep="\r\n")


def encoded_address(label: str, address: str) -> str:
    """Return an address whose display name is an encoded word."""
    raw = base64.b64encode(label.encode("iso-2022-jp")).decode("ascii")
    return f"=?ISO-2022-JP?B?{raw}?= <{address}>"


def build_mail() -> None:
    """Write the mail in ISO-2022-JP (7bit) with encoded headers."""
    subject = "【重要】7月の大阪展示会の出張旅費と宿泊の取り扱いについて"
    headers = [
        "Message-ID: <20250616102405.0231@mail.koharu.example.jp>",
        f"Date: {MAIL_DATE}",
        "From: " + encoded_address("経理課 旅費担当", "keiri-ryohi@koharu.example.jp"),
        "To: " + encoded_address("営業課 全員", "eigyo-all@koharu.example.jp"),
        "Cc: " + encoded_address("総務部", "soumu@koharu.example.jp"),
        "Subject: " + encoded_word(subject),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=ISO-2022-JP",
        "Content-Transfer-Encoding: 7bit",
    ]
    # ㈱ and ～ have no place in ISO-2022-JP.
    body = read_source("出張旅費の件.txt").replace("㈱", "(株)").replace("～", "〜")
    lines = [*headers, "", *body.split("\n")]
    (SAMPLE / "出張旅費の件.eml").write_bytes("\r\n".join(lines).encode("iso-2022-jp"))


def build_texts() -> None:
    """Re-encode the plain text, HTML and CSV documents."""
    crlf = "\r\n"
    for name, encoding, newline in [
        ("経費精算規程_2024.txt", "cp932", crlf),
        ("短編_灯台守の手紙.txt", "cp932", crlf),
        ("情報セキュリティ手順.html", "cp932", crlf),
        ("社内報_こはる通信.html", "euc_jp", "\n"),
        ("安全衛生委員会だより.txt", "euc_jp", "\n"),
        ("防災マニュアル.txt", "utf-16", crlf),
        ("取引先一覧.csv", "utf-8-sig", crlf),
    ]:
        write_text(name, read_source(name), encoding, newline)


def main() -> None:
    """Build every document that is not kept as it is."""
    SAMPLE.mkdir(exist_ok=True)
    build_texts()
    build_faq_csv()
    build_mail()
    build_docx(SOURCE / "経費精算規程_2021.txt", SAMPLE / "経費精算規程_2021.docx", "経理課")
    build_docx(SOURCE / "製品企画会議_議事録.txt", SAMPLE / "製品企画会議_議事録.docx", "企画部")
    build_pptx(
        SOURCE / "新入社員研修_安全と品質.txt",
        SAMPLE / "新入社員研修_安全と品質.pptx",
        "研修担当",
    )
    build_xlsx(SOURCE / "備品貸出と月次予定.txt", SAMPLE / "備品貸出と月次予定.xlsx", "総務部")
    build_pdf(SOURCE / "製品マニュアル_KA-200.txt", SAMPLE / "製品マニュアル_KA-200.pdf")


if __name__ == "__main__":
    main()
