"""The writing half of a store: one document, one transaction; followers are brought along in batches."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import DocumentNotFound, StoreError
from rag.store.local.changes import count_pending, read_state
from rag.store.local.connections import Connections
from rag.store.local.documents import forget_departures, put_document, take_document
from rag.store.local.follower import Follower
from rag.store.local.lock import WriterLock
from rag.store.local.originals import Originals
from rag.store.local.words import KnownWords
from rag.store.packing import PackedDocument

logger = logging.getLogger(__name__)


class Writer:
    """Writes to one store while it holds the lock: from the first change until `publish` or `close`."""

    def __init__(
        self,
        path: Path,
        connections: Connections,
        originals: Originals,
        followers: Sequence[Follower[Any]],
        publish_every: int,
    ) -> None:
        self._connections = connections
        self._originals = originals
        self._followers = followers
        self._publish_every = publish_every
        self._process_lock = WriterLock(path)
        self._thread_lock = threading.RLock()
        self._words = KnownWords()
        self._pending_chunks = 0

    def add(self, packed: PackedDocument, original: bytes | None) -> int:
        """Put a document in and return the change number."""
        with self._writing():
            kept = None if original is None else self._originals.keep(original)
            try:
                with self._connections.transaction() as connection:
                    before = read_state(connection)
                    after = put_document(connection, before, packed, self._words, kept)
            except BaseException:
                self._words.forget()
                raise
            num_new = len(packed.places)
            self._note(num_new + before.num_chunks + num_new - after.num_chunks)
            return after.change_number

    def remove(self, document_id: str) -> int:
        """Take a document out and return the change number; raises DocumentNotFound."""
        with self._writing():
            with self._connections.transaction() as connection:
                before = read_state(connection)
                after = take_document(connection, before, document_id)
                if after is None:
                    raise DocumentNotFound(
                        f"there is no document {document_id!r} to remove: "
                        "`swallow-rag list` shows what there is"
                    )
            self._note(before.num_chunks - after.num_chunks)
            return after.change_number

    def publish(self) -> None:
        """Bring the followers up to the last change and everything to the disk, and let others write."""
        with self._writing():
            self.catch_up()
            self._process_lock.release()

    def catch_up(self) -> None:
        """Bring the followers up to the last change, and keep the lock."""
        with self._writing():
            with self._connections.snapshot() as connection:
                state = read_state(connection)
                for follower in self._followers:
                    follower.catch_up(connection, state)
            if state.forgotten_number < state.change_number:
                with self._connections.transaction() as connection:
                    unneeded = forget_departures(connection, read_state(connection), state.change_number)
                for name in unneeded:
                    self._originals.drop(name)
            self._originals.settle()
            self._connections.checkpoint()
            self._pending_chunks = 0

    def mend(self) -> bool:
        """Make damaged followers again when nobody else is writing; False when that is not possible now."""
        with self._thread_lock:
            held = self._process_lock.is_held
            if not self._process_lock.try_acquire():
                return False
            try:
                self.catch_up()
            except StoreError as error:
                logger.warning("%s", error)
                return False
            finally:
                if not held:
                    self._process_lock.release()
            return True

    def drop_followers(self) -> None:
        """Delete the followers' files; the next `publish` or search makes them again."""
        with self._writing():
            for follower in self._followers:
                follower.drop()

    def close(self) -> None:
        """Let others write."""
        self._originals.settle()
        self._process_lock.release()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._thread_lock:
            if not self._process_lock.is_held:
                self._process_lock.acquire()
                self._take_over()
            yield

    def _take_over(self) -> None:
        """See where the last writer stopped."""
        with self._connections.snapshot() as connection:
            state = read_state(connection)
            published = [follower.published_change() for follower in self._followers]
            self._pending_chunks = count_pending(connection, min(published))
        for follower, change_number in zip(self._followers, published, strict=True):
            if change_number > state.change_number:
                logger.warning(
                    "the %s index is at change %d, the store only at %d (was it restored from a backup?): "
                    "making it again",
                    follower.name,
                    change_number,
                    state.change_number,
                )
                follower.drop()

    def _note(self, num_chunks: int) -> None:
        self._pending_chunks += num_chunks
        if self._pending_chunks < self._publish_every:
            return
        try:
            self.catch_up()
        except StoreError as error:  # the change itself is committed; `publish` will say it again
            logger.warning("%s", error)
            self._pending_chunks = 0
