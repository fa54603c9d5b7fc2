"""A reading process: takes jobs from its parent, one at a time, within a limit on its memory.

Run by `ingest.workers` as ``python -m ingest.worker FD``. What goes wrong with one file is answered
as an error of that file; what cannot be caught (a crash in a C library) ends the process, and the
parent notices.
"""

from __future__ import annotations

import gc
import resource
import sys
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.messages import Configuration, Kind, encode_error
from rag.errors import DamagedDocument, LimitExceeded, RagError

RETIRE_BYTES = 700_000_000
"""A process that holds more than this between two jobs makes room for a fresh one."""

COLLECT_EVERY = 50_000
"""So many more objects made than let go bring on a look for cycles, of which documents have few."""

_STATM = Path("/proc/self/statm")

Work = Callable[[bytes], bytes]


def main() -> None:
    """Serve the parent at the other end of the socket whose number is the only argument."""
    serve(Connection(int(sys.argv[1])), build_work)


def serve(line: Connection, build: Callable[[Configuration], Work]) -> None:
    """Read the configuration, build the work, then answer jobs until the line is closed."""
    with line:
        configuration = Configuration.from_bytes(line.recv_bytes())
        limit_memory(configuration.max_memory_bytes)
        options = replace(configuration.options, beat=lambda: line.send_bytes(bytes([Kind.ALIVE])))
        configuration = replace(configuration, options=options)
        try:
            work = build(configuration)
        except RagError as error:
            line.send_bytes(bytes([Kind.BROKEN]) + encode_error(error))
            return
        _settle()
        line.send_bytes(bytes([Kind.READY]))
        while (job := _next_job(line)) is not None:
            kind, body = answer(work, job, configuration)
            line.send_bytes(bytes([kind]) + body)
            if kind.is_last:
                return


def answer(work: Work, job: bytes, configuration: Configuration) -> tuple[Kind, bytes]:
    """The result of one job, or its error; nothing that one file does ends the process."""
    try:
        kind, body = Kind.DONE, work(job)
    except RagError as error:
        kind, body = Kind.FAILED, encode_error(error)
    except MemoryError:
        limit = f"{configuration.max_memory_bytes / 1e9:g} GB"
        message = f"needs more than {limit} of memory to read: raise ingest.max_memory_bytes to allow more"
        kind, body = Kind.FAILED_AND_ENDING, encode_error(LimitExceeded(message))
    except Exception as error:  # a library's own error that no reader foresaw: this file's, not the run's
        message = f"could not be read ({type(error).__name__}: {str(error).partition(chr(10))[0][:200]})"
        kind, body = Kind.FAILED, encode_error(DamagedDocument(message))
    return (kind.ending if _resident_bytes() > RETIRE_BYTES else kind), body


def build_work(configuration: Configuration) -> Work:
    """Load analyzer and embedder once; the work is bytes of a job → bytes of a prepared document."""
    from ingest.prepare import Preparer
    from rag.embedding.static import load_static_embedder
    from rag.text.analyzer import load_analyzer

    folder = configuration.embedder
    embedder = load_static_embedder(Path(folder)) if folder is not None else None
    words = configuration.user_dictionary
    analyzer = load_analyzer(Path(words) if words is not None else None)
    preparer = Preparer(analyzer, embedder, configuration.chunking, configuration.options)
    return preparer.work


def _settle() -> None:
    """Let Python look for cycles seldom, and never in what was loaded: models and tables stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_EVERY)


def limit_memory(num_bytes: int) -> None:
    """From here on an allocation beyond the limit raises MemoryError instead of filling the machine."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = num_bytes if hard == resource.RLIM_INFINITY else min(num_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _next_job(line: Connection) -> bytes | None:
    try:
        return line.recv_bytes()
    except (EOFError, ConnectionResetError):
        return None


def _resident_bytes() -> int:
    """What this process holds in memory now; 0 where /proc does not tell.

    Not ``ru_maxrss``: on Linux that begins with the size of the process that started this one.
    """
    pages = int(_STATM.read_bytes().split()[1]) if _STATM.exists() else 0
    return pages * resource.getpagesize()


if __name__ == "__main__":
    main()
