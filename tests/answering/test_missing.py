"""What an abstention says is missing, and that other answers stay as they are."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.answering.missing import MissingWords
from rag.assembly import Assembly, open_assembly
from rag.settings import Settings
from rag.types import Answer, Hit, Question
from ui.page.uploads import add_paths


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    folder = tmp_path_factory.mktemp("missing")
    (folder / "休暇.txt").write_text("休暇規程\n年次有給休暇は、一年につき二十日とする。\n", encoding="utf-8")
    (folder / "勤務.txt").write_text("勤務の心得\n勤務は九時に始まり、手当は別に定める。\n", encoding="utf-8")
    with open_assembly(
        Settings().with_values({"store.path": folder / "store", "answering.abstain_below": 1}), create=True
    ) as opened:
        add_paths(opened, [folder / "休暇.txt", folder / "勤務.txt"], "規程")
        yield opened


def hits(assembly: Assembly, question: str) -> tuple[Hit, ...]:
    return tuple(assembly.build_retriever().retrieve(Question(question), 8))


CASES = [
    # a question, its missing words, lines, why
    (
        "リモート勤務の手当はいくらですか",
        ("リモート勤務",),
        [
            "「リモート勤務」の語がどの資料にもありません",
            "答えるには、「リモート勤務の手当」の金額を述べた資料が必要です",
        ],
        "one word of a compound stands nowhere",
    ),
    (
        "年次勤務はいつですか",
        (),
        [
            "「年次勤務」の語が近い資料にありません",
            "答えるには、「年次勤務」の日付や時刻を述べた資料が必要です",
        ],
        "each word stands somewhere, the compound nowhere near",
    ),
    (
        "社長の電話番号は何番ですか",
        ("社長", "電話番号"),
        [
            "「社長」、「電話番号」の語がどの資料にもありません",
            "答えるには、「社長の電話番号」の数値を述べた資料が必要です",
        ],
        "several words",
    ),
    (
        "有給休暇は誰が承認しますか",
        ("承認",),
        [
            "「承認」の語がどの資料にもありません",
            "答えるには、「有給休暇」の担当者や名前を述べた資料が必要です",
        ],
        "who",
    ),
    ("どうですか", (), [], "no word that could be missing"),
]


@pytest.mark.parametrize(
    ("question", "missing", "lines"), [row[:3] for row in CASES], ids=[row[3] for row in CASES]
)
def test_an_abstention_says_what_is_missing(
    assembly: Assembly, question: str, missing: tuple[str, ...], lines: list[str]
) -> None:
    finish = MissingWords(assembly.store, assembly.analyzer)
    found = hits(assembly, question)
    told = finish(Question(question), Answer(question, (), found, True, 0.1, "extractive", ("元の注記",)))
    assert told.missing == missing
    assert told.notes[0] == "元の注記"
    assert list(told.notes[1:]) == (lines if found else [*lines])


def test_without_any_hit_it_says_so(assembly: Assembly) -> None:
    finish = MissingWords(assembly.store, assembly.analyzer)
    told = finish(Question("有給休暇とは"), Answer("有給休暇とは", (), (), True, 0.0, "extractive"))
    assert told.notes[0] == "この範囲には、質問の語を含む資料がありません"
    assert told.missing == ()


def test_an_answer_lacks_nothing(assembly: Assembly) -> None:
    given = Answer("q", (), (), False, 0.9, "extractive")
    assert MissingWords(assembly.store, assembly.analyzer)(Question("リモート勤務"), given) is given


def test_the_whole_flow_names_what_is_missing(assembly: Assembly) -> None:
    answer = assembly.build_flow().answer(Question("東京タワーの高さは何メートルですか"))
    assert answer.abstained
    assert answer.missing[0] == "東京タワー"
    assert answer.notes[0] == "「東京タワー」、「高さ」の語がどの資料にもありません"
