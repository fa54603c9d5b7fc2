"""Other programs that readers call where the system has them: text recognition, conversion of old formats.

A program gets its own group, a limit on its time and on the processor time of all it starts, and one thread;
the memory limit of the reading process holds for it too.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress

from rag.errors import DamagedDocument, LimitExceeded

_CPU_GRACE_SECONDS = 5
"""An orphan, whose parent was killed, ends by itself soon after its time."""


def run_program(
    arguments: Sequence[str],
    *,
    name: str,
    timeout_seconds: float,
    data: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> bytes:
    """Run a program on ``data`` and return what it writes.

    Raises LimitExceeded when it takes too long and DamagedDocument when it fails; ``name`` is the file's.
    """
    program = arguments[0].rpartition("/")[2]
    process = subprocess.Popen(  # noqa: S603 - found on the system, arguments are ours
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "OMP_THREAD_LIMIT": "1", **(environment or {})},
    )
    _limit_time(process.pid, timeout_seconds)
    try:
        output, complaint = process.communicate(data, timeout=timeout_seconds)
    except subprocess.TimeoutExpired as error:
        raise LimitExceeded(
            f"{name}: {program} was not done after {timeout_seconds:.0f} s: "
            "raise ingest.timeout_seconds to allow more"
        ) from error
    finally:
        _end(process)
    if process.returncode:
        reason = complaint.decode(errors="replace").strip().partition("\n")[0][:200]
        raise DamagedDocument(f"{name}: {program} failed on it ({reason or f'code {process.returncode}'})")
    return output


def _limit_time(pid: int, seconds: float) -> None:
    """Processor time for an orphan; Linux alone can set it from outside."""
    limit = int(seconds) + _CPU_GRACE_SECONDS
    if hasattr(resource, "prlimit"):
        with suppress(ProcessLookupError, PermissionError, ValueError):
            resource.prlimit(pid, resource.RLIMIT_CPU, (limit, limit))


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            with suppress(OSError):
                stream.close()
