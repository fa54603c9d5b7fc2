"""The tasks of Swallow's model card as llm-jp-eval 1.3.0 asks them: instructions, items, lengths, metrics.

The instructions are data of that project, to the character. NIILC and JEMHopQA have no context and so
measure what a model remembers; with retrieval on, what it was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import orjson

from evaluation.datasets.files import read_bytes
from evaluation.datasets.squad import load_squad
from rag.errors import SettingsError

NUM_EXAMPLES = 4
NUM_CHOICES = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One question: ``context`` is what it is asked about, where the set has one; ``answer`` is gold.

    ``extra`` follows the question in the prompt, such as the choices.
    """

    id: str
    question: str
    answer: str
    context: str = ""
    extra: str = ""

    def as_input(self, context: str = "") -> str:
        r"""What stands in the slot 入力: 「文章：…\n質問：…」, or 「質問：…」 alone.

        ``context`` is retrieved text, for a set that has none of its own.
        """
        context = context or self.context
        before = f"文章：{context}\n" if context else ""
        after = f"\n{self.extra}" if self.extra else ""
        return f"{before}質問：{self.question}{after}"


@dataclass(frozen=True, slots=True)
class ModelTask:
    """How one set is asked and measured; ``read`` turns its published file into items."""

    name: str
    instruction: str
    max_new_tokens: int
    metrics: tuple[str, ...]
    read: Callable[[Path], Sequence[Item]]
    is_closed_book: bool = False


def _read_jsquad(file: Path) -> list[Item]:
    squad = load_squad(file)
    texts = {passage.id: passage.text for passage in squad.passages}
    return [
        Item(asked.id, asked.text, asked.answers[0], texts[asked.passage_id].strip())
        for asked in squad.questions
    ]


def _read_niilc(file: Path) -> list[Item]:
    rows = map(orjson.loads, read_bytes(file).splitlines())
    return [Item(row["id"], row["question"], ",".join(row["answers"])) for row in rows]


def _read_jemhopqa(file: Path) -> list[Item]:
    return [Item(row["qid"], row["question"], row["answer"]) for row in orjson.loads(read_bytes(file))]


def _read_jcommonsenseqa(file: Path) -> list[Item]:
    rows = map(orjson.loads, read_bytes(file).splitlines())
    return [Item(str(row["q_id"]), row["question"], str(row["label"]), extra=_choices(row)) for row in rows]


def _choices(row: Mapping[str, Any]) -> str:
    """「選択肢：0.世界,1.写真集,2.絵本,3.論文,4.図鑑」."""
    return "選択肢：" + ",".join(f"{i}.{row[f'choice{i}']}" for i in range(NUM_CHOICES))


_GENERATED = ("char_f1", "exact_match")

TASKS: Mapping[str, ModelTask] = MappingProxyType(
    {
        task.name: task
        for task in (
            ModelTask(
                "jsquad",
                "質問に対する回答を文章から一言で抽出してください。回答は名詞で答えてください。 "
                "それ以外には何も含めないことを厳守してください。",
                25,
                _GENERATED,
                _read_jsquad,
            ),
            ModelTask(
                "niilc",
                "質問に対する答えを出力してください。答えが複数の場合、コンマ（,）で繋げてください。",
                180,
                _GENERATED,
                _read_niilc,
                is_closed_book=True,
            ),
            ModelTask(
                "jemhopqa",
                "質問を入力とし、回答を出力してください。回答の他には何も含めないことを厳守してください。"
                "回答が'はい'と'いいえ'で答えることができる場合、'YES'と'NO'で答えてください。",
                15,
                _GENERATED,
                _read_jemhopqa,
                is_closed_book=True,
            ),
            ModelTask(
                "jcommonsenseqa",
                "質問と回答の選択肢を入力として受け取り、選択肢から回答を選択してください。"
                "なお、回答は選択肢の番号（例：0）でするものとします。 "
                "回答となる数値をint型で返し、他には何も含めないことを厳守してください。",
                1,
                ("exact_match",),
                _read_jcommonsenseqa,
            ),
        )
    }
)


def load_items(task: ModelTask, file: Path) -> tuple[Item, ...]:
    """The items of a published file, gzip-compressed or not; SettingsError when it is another one."""
    try:
        items = tuple(task.read(file))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise SettingsError(
            f"{file} is not a file of {task.name} ({error!r}): take the one that its authors publish"
        ) from error
    if not items:
        raise SettingsError(f"{file} holds no questions of {task.name}")
    return items
