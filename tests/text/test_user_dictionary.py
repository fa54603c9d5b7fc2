"""Words of one's own: what they change in an analysis, and every way in which a file of them can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
import unidic_lite

from rag.errors import ModelUnavailable, SettingsError
from rag.text.analyzer import MecabAnalyzer, load_analyzer
from rag.text.user_dictionary import load_user_dictionary, read_rows

WORDS = "# 製品\nぬくもりポット,ヌクモリポット\n鰺坂,あじさか,アジサカ\n\nＫＡ二〇〇型,ケーエーニヒャクガタ\n"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is compiled goes to a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def write(folder: Path, text: str | bytes, name: str = "words.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def bases(analyzer: MecabAnalyzer, text: str) -> list[str]:
    return [morpheme.feature.base for morpheme in analyzer.analyze(text).morphemes()]


def test_words_of_ones_own_stay_whole_and_are_read(tmp_path: Path) -> None:
    analyzer = load_analyzer(write(tmp_path, WORDS))
    assert bases(analyzer, "鰺坂でぬくもりポットを売る") == ["鰺坂", "で", "ぬくもりポット", "を", "売る"]
    assert bases(load_analyzer(), "ぬくもりポット") != ["ぬくもりポット"]
    first, *_ = analyzer.analyze("鰺坂").features
    assert (first.pos, first.lemma, first.reading) == ("名詞-固有名詞-一般", "アジサカ", "アジサカ")
    assert bases(analyzer, "ｋａ二〇〇型") == ["ka二〇〇型"], "surfaces are folded as texts are"
    assert bases(analyzer, "経費を精算した") == bases(load_analyzer(), "経費を精算した")


def test_the_words_are_part_of_the_name(tmp_path: Path) -> None:
    one = load_analyzer(write(tmp_path, WORDS))
    same = load_analyzer(write(tmp_path, "鰺坂,アジサカ,アジサカ\n" + WORDS, "again.csv"))
    other = load_analyzer(write(tmp_path, WORDS + "榊原,サカキバラ\n", "more.csv"))
    assert one.dictionary == same.dictionary, "in another order, and one of them twice"
    assert len({one.dictionary, other.dictionary, load_analyzer().dictionary}) == 3
    assert one.analyze("犬").analyzer.endswith(one.dictionary)


def test_what_was_compiled_is_kept(tmp_path: Path, cache: Path) -> None:
    path = write(tmp_path, WORDS)
    compiled = load_user_dictionary(path, unidic_lite.DICDIR)
    stamp = compiled.path.stat().st_mtime_ns
    assert compiled.path.is_relative_to(cache)
    assert load_user_dictionary(path, unidic_lite.DICDIR) == compiled
    assert compiled.path.stat().st_mtime_ns == stamp
    assert [file.name for file in compiled.path.parent.iterdir()] == [compiled.path.name], (
        "nothing lies beside it"
    )


def test_a_line_of_unidic_is_taken_as_it_stands(tmp_path: Path) -> None:
    (row,) = read_rows(write(tmp_path, "鰺坂,アジサカ\n"))
    analyzer = load_analyzer(write(tmp_path, row.replace("名詞,固有名詞,一般", "名詞,固有名詞,地名")))
    assert analyzer.analyze("鰺坂").features[0].pos == "名詞-固有名詞-地名"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    assert read_rows(write(tmp_path, "榊原,サカキバラ\r\n".encode(encoding)))[0].startswith("榊原,")


WRONG = [
    ("鰺坂\n", "line 1: 1 columns", "a word alone"),
    ("# 注\n鰺坂,名詞,一般,アジサカ\n", "line 2: 4 columns", "the form of another dictionary"),
    ("鰺坂,三,4,5" + ",*" * 20, "'三' is no number", "no context id"),
    ("鰺坂,鯵坂\n", "is no reading: write it in kana", "kanji for a reading"),
    ("鰺坂,\n", "is no reading", "no reading at all"),
    (",アジサカ\n", "cannot be a word", "no word"),
    ("鰺 坂,アジサカ\n", "without blanks", "a blank in a word"),
    ('"鰺,坂",アジサカ\n', "without blanks and commas", "a comma in a word"),
    ("鰺" * 101 + ",アジサカ\n", "1 to 100 characters", "a word without end"),
    ("# 注だけ\n\n", "has no words", "no words in the file"),
    (b"\xff\xfe\x00\x81", "neither UTF-8 nor Shift_JIS", "no text"),
]


@pytest.mark.parametrize(("text", "message", "reason"), WRONG)
def test_what_is_wrong_is_named_with_file_and_line(
    tmp_path: Path, text: str | bytes, message: str, reason: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(SettingsError) as raised:
        load_analyzer(path)
    assert message in str(raised.value), reason
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ingest\.user_dictionary"):
        load_analyzer(tmp_path / "なし.csv")


def test_a_compiler_that_fails_takes_only_itself_down(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="cannot compile"):
        load_user_dictionary(write(tmp_path, WORDS), str(tmp_path / "no-dictionary"))
