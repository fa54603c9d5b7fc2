"""The pool: one bad job costs that job and nothing else."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.chunking import Chunking
from ingest.messages import Configuration
from ingest.workers import Job, Limits, WorkerPool
from rag.errors import DamagedDocument, LimitExceeded, ModelUnavailable, RagError, ReadError

# A process that does to itself what bad files do to readers: the job says what.
MISBEHAVING = """
import os, signal, sys, time
from multiprocessing.connection import Connection
from ingest.worker import serve
from rag.errors import EncryptedDocument, ModelUnavailable

KEPT = []
BEAT = []

def work(job):
    match job.split(b":"):
        case [b"crash"]: os.kill(os.getpid(), signal.SIGSEGV)
        case [b"exit"]: os._exit(3)
        case [b"hang"]: time.sleep(60)
        case [b"eat"]: bytearray(50_000_000_000)
        case [b"locked"]: raise EncryptedDocument("a password is needed")
        case [b"bug"]: raise KeyError("styles.xml")
        case [b"grow"]: KEPT.append(b"x" * 750_000_000)
        case [b"sleep", seconds]: time.sleep(float(seconds))
        case [b"slow but alive"]:
            for _ in range(5):
                time.sleep(0.4)
                BEAT[0]()
    return str(os.getpid()).encode() + b":" + job

def build(configuration):
    BEAT.append(configuration.options.beat)
    if configuration.embedder == "absent":
        raise ModelUnavailable("no model at absent")
    if configuration.embedder == "crash":
        os._exit(4)
    return work

serve(Connection(int(sys.argv[1])), build)
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The misbehaving process as a module that the pool can run."""
    (tmp_path / "misbehaving_worker.py").write_text(MISBEHAVING, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "misbehaving_worker"


def pool_of(
    module: str, num_workers: int = 2, timeout: float = 30.0, embedder: str | None = None
) -> WorkerPool:
    configuration = Configuration(Chunking(400), 2_000_000_000, embedder)
    return WorkerPool(module, configuration.to_bytes(), Limits(timeout, 2_000_000_000), num_workers)


def jobs_of(*payloads: bytes) -> Iterator[Job]:
    return (Job(str(number), payload) for number, payload in enumerate(payloads))


def outcomes(pool: WorkerPool, *payloads: bytes) -> dict[str, bytes | RagError]:
    with pool:
        return {job.key: result for job, result in pool.run(jobs_of(*payloads))}


BAD = [
    ("a crash in a library", b"crash", ReadError, "signal 11"),
    ("a library that ends the process", b"exit", ReadError, "exit code 3"),
    ("a file that never ends", b"hang", LimitExceeded, "ingest.timeout_seconds"),
    ("a file that eats all memory", b"eat", LimitExceeded, "ingest.max_memory_bytes"),
    ("a reader's own word", b"locked", ReadError, "a password is needed"),
    ("an error that no reader foresaw", b"bug", DamagedDocument, "KeyError: 'styles.xml'"),
]


@pytest.mark.parametrize(
    ("payload", "error", "message"), [case[1:] for case in BAD], ids=[case[0] for case in BAD]
)
def test_a_bad_job_fails_alone(module: str, payload: bytes, error: type[RagError], message: str):
    results = outcomes(pool_of(module, timeout=1.5), b"a", b"b", payload, b"c", b"d", b"e")
    failed = results.pop("2")
    assert isinstance(failed, error)
    assert message in str(failed)
    assert all(isinstance(result, bytes) for result in results.values())
    assert len(results) == 5


def test_who_beats_may_take_longer(module: str):
    """Five pages of 0.4 s each, and 1.5 s for what tells nothing."""
    results = outcomes(pool_of(module, num_workers=1, timeout=1.5), b"slow but alive", b"a")
    assert [isinstance(result, bytes) for result in results.values()] == [True, True]


def test_no_jobs_start_no_process(module: str):
    assert outcomes(pool_of(module)) == {}


def test_one_worker_does_all_jobs_in_order(module: str):
    with pool_of(module, num_workers=1) as pool:
        done = [(job.key, result) for job, result in pool.run(jobs_of(*(b"%d" % n for n in range(20))))]
    assert [key for key, _ in done] == [str(n) for n in range(20)]
    assert len({result.split(b":")[0] for _, result in done if isinstance(result, bytes)}) == 1


def processes(results: dict[str, bytes | RagError]) -> list[bytes]:
    return [result.split(b":")[0] for result in results.values() if isinstance(result, bytes)]


def test_a_process_that_has_grown_makes_room_for_a_fresh_one(module: str):
    first, grown, *others = processes(outcomes(pool_of(module, num_workers=1), b"a", b"grow", b"b", b"c"))
    assert first == grown
    assert set(others) != {first}
    assert len(set(others)) == 1


def test_the_size_of_the_parent_does_not_count(module: str):
    large = b"x" * 750_000_000
    assert len(set(processes(outcomes(pool_of(module, num_workers=1), b"a", b"b", b"c")))) == 1
    del large


def test_two_workers_share_the_jobs(module: str):
    assert len(set(processes(outcomes(pool_of(module), *[b"sleep:0.2"] * 6)))) == 2


def test_large_jobs_and_results_pass(module: str):
    payload = b"x" * 40_000_000
    results = outcomes(pool_of(module), payload, payload, payload)
    assert [len(result) > len(payload) for result in results.values() if isinstance(result, bytes)] == [
        True
    ] * 3


def test_jobs_are_taken_only_as_there_is_room(module: str):
    taken = 0

    def endless() -> Iterator[Job]:
        nonlocal taken
        while True:
            taken += 1
            yield Job(str(taken), b"small")

    with pool_of(module, num_workers=1) as pool:
        outcome = pool.run(endless())
        for _ in range(10):
            next(outcome)
        assert taken <= 13


def test_leaving_ends_a_busy_process_at_once(module: str):
    began = time.monotonic()
    with pool_of(module, num_workers=1) as pool:
        outcome = pool.run(jobs_of(b"a", b"hang"))
        _, first = next(outcome)
        assert isinstance(first, bytes)
        pid = int(first.split(b":")[0])
    assert time.monotonic() - began < 10
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_process_that_cannot_load_its_model_stops_the_run_with_its_own_words(module: str):
    with pytest.raises(ModelUnavailable, match="no model at absent"):
        outcomes(pool_of(module, embedder="absent"), b"a")


def test_a_process_that_dies_before_it_is_ready_stops_the_run(module: str):
    with pytest.raises(RagError, match=r"code 4 before it was ready: raise ingest\.max_memory_bytes"):
        outcomes(pool_of(module, embedder="crash"), b"a")
