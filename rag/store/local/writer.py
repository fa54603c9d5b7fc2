"""The writing half of a store: one document, one transaction; followers are brought along in batches.

They catch up in a thread beside, so that whoever adds many documents does not wait for the indexes. Two locks
keep order, always taken in this one: `_publishing` for the followers, `_thread_lock` for the truth.
"""

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


MAX_BEHIND = 4
"""So many times what brings the followers along they may be behind; then adding waits for them."""


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
        self._publishing = threading.RLock()
        self._thread_lock = threading.RLock()
        self._beside: threading.Thread | None = None
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
            self._pending_chunks += num_new + before.num_chunks + num_new - after.num_chunks
        self._bring_along()
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
            self._pending_chunks += before.num_chunks - after.num_chunks
        self._bring_along()
        return after.change_number

    def publish(self) -> None:
        """Bring the followers up to the last change and everything to the disk, and let others write."""
        with self._publishing, self._writing():
            self._pending_chunks = 0
            self._catch_up()
            self._process_lock.release()

    def mend(self) -> bool:
        """Make damaged followers again when nobody else is writing; False when that is not possible now."""
        with self._publishing, self._thread_lock:
            held = self._process_lock.is_held
            if not self._process_lock.try_acquire():
                return False
            try:
                self._catch_up()
            except StoreError as error:
                logger.warning("%s", error)
                return False
            finally:
                if not held:
                    self._process_lock.release()
            return True

    def drop_followers(self) -> None:
        """Delete the followers' files; the next `publish` or search makes them again."""
        with self._publishing, self._writing():
            for follower in self._followers:
                follower.drop()

    def close(self) -> None:
        """Let others write, when the followers have done what they are at."""
        with self._publishing:
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

    def _bring_along(self) -> None:
        """Let the followers catch up beside when much has changed; wait when they are far behind."""
        with self._thread_lock:
            beside, pending = self._beside, self._pending_chunks
            if pending < self._publish_every:
                return
            if beside is None or not beside.is_alive():
                self._pending_chunks = 0
                self._beside = threading.Thread(target=self._catch_up_beside)
                self._beside.start()
                return
        if pending >= MAX_BEHIND * self._publish_every:
            beside.join()

    def _catch_up_beside(self) -> None:
        with self._publishing:
            if not self._process_lock.is_held:
                return  # published and given away meanwhile
            try:
                self._catch_up()
            except StoreError as error:  # the changes are committed; `publish` will say it again
                logger.warning("%s", error)

    def _catch_up(self) -> None:
        """Bring followers up to the last change, all of it to the disk; the caller holds `_publishing`."""
        with self._connections.snapshot() as connection:
            state = read_state(connection)
            for follower in self._followers:
                follower.catch_up(connection, state)
        if state.forgotten_number < state.change_number:
            with self._thread_lock:
                with self._connections.transaction() as connection:
                    unneeded = forget_departures(connection, read_state(connection), state.change_number)
                for name in unneeded:
                    self._originals.drop(name)
        self._originals.settle()
        self._connections.checkpoint()
