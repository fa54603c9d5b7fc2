"""How often the encoding of a short Japanese text is told right, with nothing but its bytes.

    python benchmarks/decoding.py ../shared/data

Stretches of at least 60 bytes, drawn from passages of Wikipedia (JSQuAD, JaQuAD), in every encoding that can
hold them, without a byte order mark; right is what comes back letter by letter. Then text that was garbled
before it was saved: how much of it is restored, and whether sound text is ever touched.
"""

from __future__ import annotations

import gzip
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from ingest.encoding import decode
from ingest.mojibake import repair

ENCODINGS = ("utf-8", "cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be")
GARBLED = (("utf-8", "latin-1"), ("utf-8", "cp932"), ("cp932", "latin-1"), ("euc_jp", "latin-1"))
MIN_BYTES = 60
SETS = ("jsquad/valid-v1.3.half-a.json.gz", "jaquad/train.json.gz")
NUM_PASSAGES = 3_000


def passages(folder: Path) -> list[str]:
    """Contexts without JSQuAD's title, a fixed sample of them."""
    found = []
    for name in SETS:
        articles = json.loads(gzip.decompress((folder / name).read_bytes()))["data"]
        found += [
            one["context"].split("[SEP]")[-1].strip() for page in articles for one in page["paragraphs"]
        ]
    return random.Random(1).sample(found, NUM_PASSAGES)


def stretches(texts: list[str], encoding: str) -> Iterator[bytes]:
    """One stretch of 30 to 120 characters a text, where the encoding can hold it."""
    chance = random.Random(encoding)
    for text in texts:
        start = chance.randrange(max(len(text) - 120, 1))
        try:
            data = text[start : start + chance.randint(30, 120)].encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(data) >= MIN_BYTES:
            yield data


def show(name: str, right: int, total: int) -> None:
    print(f"{name:28}{right:>7,} of {total:>6,}  {right / total:7.2%}")


def main(folder: Path) -> None:
    texts = passages(folder)
    all_right = all_tried = 0
    for encoding in ENCODINGS:
        tried = list(stretches(texts, encoding))
        right = sum(decode(data).text == data.decode(encoding) for data in tried)
        show(encoding, right, len(tried))
        all_right, all_tried = all_right + right, all_tried + len(tried)
    show("all", all_right, all_tried)
    print("\ngarbled, then saved in UTF-8; restored letter by letter, or but for what was lost:")
    for meant, taken in GARBLED:
        tried = list(stretches(texts, meant))
        repaired = [repair(data.decode(taken, "replace")) for data in tried]
        whole = sum(one.text == data.decode(meant) for one, data in zip(repaired, tried, strict=True))
        show(f"{meant} taken for {taken}", whole, len(tried))
        show("  partly, losses shown", sum(bool(one.num_lost) for one in repaired), len(tried))
    touched = sum(repair(text).text != text for text in texts)
    show("sound text left alone", len(texts) - touched, len(texts))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/decoding.py FOLDER")
    main(Path(sys.argv[1]))
