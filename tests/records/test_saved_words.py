"""Saved words: kept once, reviewed by FSRS, safe from damage."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from rag.errors import ModelUnavailable, StoreBusy, StoreError
from rag.records.words import SavedWord, SavedWords

NOW = dt.datetime(2026, 4, 1, 9, tzinfo=dt.UTC)
WORD = SavedWord("公園", "こうえん", "park", "公園で遊ぶ。", "/物語.md", "3行目")


@pytest.fixture
def words(tmp_path: Path) -> SavedWords:
    return SavedWords(tmp_path / "記録" / "words.sqlite")


def test_a_word_is_kept_once_with_its_sentence(words: SavedWords):
    assert (words.save(WORD, NOW), words.save(WORD, NOW)) == (True, False)
    [saved] = words.words()
    assert (saved.written, saved.sentence, saved.place, saved.due) == ("公園", "公園で遊ぶ。", "3行目", NOW)


def test_reviews_move_the_day(words: SavedWords):
    words.save(WORD, NOW)
    good = words.review("公園", "good", NOW)
    later = words.review("こうえん", "easy", good.due)
    assert NOW < good.due < later.due
    assert words.words(due_by=NOW) == []
    assert [word.due for word in words.words()] == [later.due]
    again = words.review("公園", "again", later.due)
    assert again.due - later.due < later.due - good.due


def test_a_word_is_forgotten(words: SavedWords):
    words.save(WORD, NOW)
    assert (words.remove("公園"), words.remove("公園"), words.words()) == (True, False, [])


def test_a_word_that_is_not_saved(words: SavedWords):
    with pytest.raises(StoreError, match="not among the saved words"):
        words.review("公園", "good", NOW)


def test_a_damaged_and_a_newer_file(tmp_path: Path):
    (tmp_path / "壊れた").write_bytes(b"x" * 5_000)
    with pytest.raises(StoreError, match="damaged"):
        SavedWords(tmp_path / "壊れた").words()
    with closing(sqlite3.connect(tmp_path / "新しい")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        SavedWords(tmp_path / "新しい").words()
    (tmp_path / "ファイル").write_text("")
    with pytest.raises(StoreError, match="cannot be made"):
        SavedWords(tmp_path / "ファイル" / "words.sqlite").words()


def test_a_locked_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("rag.records.words.BUSY_TIMEOUT_SECONDS", 0.05)
    words = SavedWords(tmp_path / "words.sqlite")
    words.save(WORD, NOW)
    with closing(sqlite3.connect(tmp_path / "words.sqlite")) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreBusy, match="stays locked"):
            words.save(WORD, NOW)


def test_without_the_library_words_are_still_saved(words: SavedWords, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "fsrs", None)
    words.save(WORD, NOW)
    with pytest.raises(ModelUnavailable, match="pip install"):
        words.review("公園", "good", NOW)
