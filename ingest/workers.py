"""Child processes that do the dangerous and the slow part, each job within limits.

A reader may crash, hang or eat all memory on one bad file: then its process is lost, that job fails,
and the others go on. Processes are started plainly and spoken to in bytes over a socket: nothing is
pickled, nothing of the caller's main module is imported, and it works from any thread.

Not covered: a job may still read files and use the network as the user may.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Self

from ingest.messages import Kind, decode_error
from rag.errors import LimitExceeded, RagError, ReadError

START_SECONDS = 60.0
"""How long a process may take to load its models."""

END_SECONDS = 5.0
"""How long an idle process may take to end by itself."""

AHEAD_BYTES = 32_768
"""A smaller job is sent ahead to a busy worker: it fits the socket's buffer, so sending never blocks."""

MAX_UNDERWAY_BYTES = 64_000_000
"""More than this is not handed out at once, except a single larger job."""


@dataclass(frozen=True, slots=True)
class Job:
    """Bytes to work on, known to the caller by ``key``."""

    key: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take; memory is that of its whole process."""

    timeout_seconds: float
    memory_bytes: int


Outcome = tuple[Job, bytes | RagError]


@dataclass(slots=True)
class _Worker:
    """One process, its end of the line, and the jobs it was sent: the first is being done."""

    process: subprocess.Popen[bytes]
    line: Connection
    deadline: float
    jobs: deque[Job] = field(default_factory=deque)
    is_ready: bool = False

    def stop(self) -> None:
        """An idle process ends by itself when the line is closed; any other is killed."""
        self.line.close()
        if self.jobs:
            self.process.kill()
        self.exit_code()

    def exit_code(self) -> int:
        """Wait for the end, which was asked for or has come; who does not end is killed."""
        try:
            return self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


class WorkerPool:
    """Up to ``num_workers`` processes running ``module``, started when there is work for them.

    ``module`` is run with ``python -m``; it speaks `ingest.messages`. ``configuration`` is the first
    message it gets. A context manager: leaving it ends every process at once.
    """

    def __init__(self, module: str, configuration: bytes, limits: Limits, num_workers: int) -> None:
        self._module = module
        self._configuration = configuration
        self._limits = limits
        self._num_workers = num_workers
        self._workers: list[_Worker] = []
        self._returned: deque[Job] = deque()

    def run(self, jobs: Iterator[Job]) -> Iterator[Outcome]:
        """Every job with its result or the reason why it has none, in the order in which they end.

        ``jobs`` is read only as far as there is room, so that a long run holds few jobs at once.
        """
        while True:
            self._hand_out(jobs)
            if not any(worker.jobs for worker in self._workers):
                return
            yield from self._collect()

    def close(self) -> None:
        """End every process, whatever it does."""
        for worker in self._workers:
            worker.line.close()
        while self._workers:
            self._workers.pop().stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hand_out(self, jobs: Iterator[Job]) -> None:
        """Give jobs to idle workers, then to new ones, then ahead to busy ones."""
        while (job := self._returned.popleft() if self._returned else next(jobs, None)) is not None:
            underway = sum(len(sent.payload) for worker in self._workers for sent in worker.jobs)
            worker = (
                self._worker_for(job)
                if not underway or underway + len(job.payload) <= MAX_UNDERWAY_BYTES
                else None
            )
            if worker is None:
                self._returned.appendleft(job)
                return
            self._send(worker, job)

    def _worker_for(self, job: Job) -> _Worker | None:
        for worker in self._workers:
            if not worker.jobs:
                return worker
        if len(self._workers) < self._num_workers:
            return self._start()
        if len(job.payload) <= AHEAD_BYTES:
            return next(
                (worker for worker in self._workers if worker.is_ready and len(worker.jobs) == 1), None
            )
        return None

    def _send(self, worker: _Worker, job: Job) -> None:
        if not worker.jobs and worker.is_ready:
            worker.deadline = time.monotonic() + self._limits.timeout_seconds
        worker.jobs.append(job)
        # A process that is gone is noticed at the next wait, and the job is judged there.
        with suppress(OSError):
            worker.line.send_bytes(job.payload)

    def _start(self) -> _Worker:
        ours, theirs = Pipe()
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", self._module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C reaches the parent alone, which ends its children
            )
        worker = _Worker(process, ours, time.monotonic() + START_SECONDS)
        self._workers.append(worker)
        worker.line.send_bytes(self._configuration)
        return worker

    def _collect(self) -> Iterator[Outcome]:
        """Wait for the next message or deadline, and tell what ended by it."""
        busy = [worker for worker in self._workers if worker.jobs]
        now = time.monotonic()
        speaking = wait(
            [worker.line for worker in busy], max(min(worker.deadline for worker in busy) - now, 0)
        )
        now = time.monotonic()
        for worker in busy:
            if worker.line in speaking:
                yield from self._listen(worker)
            elif now >= worker.deadline:
                yield self._lose(worker, self._late(worker))

    def _listen(self, worker: _Worker) -> Iterator[Outcome]:
        try:
            message = worker.line.recv_bytes()
        except (EOFError, OSError):
            yield self._lose(worker, self._dead(worker))
            return
        kind, body = Kind(message[0]), message[1:]
        worker.deadline = time.monotonic() + self._limits.timeout_seconds
        if kind is Kind.READY:
            worker.is_ready = True
        elif kind is Kind.ALIVE:
            return
        elif kind is Kind.BROKEN:
            raise decode_error(body)
        else:
            yield worker.jobs.popleft(), body if kind.is_result else decode_error(body)
            if kind.is_last:
                self._retire(worker)

    def _lose(self, worker: _Worker, error: RagError) -> Outcome:
        worker.process.kill()
        job = worker.jobs.popleft()
        self._retire(worker)
        return job, error

    def _retire(self, worker: _Worker) -> None:
        """End a process; what it had not begun is handed out again."""
        self._returned.extend(worker.jobs)
        worker.jobs.clear()
        self._workers.remove(worker)
        worker.stop()

    def _late(self, worker: _Worker) -> ReadError:
        if not worker.is_ready:
            raise RagError(
                f"a reading process was not ready after {START_SECONDS:.0f} s: the machine is overloaded"
            )
        limit = self._limits.timeout_seconds
        return LimitExceeded(f"not read after {limit:g} s: raise ingest.timeout_seconds to allow more")

    def _dead(self, worker: _Worker) -> ReadError:
        code = worker.exit_code()
        if not worker.is_ready:
            raise RagError(
                f"a reading process ended with code {code} before it was ready: "
                f"raise ingest.max_memory_bytes (now {self._limits.memory_bytes})"
            )
        return ReadError(f"the reading process crashed on it ({_name_of(code)}): the file may be damaged")


def _name_of(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def _environment() -> dict[str, str]:
    """Ours, with our import path, and with one thread a process: the processes are the parallelism."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**os.environ, **threads, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
