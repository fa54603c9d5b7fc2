"""Saved words with the sentence they were met in, and the day on which each comes back.

One small SQLite file beside the store. The days come from FSRS, a kept spaced-repetition library; without
it words are saved and listed, and only reviewing asks for it.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from rag.errors import ModelUnavailable, StoreBusy, StoreError

Rating = Literal["again", "hard", "good", "easy"]
RATINGS: tuple[Rating, ...] = ("again", "hard", "good", "easy")
BUSY_TIMEOUT_SECONDS = 10.0
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS words (
    id INTEGER PRIMARY KEY,
    written TEXT NOT NULL,
    reading TEXT NOT NULL,
    meaning TEXT NOT NULL,
    sentence TEXT NOT NULL,
    source TEXT NOT NULL,
    place TEXT NOT NULL,
    saved TEXT NOT NULL,
    due TEXT NOT NULL,
    card TEXT NOT NULL,
    UNIQUE (written, reading)
) STRICT
"""
_NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
_COLUMNS = "written, reading, meaning, sentence, source, place, saved, due, card"


@dataclass(frozen=True, slots=True)
class SavedWord:
    """A word with its sentence; ``due`` is when it comes back (UTC)."""

    written: str
    reading: str
    meaning: str = ""
    sentence: str = ""
    source: str = ""
    place: str = ""
    saved: dt.datetime = _NEVER
    due: dt.datetime = _NEVER
    card: str = ""


class SavedWords:
    """The words of one file; safe from several processes, each call is one transaction."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def save(self, word: SavedWord, now: dt.datetime | None = None) -> bool:
        """Keep a word, due at once; False when it is there already, whose review days stay."""
        now = now or dt.datetime.now(dt.UTC)
        with self._transaction() as connection:
            cursor = connection.execute(
                f"INSERT OR IGNORE INTO words ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, '')",  # noqa: S608
                (*_texts(word), now.isoformat(), now.isoformat()),
            )
            return cursor.rowcount > 0

    def words(self, due_by: dt.datetime | None = None) -> list[SavedWord]:
        """Every word, or those that are due by a moment; the longest due first."""
        with self._transaction() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM words ORDER BY due, words.id").fetchall()  # noqa: S608
        words = [_read(row) for row in rows]
        return [word for word in words if due_by is None or word.due <= due_by]

    def review(self, written: str, rating: Rating, now: dt.datetime | None = None) -> SavedWord:
        """Tell how well a word was remembered; returns it with its next day.

        Raises StoreError for a word that is not saved, ModelUnavailable without the library.
        """
        now = now or dt.datetime.now(dt.UTC)
        with self._transaction() as connection:
            row = connection.execute(
                f"SELECT {_COLUMNS} FROM words WHERE written = ? OR reading = ? ORDER BY due",  # noqa: S608
                (written, written),
            ).fetchone()
            if row is None:
                raise StoreError(f"{written!r} is not among the saved words: see swallow-rag words")
            word = _read(row)
            card, due = _schedule(word.card, rating, now)
            connection.execute(
                "UPDATE words SET card = ?, due = ? WHERE written = ? AND reading = ?",
                (card, due.isoformat(), word.written, word.reading),
            )
        return replace(word, card=card, due=due)

    def remove(self, written: str) -> bool:
        """Forget a word; False when it is not there."""
        with self._transaction() as connection:
            return connection.execute("DELETE FROM words WHERE written = ?", (written,)).rowcount > 0

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=BUSY_TIMEOUT_SECONDS)) as connection, connection:
                _prepare(connection, self._path)
                yield connection
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise StoreBusy(
                    f"{self._path} stays locked: try again when the other process is done"
                ) from error
            raise StoreError(f"{self._path} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{self._path} is damaged or no list of words: {error}") from error
        except OSError as error:
            raise StoreError(f"{self._path} cannot be made: {error.strerror or error}") from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > _VERSION:
        raise StoreError(f"{path} was written by a newer version: update swallow-rag")
    if version < _VERSION:
        connection.execute(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_VERSION}")


def _read(row: tuple[object, ...]) -> SavedWord:
    written, reading, meaning, sentence, source, place, saved, due, card = map(str, row)
    first, next_day = map(dt.datetime.fromisoformat, (saved, due))
    return SavedWord(written, reading, meaning, sentence, source, place, first, next_day, card)


def _texts(word: SavedWord) -> tuple[str, ...]:
    return (word.written, word.reading, word.meaning, word.sentence, word.source, word.place)


def _schedule(card: str, rating: Rating, now: dt.datetime) -> tuple[str, dt.datetime]:
    try:
        import fsrs
    except ImportError as error:
        raise ModelUnavailable("reviewing needs fsrs: pip install 'swallow-rag[learner]'") from error
    # Without the random spread of days: the same answers give the same days.
    scheduler = fsrs.Scheduler(enable_fuzzing=False)
    known = fsrs.Card.from_json(card) if card else fsrs.Card()
    reviewed, _ = scheduler.review_card(known, fsrs.Rating(RATINGS.index(rating) + 1), now)
    return reviewed.to_json(), reviewed.due
