"""Published states of a follower: folders of files that never change once they have their name.

A generation is made in a folder of its own that begins with hard links to the files of the last one, gets
a manifest with the hash of every file, and is renamed into place: it is there as a whole or not at all. Its
change number says how far it follows the truth. Readers that have its files open keep them when it is
deleted.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from rag.store.local.files import file_hash, sync, write_bytes

MANIFEST = "manifest.json"
MANIFEST_FORMAT = 1
_PREFIX = "gen-"
_DRAFT = ".draft"
_IGNORED_SUFFIXES = (".lock",)


class DamagedGeneration(Exception):
    """A generation cannot be trusted; the message says why. Never reaches people: the index is made again."""


class Seal(NamedTuple):
    """What a file must be."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a generation is: of which store, up to which change, with how many chunks, in which files.

    ``num_dead`` counts chunks that were taken out since the index was last made from nothing.
    """

    store_id: str
    change_number: int
    num_chunks: int
    num_dead: int
    files: Mapping[str, Seal]


@dataclass(frozen=True, slots=True)
class Generation:
    """A published folder with its manifest."""

    folder: Path
    manifest: Manifest


class Generations:
    """The generations of one follower of the store ``store_id``, in one folder."""

    def __init__(self, folder: Path, store_id: str) -> None:
        self._folder = folder
        self._store_id = store_id
        self._verified: set[tuple[str, int, int, int]] = set()

    def stamp(self) -> int:
        """Changes whenever a generation is published or deleted; cheap enough to ask before every search."""
        try:
            return self._folder.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def names(self) -> list[str]:
        """The published folders, oldest first."""
        return [folder.name for folder in self._published()]

    def newest(self) -> Generation | None:
        """The last one published, its files not yet verified; None when there is none.

        Raises DamagedGeneration.
        """
        folders = self._published()
        if not folders:
            return None
        manifest = _read_manifest(folders[-1])
        if manifest.store_id != self._store_id:
            raise DamagedGeneration(f"{folders[-1].name} belongs to another store")
        return Generation(folders[-1], manifest)

    def verify(self, generation: Generation) -> None:
        """Compare every file with its seal; raises DamagedGeneration. A file is read once a process."""
        for name, seal in generation.manifest.files.items():
            path = generation.folder / name
            try:
                self._verify_file(path, seal)
            except OSError as error:
                raise DamagedGeneration(f"{name} cannot be read: {error.strerror}") from error

    @contextmanager
    def draft(self, base: Generation | None) -> Iterator[Path]:
        """A folder to make the next generation in, beginning with the files of ``base``.

        Files in it are replaced or deleted, never written into. Whatever is not published is deleted.
        """
        folder = self._folder / f"{self._next_name()}{_DRAFT}"
        self._delete_drafts()
        folder.mkdir(parents=True)
        if base:
            for name in base.manifest.files:
                _link(base.folder / name, folder / name)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(
        self, draft: Path, base: Generation | None, *, change_number: int, num_chunks: int, num_dead: int
    ) -> Generation:
        """Seal the draft, give it its name and delete the older ones."""
        older = self._published()
        files = {path.name: self._seal(path, base) for path in sorted(draft.iterdir()) if _is_part(path)}
        manifest = Manifest(self._store_id, change_number, num_chunks, num_dead, files)
        _write_manifest(draft, manifest)
        sync(draft)
        published = draft.with_name(draft.name.removesuffix(_DRAFT))
        draft.rename(published)
        sync(self._folder)
        for folder in older:
            shutil.rmtree(folder, ignore_errors=True)
        return Generation(published, manifest)

    def drop(self) -> None:
        """Delete every generation."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _published(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(path for path in self._folder.glob(f"{_PREFIX}*") if not path.name.endswith(_DRAFT))

    def _next_name(self) -> str:
        published = self._published()
        number = int(published[-1].name.removeprefix(_PREFIX)) + 1 if published else 1
        return f"{_PREFIX}{number:08d}"

    def _delete_drafts(self) -> None:
        """Those that a kill left behind; the caller holds the writer's lock, so that nobody is at work."""
        for folder in self._folder.glob(f"{_PREFIX}*{_DRAFT}"):
            shutil.rmtree(folder, ignore_errors=True)

    def _seal(self, path: Path, base: Generation | None) -> Seal:
        """The seal of a finished file; one that is shared with ``base`` has its seal already."""
        if base and path.name in base.manifest.files and path.samefile(base.folder / path.name):
            return base.manifest.files[path.name]
        sync(path)
        seal = Seal(file_hash(path), path.stat().st_size)
        self._verified.add(_fingerprint(path, seal))
        return seal

    def _verify_file(self, path: Path, seal: Seal) -> None:
        size = path.stat().st_size
        if size != seal.size:
            raise DamagedGeneration(f"{path.name} has {size} bytes instead of {seal.size}")
        fingerprint = _fingerprint(path, seal)
        if fingerprint in self._verified:
            return
        if file_hash(path) != seal.sha256:
            raise DamagedGeneration(f"{path.name} does not match its checksum")
        self._verified.add(fingerprint)


def _is_part(path: Path) -> bool:
    return path.suffix not in _IGNORED_SUFFIXES


def _fingerprint(path: Path, seal: Seal) -> tuple[str, int, int, int]:
    status = path.stat()
    return seal.sha256, status.st_ino, status.st_size, status.st_mtime_ns


def _link(source: Path, target: Path) -> None:
    """A second name for the same file; a copy where the file system knows no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _write_manifest(folder: Path, manifest: Manifest) -> None:
    files = {name: seal._asdict() for name, seal in manifest.files.items()}
    values = {"format": MANIFEST_FORMAT, **asdict(manifest), "files": files}
    write_bytes(folder / MANIFEST, orjson.dumps(values, option=orjson.OPT_INDENT_2))


def _read_manifest(folder: Path) -> Manifest:
    try:
        values: dict[str, Any] = orjson.loads((folder / MANIFEST).read_bytes())
        if values.pop("format") != MANIFEST_FORMAT:
            raise DamagedGeneration(f"{folder.name} has a manifest of another format")
        files = {name: Seal(**seal) for name, seal in values.pop("files").items()}
        return Manifest(**values, files=files)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedGeneration(f"the manifest of {folder.name} cannot be read: {error}") from error
