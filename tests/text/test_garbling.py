"""What nobody would write, and what looks odd and is right."""

from __future__ import annotations

import pytest

from rag.text.garbling import count_wrong, looks_garbled

SENTENCE = "年次有給休暇は、入社から半年を過ぎた社員に与える。"
CASES = [
    (SENTENCE, False, "Japanese"),
    ("", False, "nothing"),
    (SENTENCE.encode().decode("cp932", "replace"), True, "UTF-8 read as Shift_JIS"),
    (SENTENCE.encode().decode("latin-1"), True, "UTF-8 read as Latin-1"),
    (SENTENCE.encode("cp932").decode("utf-8", "replace"), True, "Shift_JIS read as UTF-8"),
    ("".join(chr(0xE000 + number) for number in range(20)), True, "a font's private characters"),
    (SENTENCE * 5 + "\ufffd", False, "a single gap in a page"),
    ("縺れた糸をほどく。" + SENTENCE, False, "縺 as it is really used"),
    ("café à la crème, naïve, São Paulo", False, "Latin letters with accents"),
    ("「♪☆※→①㈱」髙﨑", False, "signs and variants of offices"),
]


@pytest.mark.parametrize(("text", "garbled", "reason"), CASES)
def test_what_looks_garbled(text: str, garbled: bool, reason: str) -> None:
    assert looks_garbled(text) is garbled, reason


def test_wrong_characters_are_counted() -> None:
    assert count_wrong("a\ufffdb\ue000") == 2
