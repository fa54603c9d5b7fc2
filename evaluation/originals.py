"""Original files of a shared data folder: archives unpacked, sentences read by their place."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from evaluation.datasets.base import Place
from rag.errors import SettingsError

_ARCHIVES = (".tar.gz", ".tgz", ".tar")
_ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16", "utf-16-le", "utf-16-be")


def is_archive(path: Path) -> bool:
    """By its name."""
    return path.name.endswith(_ARCHIVES)


def unpack(archive: Path, folder: Path) -> Path:
    """Unpack an archive below ``folder`` and return where. Raises SettingsError."""
    target = folder / archive.name.partition(".")[0]
    try:
        with tarfile.open(archive) as opened:
            opened.extractall(target, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise SettingsError(f"{archive} cannot be unpacked: {error}") from error
    return target


def read_sentences(root: Path, places: Collection[Place]) -> dict[Place, str]:
    """The sentence at each place below ``root``; a place that cannot be read, or has changed, is left out."""
    files = read_files(root, {(place.collection, place.file) for place in places})
    found = {}
    for place in places:
        data = files.get((place.collection, place.file))
        sentence = None if data is None else _cut(data, place)
        if sentence is not None:
            found[place] = sentence
    return found


def _cut(data: bytes, place: Place) -> str | None:
    """The encoding is the one in which the hash of the sentence agrees; a byte order mark is a character."""
    for encoding in _ENCODINGS:
        text = data.decode(encoding, errors="replace")
        sentence = text[place.offset : place.offset + place.length]
        if hashlib.sha256(sentence.encode(errors="replace")).hexdigest().startswith(place.sha256):
            return sentence
    return None


def read_files(root: Path, wanted: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], bytes]:
    """The bytes of files told as (folder or archive, path in it); missing ones are left out."""
    read: dict[tuple[str, str], bytes] = {}
    for collection in sorted({name for name, _ in wanted}):
        names = {file for of, file in wanted if of == collection}
        path = root / collection
        members = _members(path, names) if is_archive(path) else _files(path, names)
        read |= {(collection, name): data for name, data in members}
    return read


def _files(folder: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        if (folder / name).is_file():
            yield name, (folder / name).read_bytes()


def _members(archive: Path, names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """One pass over the archive: reading it out of order would unpack it again for every file."""
    try:
        with tarfile.open(archive) as opened:
            for member in opened:
                name = member.name.removeprefix("./")
                if name in names and (file := opened.extractfile(member)) is not None:
                    yield name, file.read()
    except FileNotFoundError:
        return
    except (OSError, tarfile.TarError) as error:
        raise SettingsError(f"{archive} cannot be read: {error}") from error
