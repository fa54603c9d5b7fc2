"""Encodings are judged from all bytes; see ingest/encoding.py."""

from __future__ import annotations

import csv
import gzip
import json
import random
from pathlib import Path

import pytest

from ingest.encoding import Decoded, canonical_name, decode
from ingest.plausibility import judge

SHARED = Path(__file__).parents[3] / "shared" / "data"
FIVE = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le")
NAMES = {"euc_jp": "euc-jp", "iso2022_jp": "iso-2022-jp"}

SENTENCES = (
    "駅前の商店街では、毎月第二土曜日の朝に、近くの農家が野菜を持ち寄る市が開かれます。",
    "会議室の予約は、前日の正午までに受付へ申し込んでください。",
    "昨夜からの雨で川の水かさが増し、橋の手前で通行止めになっています。",
    "新しい機械は操作が簡単で、説明書を読まなくても動かすことができました。",
    "図書館で借りた本を返し忘れ、三日分の延滞料を払った。",
    "データの提出期限は六月末日とし、遅れる場合は理由書を添えること。",
    "祖母の家の庭には、大きな柿の木が二本あって、秋になると鳥が集まる。",
    "サーバーの再起動には五分ほどかかるので、そのあいだは画面を閉じないでください。",
    "この規則に定めのない事項については、関係法令の定めるところによる。",
    "カレーの作り方を、写真と一緒に順番に説明します。",
    "彼は静かに立ち上がり、窓の外を見ながら「もう帰ろう」と言った。",
    "製品の価格は、税抜きで一台あたり三万二千円です。",
)


def passages(texts: tuple[str, ...] | list[str], encoding: str, number: int, seed: int) -> list[bytes]:
    """Stretches of texts of 60 to 300 bytes that the encoding can hold, always the same."""
    chance = random.Random(f"{encoding}{seed}")
    found: list[bytes] = []
    while len(found) < number:
        joined = "".join(chance.sample(texts, k=min(6, len(texts))))
        start = chance.randrange(len(joined) // 2)
        stretch = joined[start : start + chance.randint(30, 120)]
        try:
            data = stretch.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(data) >= 60:
            found.append(data)
    return found


@pytest.mark.parametrize("encoding", FIVE)
def test_short_passages_are_told_apart(encoding: str) -> None:
    data = passages(SENTENCES, encoding, 200, seed=1)
    wrong = [one for one in data if decode(one).text != one.decode(encoding)]
    assert wrong == []


@pytest.mark.parametrize("encoding", FIVE)
def test_passages_of_wikipedia(encoding: str) -> None:
    path = SHARED / "jsquad" / "valid-v1.3.half-a.json.gz"
    if not path.exists():
        pytest.skip("JSQuAD is not beside the checkout")
    articles = json.loads(gzip.decompress(path.read_bytes()))["data"]
    texts = [
        p["context"].partition("[SEP]")[2].strip() for article in articles for p in article["paragraphs"]
    ]
    data = passages(texts, encoding, 400, seed=2)
    right = sum(decode(one).text == one.decode(encoding) for one in data)
    assert right / len(data) >= 0.995


def test_every_text_of_the_shared_formats() -> None:
    manifest = SHARED / "formats" / "manifest.tsv"
    if not manifest.exists():
        pytest.skip("the shared formats are not beside the checkout")
    with manifest.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["encoding"] != "binary"]
    wrong = []
    for row in rows:
        expected, _, mark = row["encoding"].partition(" ")
        decoded = decode((SHARED / row["path"]).read_bytes())
        name = {"shift_jis": "cp932"}.get(expected, expected)
        if (decoded.encoding, decoded.had_bom, decoded.warnings) != (name, mark == "with BOM", ()):
            wrong.append((row["path"], decoded.encoding))
    assert len(rows) == 159
    assert wrong == []


@pytest.mark.parametrize(
    ("data", "encoding", "text", "why"),
    [
        (b"", "utf-8", "", "nothing is valid UTF-8"),
        (b"plain ASCII\n", "utf-8", "plain ASCII\n", "ASCII is UTF-8"),
        (b"\xef\xbb\xbf\xe8\xa1\xa8", "utf-8", "表", "byte order mark of UTF-8, as Excel writes it"),
        ("表".encode("utf-16"), "utf-16-le", "表", "byte order mark of UTF-16"),
        (b"\xfe\xff\x88\x68", "utf-16-be", "表", "byte order mark of UTF-16, the other way round"),
        ("表計算".encode("utf-32"), "utf-32-le", "表計算", "its mark begins with that of UTF-16"),
        ("単価,1000円".encode("cp932"), "cp932", "単価,1000円", "円 ends in a byte that is ASCII ~"),
        ("①㈱髙﨑".encode("cp932") * 3, "cp932", "①㈱髙﨑" * 3, "vendor characters of Excel"),
        (b"\xad\xa1\xa4\xce\xc9\xbd", "euc-jp", "①の表", "① in EUC: row 13 of the vendors"),
        (b"\x1b$B\x2d\x21\x1b(B.", "iso-2022-jp", "①.", "① in a mail: row 13 of the vendors"),
        (b"\x1b$B\x7c\x62\x1b(B", "iso-2022-jp", "髙", "髙 in a mail: row 92 of the vendors"),
        (b"\x1b(I\x31\x32\x33\x1b(B", "iso-2022-jp", "ｱｲｳ", "half-width katakana in a mail"),
        (
            "ﾄｳｷｮｳﾄ,千代田区,丸の内\r\n".encode("cp932") * 3,
            "cp932",
            "ﾄｳｷｮｳﾄ,千代田区,丸の内\r\n" * 3,
            "postal code lists",
        ),
        (
            "Café à la carte".encode("cp1252"),
            "cp1252",
            "Café à la carte",
            "accents stand alone between letters",
        ),
    ],
)
def test_table(data: bytes, encoding: str, text: str, why: str) -> None:
    decoded = decode(data)
    assert (decoded.encoding, decoded.text) == (encoding, text), why
    assert decoded.num_damaged == 0


