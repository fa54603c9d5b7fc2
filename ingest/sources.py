"""Which files a run looks at: paths given by a person → files, and what is passed over, with the reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.report import FileReport, Status
from rag.errors import LimitExceeded, ReadError
from rag.store.local import store_exists


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to ingest; ``source`` is its absolute path with forward slashes."""

    path: Path
    source: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Found:
    """What lies under the given paths; ``folders`` are the given ones, absolute."""

    files: tuple[SourceFile, ...]
    passed_over: tuple[FileReport, ...]
    folders: tuple[Path, ...]

    @property
    def size_bytes(self) -> int:
        """Size of all files together."""
        return sum(file.size_bytes for file in self.files)

    def holds(self, source: str) -> bool:
        """True for a source below one of the given folders."""
        return any(Path(source).is_relative_to(folder) for folder in self.folders)


def find_files(paths: Iterable[Path]) -> Found:
    """Every file given, and every file below the folders given, in order of name, each once.

    A given path is resolved, so that it names the same documents from everywhere. Hidden files and
    folders, Office's lock files (``~$規程.docx``), links to folders, stores and what is not a plain file
    are passed over and told. Raises ReadError for a path that cannot be had.
    """
    files: dict[str, SourceFile] = {}
    passed_over: dict[str, FileReport] = {}
    folders = []
    for given in paths:
        root = _resolve(given)
        if root.is_dir():
            folders.append(root)
        for path in _walk(root, passed_over) if root.is_dir() else [root]:
            looked_at = (path != root and _by_name(path)) or _look_at(path)
            kept = files if isinstance(looked_at, SourceFile) else passed_over
            kept[looked_at.source] = looked_at  # type: ignore[assignment]
    return Found(tuple(files.values()), tuple(passed_over.values()), tuple(folders))


def read_source(path: Path, max_bytes: int) -> bytes:
    """The bytes of a file; LimitExceeded above ``max_bytes``, ReadError when it cannot be opened."""
    try:
        size = _resolve(path).stat().st_size
        if size > max_bytes:
            raise LimitExceeded(
                f"{path}: {size} bytes, more than ingest.max_file_bytes = {max_bytes}: raise it to allow more"
            )
        return path.read_bytes()
    except OSError as error:
        raise ReadError(f"{path} cannot be opened: {error.strerror}") from error


def _resolve(given: Path) -> Path:
    try:
        given.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ReadError(f"{given} does not exist: check the path") from error
    except OSError as error:
        raise ReadError(f"{given} cannot be looked at ({error.strerror}): check the path") from error
    return given.resolve()


def is_gone(path: Path) -> bool:
    """True only when there is surely nothing: a place that cannot be looked at may still hold the file."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _walk(folder: Path, passed_over: dict[str, FileReport]) -> Iterator[Path]:
    """Files below a folder; what is not entered or not opened lands in ``passed_over``."""

    def pass_over(path: Path, reason: str, message: str) -> None:
        report = _passed_over(path, reason, message)
        passed_over[report.source] = report

    def tell(error: OSError) -> None:
        pass_over(Path(error.filename), "not-permitted", f"{error.filename}: {error.strerror}")

    for name, subfolders, filenames in os.walk(folder, onerror=tell):
        here = Path(name)
        for subfolder in list(subfolders):
            path = here / subfolder
            if subfolder.startswith("."):
                pass_over(path, "hidden", "a hidden folder")
            elif path.is_symlink():
                pass_over(path, "link-to-folder", "a link to a folder: give the folder itself")
            elif store_exists(path):
                pass_over(path, "store", "a store of this program, which holds copies of the documents")
            else:
                continue
            subfolders.remove(subfolder)
        subfolders.sort()
        yield from (here / filename for filename in sorted(filenames))


_NAMES = (
    (".", "hidden", "a hidden file"),
    ("~$", "lock-file", "a lock file of an open Office document"),
)


def is_passed_over(path: Path, folder: Path) -> bool:
    """Whether `find_files` on the folder would pass over this path below it for its name or its place."""
    *above, name = path.relative_to(folder).parts or ("",)
    return any(part.startswith(".") for part in above) or name.startswith(
        tuple(prefix for prefix, *_ in _NAMES)
    )


def _by_name(path: Path) -> FileReport | None:
    """What is passed over for its name; a file that was given itself is not asked."""
    for prefix, reason, message in _NAMES:
        if path.name.startswith(prefix):
            return _passed_over(path, reason, message)
    return None


def _look_at(path: Path) -> SourceFile | FileReport:
    try:
        path.as_posix().encode()
        status = path.stat()
    except UnicodeEncodeError:
        return _passed_over(path, "file-name", "its name is not UTF-8: rename the file")
    except OSError as error:
        return _passed_over(path, "not-permitted", f"cannot be looked at: {error.strerror}")
    if not stat.S_ISREG(status.st_mode):
        return _passed_over(path, "not-a-file", "neither a file nor a folder")
    return SourceFile(path, path.as_posix(), status.st_size)


def _passed_over(path: Path, reason: str, message: str) -> FileReport:
    source = path.as_posix().encode(errors="surrogateescape").decode(errors="replace")
    return FileReport(source, Status.SKIPPED, reason, message)
