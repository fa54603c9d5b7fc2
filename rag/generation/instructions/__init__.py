"""What models are told to do: text files beside this one, for everybody to edit.

``answer.txt`` is the instruction for answering; ``answer.alpaca-ja.txt`` is taken instead for that
prompt style. ``answer.completion.examples.txt`` shows base models how it is done: examples divided by
a line ``---``, each with a line 「入力:」, the evidence, a line 「応答:」 and the answer. ``{question}``
marks the question's place; without it the question follows the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rag.errors import SettingsError

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example for a model that was not taught to follow instructions."""

    evidence: str
    answer: str


@dataclass(frozen=True, slots=True)
class Instructions:
    """The instruction text of one task in one style, with its examples."""

    text: str
    examples: tuple[Example, ...] = ()


@lru_cache(maxsize=64)
def load_instructions(task: str, style: str, folder: Path = FOLDER) -> Instructions:
    """Read the texts of a task (``answer``), those of the style where there are any.

    Raises SettingsError when the task has no text or an example does not have its two parts.
    """
    text = _read(folder / f"{task}.{style}.txt") or _read(folder / f"{task}.txt")
    if not text:
        raise SettingsError(f"there is no instruction text for {task!r}: write {folder / task}.txt")
    examples = folder / f"{task}.{style}.examples.txt"
    blocks = [block for block in _read(examples).split("\n---\n") if block.strip()]
    return Instructions(text, tuple(_parse_example(block, examples) for block in blocks))


def _read(path: Path) -> str:
    if not path.is_file():
        return ""
    try:
        # Editors on Windows put a byte order mark first and end lines in their own way.
        return path.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise SettingsError(f"instruction text {path} is not UTF-8: save it as UTF-8 ({error})") from error


def _parse_example(block: str, path: Path) -> Example:
    evidence, found, answer = block.strip().removeprefix("入力:\n").partition("\n応答:\n")
    if not (found and answer.strip()):
        raise SettingsError(
            f"an example in {path} lacks its line 「応答:」 or the answer after it: {block[:30]!r}"
        )
    return Example(evidence.strip(), answer.strip())
