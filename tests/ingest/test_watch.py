"""A folder kept in step: what happens to files happens to the store, and to nothing else."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.report import IngestReport, Status
from ingest.watch import FolderFollower, Followed, Listener, watch_folder
from rag.errors import ReadError, StoreBusy
from rag.settings import Settings, load_settings
from rag.store.local import open_store
from rag.store.local.lock import WriterLock
from rag.types import EVERYTHING

QUIET = 0.2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "規程"
    path.mkdir()
    (path / "休暇.txt").write_text("年次有給休暇は二十日とする。", encoding="utf-8")
    (path / "旅費.txt").write_text("宿泊費は一泊一万円までとする。", encoding="cp932")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(arguments={"store.path": tmp_path / "store"}, environment={})


@pytest.fixture
def fresh(folder: Path, settings: Settings) -> FolderFollower:
    """One for an empty store."""
    return FolderFollower(folder, settings)


@pytest.fixture
def follower(fresh: FolderFollower) -> FolderFollower:
    """One that has seen the folder."""
    assert fresh.compare().num_documents == 2
    return fresh


def names(settings: Settings) -> list[str]:
    with open_store(settings.store.path, None, read_only=True) as store:
        return sorted(info.name for info in store.document_infos(EVERYTHING))


def told(followed: list[Followed]) -> list[tuple[str, str]]:
    return [
        ("renamed" if one.renamed_from else one.report.status, Path(one.report.source).name)
        for one in followed
    ]


def test_created_and_changed_files_are_read(
    folder: Path, follower: FolderFollower, settings: Settings
) -> None:
    (folder / "慶弔.txt").write_text("慶弔休暇は五日とする。", encoding="utf-8")
    (folder / "休暇.txt").write_text("年次有給休暇は二十五日とする。", encoding="utf-8")
    followed = follower.follow([folder / "休暇.txt", folder / "慶弔.txt", folder / "旅費.txt"])
    assert told(followed) == [(Status.UPDATED, "休暇.txt"), (Status.ADDED, "慶弔.txt")]
    assert names(settings) == ["休暇.txt", "慶弔.txt", "旅費.txt"]


def test_a_file_or_a_whole_folder_that_is_gone_is_taken_out(
    folder: Path, follower: FolderFollower, settings: Settings
) -> None:
    below = folder / "別冊"
    below.mkdir()
    (below / "様式.txt").write_text("様式第一号", encoding="utf-8")
    follower.follow([below / "様式.txt"])
    shutil.rmtree(below)
    (folder / "旅費.txt").unlink()
    followed = follower.follow([below, folder / "旅費.txt", folder / "知らない.tmp"])
    assert sorted(told(followed)) == [(Status.REMOVED, "旅費.txt"), (Status.REMOVED, "様式.txt")]
    assert names(settings) == ["休暇.txt"]


def test_a_renamed_file_is_one_change(folder: Path, follower: FolderFollower, settings: Settings) -> None:
    (folder / "旅費.txt").rename(folder / "出張旅費.txt")
    [followed] = follower.follow([folder / "旅費.txt", folder / "出張旅費.txt"])
    assert followed.renamed_from == (folder / "旅費.txt").as_posix()
    assert names(settings) == ["休暇.txt", "出張旅費.txt"]


def test_what_a_run_passes_over_is_not_followed(folder: Path, fresh: FolderFollower) -> None:
    paths = [folder / ".下書き.txt", folder / "~$休暇.docx", folder / ".git" / "HEAD"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text("本文", encoding="utf-8")
    assert fresh.follow(paths) == []


def test_an_unreadable_file_is_told_with_its_reason(folder: Path, fresh: FolderFollower) -> None:
    (folder / "空.txt").write_bytes(b"")
    [followed] = fresh.follow([folder / "空.txt"])
    assert (followed.report.status, followed.report.reason) == (Status.SKIPPED, "EmptyDocument")


def test_a_step_waits_for_nobody(folder: Path, follower: FolderFollower, settings: Settings) -> None:
    lock = WriterLock(settings.store.path)
    lock.acquire()
    (folder / "旅費.txt").unlink()
    with pytest.raises(StoreBusy):
        follower.follow([folder / "旅費.txt"])
    lock.release()
    assert told(follower.follow([folder / "旅費.txt"])) == [(Status.REMOVED, "旅費.txt")]


class Watched:
    """What a watching thread told so far."""

    def __init__(self) -> None:
        self.reports: list[IngestReport] = []
        self.followed: list[Followed] = []
        self.error: BaseException | None = None

    def wait_for(self, condition: Callable[[], bool]) -> None:
        until = time.monotonic() + 30
        while not condition() and self.error is None:
            assert time.monotonic() < until, told(self.followed)
            time.sleep(0.01)

    def wait_told(self, change: tuple[str, str]) -> None:
        self.wait_for(lambda: change in told(self.followed))


@contextmanager
def watching(folder: Path, settings: Settings, *, poll: bool = False) -> Iterator[Watched]:
    watched, stop = Watched(), threading.Event()

    def watch() -> None:
        try:
            watch_folder(
                FolderFollower(folder, settings),
                Listener(watched.reports.append, watched.followed.append),
                stop=stop,
                poll=poll,
                quiet_seconds=QUIET,
            )
        except ReadError as error:
            watched.error = error

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        watched.wait_for(lambda: bool(watched.reports))
        yield watched
    finally:
        stop.set()
        thread.join()


def test_a_folder_is_followed_while_it_changes(folder: Path, tmp_path: Path) -> None:
    """The store stands inside the folder, and is no document of it."""
    settings = load_settings(arguments={"store.path": folder / "倉庫"}, environment={})
    with watching(folder, settings) as watched:
        assert watched.reports[0].num_documents == 2
        (folder / "慶弔.txt").write_text("慶弔休暇は五日とする。", encoding="utf-8")
        watched.wait_told((Status.ADDED, "慶弔.txt"))
        (folder / "慶弔.txt").rename(folder / "弔慰.txt")
        watched.wait_told(("renamed", "弔慰.txt"))
        outside = tmp_path / "別冊"
        outside.mkdir()
        (outside / "様式.txt").write_text("様式第一号", encoding="utf-8")
        outside.rename(folder / "別冊")
        watched.wait_told((Status.ADDED, "様式.txt"))
        shutil.rmtree(folder / "別冊")
        watched.wait_told((Status.REMOVED, "様式.txt"))
    assert len(watched.followed) == 4
    assert names(settings) == ["休暇.txt", "弔慰.txt", "旅費.txt"]


def test_a_file_is_read_once_and_whole_when_its_writer_is_done(folder: Path, settings: Settings) -> None:
    with watching(folder, settings) as watched:
        with (folder / "議事録.txt").open("w", encoding="utf-8") as file:
            for number in range(8):
                file.write(f"発言{number}。\n")
                file.flush()
                time.sleep(QUIET / 4)
        watched.wait_told((Status.ADDED, "議事録.txt"))
        time.sleep(3 * QUIET)
    [followed] = watched.followed
    assert followed.report.num_chars == len("発言0。\n") * 8 - 1


def test_a_folder_is_listed_again_and_again_where_nobody_tells(folder: Path, settings: Settings) -> None:
    with watching(folder, settings, poll=True) as watched:
        (folder / "慶弔.txt").write_text("慶弔休暇は五日とする。", encoding="utf-8")
        watched.wait_told((Status.ADDED, "慶弔.txt"))


def test_a_folder_that_goes_ends_the_watch_and_leaves_the_store(folder: Path, settings: Settings) -> None:
    with watching(folder, settings) as watched:
        shutil.rmtree(folder)
        watched.wait_for(lambda: False)
    assert "is gone" in str(watched.error)
    assert len(names(settings)) == 2
