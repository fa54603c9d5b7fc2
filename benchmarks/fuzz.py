"""Damaged documents for every reader: whatever the bytes are, a run ends with a report.

    make fuzz
    python benchmarks/fuzz.py [FOLDER] [--rounds N] [--seed N]

Every file is cut short, has bytes changed, doubled or zeroed, and is read in a reading process. Printed is
how the readings ended; a crash or a file over its time is a finding, and its bytes are kept.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ingest.messages import Configuration, FileJob, decode_job
from ingest.workers import Job, Limits, WorkerPool
from rag.bundled import bundled_path
from rag.errors import LimitExceeded, ReadError

MEMORY_BYTES = 2_000_000_000
SECONDS = 30.0
KEPT = Path("fuzz-findings")

Damage = Callable[[bytearray, random.Random], bytearray]


def cut(data: bytearray, chance: random.Random) -> bytearray:
    return data[: chance.randrange(len(data))]


def flip(data: bytearray, chance: random.Random) -> bytearray:
    for _ in range(chance.randint(1, 1 + len(data) // 200)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def double(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    return data[:start] + data[start : start + chance.randint(1, 5_000)] * 3 + data[start:]


def blank(data: bytearray, chance: random.Random) -> bytearray:
    start = chance.randrange(len(data))
    end = min(start + chance.randint(1, 500), len(data))
    return data[:start] + bytes(end - start) + data[end:]


DAMAGES: dict[str, Damage] = {"cut": cut, "flip": flip, "double": double, "blank": blank}


def jobs(folder: Path, rounds: int, seed: int) -> Iterator[Job]:
    """Every file in every damage, ``rounds`` times, the same for the same seed."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    for number in range(rounds):
        for path in files:
            for name, damage in DAMAGES.items():
                chance = random.Random(f"{seed} {number} {path.name} {name}")
                data = bytes(damage(bytearray(path.read_bytes()), chance))
                source = f"/{number}-{name}-{path.name}"
                yield Job(source, FileJob(source, "fuzz", "", "", data).to_bytes())


def file_of(job: Job) -> bytes:
    """The damaged bytes alone."""
    file = decode_job(job.payload)
    return file.data if isinstance(file, FileJob) else b""


def is_finding(result: bytes | Exception) -> bool:
    """A crash, or more time or memory than a small file may take; a reason in words is no finding."""
    return type(result) is ReadError or (isinstance(result, LimitExceeded) and "raise ingest." in str(result))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, default=bundled_path("sample"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    ends: Counter[str] = Counter()
    findings = 0
    configuration = Configuration(400, MEMORY_BYTES, None)
    with WorkerPool("ingest.worker", configuration.to_bytes(), Limits(SECONDS, MEMORY_BYTES), 2) as pool:
        for job, result in pool.run(jobs(chosen.folder, chosen.rounds, chosen.seed)):
            ends["read" if isinstance(result, bytes) else type(result).__name__] += 1
            if is_finding(result):
                findings += 1
                KEPT.mkdir(exist_ok=True)
                (KEPT / Path(job.key).name).write_bytes(file_of(job))
                print(f"{job.key}: {result}")
    for end, count in ends.most_common():
        print(f"{end:<20}{count:>8,}")
    print(f"{findings} findings" + (f", kept in {KEPT}" if findings else ""))
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