JAPANESE = "".join(SENTENCES)


@pytest.mark.parametrize("encoding", ["utf-8", "cp932", "euc_jp"])
def test_damaged_bytes_are_counted_and_the_rest_is_kept(encoding: str) -> None:
    data = bytearray(JAPANESE.encode(encoding))
    for place in (200, 400, 600):
        data[place : place + 1] = b"\xff" if encoding != "cp932" else b"\xfd\xfe\xff"[:1]
    decoded = decode(bytes(data))
    assert decoded.encoding == NAMES.get(encoding, encoding)
    assert JAPANESE[-60:] in decoded.text
    if encoding != "cp932":  # in cp932 that byte is a vendor's own character
        assert 1 <= decoded.num_damaged <= 12
        assert any("damaged" in line for line in decoded.warnings)


def test_a_few_broken_bytes_do_not_make_utf8_another_encoding() -> None:
    data = JAPANESE.encode() + b"\x81\x40" + JAPANESE.encode()
    assert decode(data).encoding == "utf-8"


def test_files_in_two_encodings_that_were_joined() -> None:
    """Excel's list under one of a web form: both are read, and the line with broken bytes is told."""
    lines = [
        *(sentence.encode() for sentence in SENTENCES),
        *(sentence.encode("cp932") for sentence in SENTENCES[:4]),
    ]
    decoded = decode(b"\n".join([*lines, b"\x82\xff\xfe\x80"]))
    assert decoded.text.split("\n")[:-1] == [*SENTENCES, *SENTENCES[:4]]
    assert (decoded.encoding, decoded.mixed) == ("utf-8", (("cp932", 4),))
    assert decoded.warnings[0] == "4 lines are in cp932, the rest in utf-8"
    assert "damaged places" in decoded.warnings[1]


def test_a_cut_off_file_keeps_all_but_its_last_character() -> None:
    decoded = decode(JAPANESE.encode()[:-1])
    assert decoded.text == JAPANESE[:-1] + "\ufffd"
    assert decoded.num_damaged == 1


def test_replacement_characters_that_were_written_are_no_damage() -> None:
    data = (JAPANESE + "\ufffd").encode() + b"\xff"
    assert decode(data).num_damaged == 1


@pytest.mark.parametrize(
    ("declared", "encoding", "contradicted"),
    [
        ("Shift_JIS", "euc-jp", "Shift_JIS"),  # believed by browsers, and wrong
        ("euc-jp", "euc-jp", None),
        ("no-such-charset", "euc-jp", None),
        (None, "euc-jp", None),
    ],
)
def test_declarations_are_checked(declared: str | None, encoding: str, contradicted: str | None) -> None:
    decoded = decode(JAPANESE.encode("euc_jp"), declared)
    assert decoded.encoding == encoding
    assert (decoded.contradicted is None) == (contradicted is None)
    assert any("declares" in line for line in decoded.warnings) == (contradicted is not None)


def test_a_declaration_that_utf8_contradicts() -> None:
    decoded = decode(JAPANESE.encode(), "x-sjis")
    assert (decoded.encoding, decoded.contradicted) == ("utf-8", "x-sjis")
    assert decode(b"ASCII", "x-sjis").contradicted is None
    assert decode("表".encode("utf-16"), "utf-16").contradicted is None


def test_a_declaration_decides_what_the_bytes_leave_open() -> None:
    data = bytes((0xE9, 0xF8, 0xE4))  # three letters in Latin-1; as cp932 and EUC-JP a rare kanji and rubbish
    assert decode(data, "iso-8859-1").text == "éøä"


def test_a_guess_says_how_sure_it_is() -> None:
    decoded = decode(b"\x82")
    assert decoded.confidence < 0.8
    assert decoded.warnings
    assert Decoded("x", "cp932", 0.5).warnings == ("encoding cp932 is a guess (50% sure)",)


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        ("Windows-31J", "cp932"),
        ('"EUC-JP"', "euc-jp"),
        ("UTF8", "utf-8"),
        ("iso-8859-1", "iso8859-1"),
        ("nonsense", None),
        ("", None),
        (None, None),
    ],
)
def test_names_of_encodings(declared: str | None, name: str | None) -> None:
    assert canonical_name(declared) == name


def test_a_long_text_is_judged_as_a_short_one() -> None:
    """Long texts are counted in another way, characters beyond U+FFFF and halves of them too."""
    text = "".join(SENTENCES) + "ｱｲｳ𠮷é\ud842\ufffd\ue000ASCII"
    short, long = judge(text), judge(text * 100)
    assert len(text) < 20_000 < len(text * 100)
    assert long._replace(num_judged=0) == pytest.approx(short._replace(num_judged=0))
    assert long.num_judged == short.num_judged * 100


def test_plausibility_tells_text_from_garbage() -> None:
    assert judge("こんにちは、世界。").score == 1.0
    assert judge(JAPANESE.encode("euc_jp").decode("cp932", "replace")).score < 0
    assert judge("\ue000\ue001").text_share == 0
    assert judge("").num_judged == 0
    assert judge("ＡＢＣ").kana_share == 0
