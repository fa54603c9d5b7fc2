"""Looking a word up in MeCab's dictionary: what MeCab would have written, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
import unidic_lite

from rag.errors import ModelUnavailable
from rag.text.lexicon import load_lexicon
from rag.text.tagger import open_tagger

DICTIONARY = Path(unidic_lite.DICDIR)
SAMPLES = Path(__file__).parents[2] / "data" / "sample"
LEXICON = load_lexicon(DICTIONARY / "sys.dic")


def lines(text: str, known: str, unknown: str) -> list[list[str]]:
    parse = open_tagger(str(DICTIONARY), known, unknown)
    return [line.lstrip(" ").split("\t") for line in parse(text).rstrip("\n").split("\n")]


def test_every_word_of_the_sample_has_the_features_that_mecab_writes():
    text = " ".join(path.read_text(encoding="utf-8") for path in sorted(SAMPLES.glob("*.md"))).split()
    checked = 0
    for line in text:
        piece = line[:2_000]
        entries = lines(piece, r"%M\t%phl\t%phr\t%pw\n", r"\n")
        for entry, (raw,) in zip(entries, lines(piece, r"%H\n", r"\n"), strict=True):
            if len(entry) > 1:
                surface, left, right, cost = entry
                assert LEXICON.entry(surface, int(left), int(right), int(cost)) == raw
                checked += 1
    assert checked > 2_000


@pytest.mark.parametrize(
    ("surface", "reason"),
    [
        ("経費精算規程", "no such word"),
        ("経", "the beginning of words"),
        ("", "nothing"),
        ("経費", "other contexts"),
    ],
)
def test_what_is_not_there_is_a_key_error(surface: str, reason: str):
    with pytest.raises(KeyError):
        LEXICON.entry(surface, -1, -1, 0)
    assert reason


def test_unknown_words_are_told_by_their_left_context():
    entries = load_lexicon(DICTIONARY / "unk.dic").by_left_context()
    [[_, left]] = lines("ＸＹＺＺＹ", r"known\n", r"%M\t%phl\n")
    assert entries[int(left)].startswith("名詞,")


@pytest.mark.parametrize("data", [b"", b"short", struct.pack("<10I32s", *range(10), b"utf8"), b"\xff" * 100])
def test_a_file_that_is_no_dictionary_is_one_line(tmp_path: Path, data: bytes):
    path = tmp_path / "sys.dic"
    path.write_bytes(data)
    for wrong in (path, tmp_path / "none.dic"):
        with pytest.raises(ModelUnavailable, match="pip install") as caught:
            load_lexicon(wrong)
        assert "\n" not in str(caught.value)
