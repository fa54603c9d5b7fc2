"""Records: what went in comes out, damage is one clear line, and what differs is found."""

from __future__ import annotations

import datetime as dt
import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag.answering.base import AnswerDone, AnswerEvent, HitsFound
from rag.assembly import Assembly, open_assembly
from rag.errors import RecordError
from rag.records.answers import AnswerRecord, load_record, save_record
from rag.records.comparison import compare_records
from rag.records.keeping import AnswerRecorder, recorded_question
from rag.settings import Settings
from rag.types import Question, Scope, Turn
from tests.fakes import ScriptedGenerator
from ui.page.uploads import add_paths

RULE = "休暇規程\n年次有給休暇は、一年につき{}とする。\n"
ASKED = Question(
    "それは何日ですか",
    Scope("甲", frozenset({"規程"}), as_of=dt.date(2025, 4, 1)),
    (Turn("年次有給休暇は誰がもらえますか", "全員です。"),),
)
NOON = dt.datetime(2026, 4, 1, 12, 0, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assembly]:
    """One document, not to be changed; no records are kept."""
    folder = tmp_path_factory.mktemp("records")
    with open_assembly(Settings().with_values({"store.path": folder / "store"}), create=True) as opened:
        write(opened, folder, "二十日")
        yield opened


def with_values(assembly: Assembly, **values: object) -> Assembly:
    """The same parts under other settings: ``retrieval__top_k=3``."""
    dotted = {name.replace("__", "."): value for name, value in values.items()}
    return replace(assembly, settings=assembly.settings.with_values(dotted))


def write(assembly: Assembly, folder: Path, days: str) -> None:
    (folder / "休暇.txt").write_text(RULE.format(days), encoding="utf-8")
    add_paths(assembly, [folder / "休暇.txt"], "規程")


def make(assembly: Assembly, generator: ScriptedGenerator | None = None) -> AnswerRecord:
    happened = list(assembly.build_flow(generator).events(ASKED))
    return AnswerRecorder(assembly.store, assembly.settings, now=lambda: NOON).make(ASKED, happened)


def test_a_record_holds_everything_that_led_to_the_answer(assembly: Assembly, tmp_path: Path) -> None:
    answer = with_values(assembly, records__path=tmp_path / "records").build_flow().answer(ASKED)
    [file] = (tmp_path / "records").iterdir()
    record = load_record(file)
    assert (record.question, record.query) == (ASKED.text, "年次有給休暇は何日ですか")
    assert record.rewritten_by == "rule"
    assert record.answer == answer.text and "二十日" in record.answer
    assert [one.verdict for one in record.statements] == ["verbatim"]
    assert record.statements[0].citations[0].source.endswith("休暇.txt")
    assert record.hits[0].text.endswith("とする。") and record.hits[0].legs
    assert record.index.change_number == assembly.store.change_number() == 1
    assert record.index.identity["embedder"]["name"] == "static-ja"
    assert record.settings["retrieval"]["top_k"] == 16
    assert record.generation is None
    assert record.elapsed_seconds > 0
    assert recorded_question(record) == ASKED


def test_a_generated_answer_keeps_prompt_parameters_and_output(assembly: Assembly) -> None:
    record = make(assembly, ScriptedGenerator(["年次有給休暇は二十日です。[1]"]))
    assert record.generation is not None
    assert record.generation.model == "scripted"
    assert record.generation.output == "年次有給休暇は二十日です。[1]"
    assert "### 応答:" in record.generation.prompt
    assert record.generation.parameters["max_new_tokens"] == 512


def test_records_are_off_by_default_and_hold_no_secret(assembly: Assembly) -> None:
    folder = assembly.settings.store.path.parent
    before = sorted(path.name for path in folder.rglob("*"))
    secret = with_values(assembly, generation__api_key="geheim-1234")
    assert "geheim" not in make(secret).model_dump_json()
    assert Settings().records.path is None
    assembly.build_flow().answer(ASKED)
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_what_is_saved_is_loaded_and_readable_by_its_owner_alone(assembly: Assembly, tmp_path: Path) -> None:
    record = make(assembly)
    files = [save_record(record, tmp_path / "a" / "b") for _ in range(3)]
    assert [load_record(file) for file in files] == [record] * 3
    assert len(set(files)) == 3, "records of one moment do not overwrite one another"
    assert files[0].name.startswith("20260401T120000.000000Z-")
    assert "年次有給休暇" in files[0].read_text(encoding="utf-8"), "Japanese stays readable"
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert sorted(path.suffix for path in files[0].parent.iterdir()) == [".json"] * 3


DAMAGED = [
    ("", "", "no record of an answer"),
    ("cut in half", '{"format": 1, "question": "有休', "damaged"),
    ("another JSON", '{"a": 1}', "no record of an answer"),
    ("a list", "[1, 2]", "no record of an answer"),
    ("another format", '{"format": 2}', "format"),
    ("not UTF-8", "質問".encode("cp932"), "damaged"),
]


@pytest.mark.parametrize(
    ("content", "told"), [case[1:] for case in DAMAGED], ids=[case[0] or "empty" for case in DAMAGED]
)
def test_a_damaged_record_is_one_line(tmp_path: Path, content: str | bytes, told: str) -> None:
    file = tmp_path / "r.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RecordError, match=told) as raised:
        load_record(file)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_a_field_of_the_wrong_kind_is_named(assembly: Assembly, tmp_path: Path) -> None:
    file = save_record(make(assembly), tmp_path)
    values = json.loads(file.read_text(encoding="utf-8"))
    values["hits"][0]["score"] = "高い"
    file.write_text(json.dumps(values), encoding="utf-8")
    with pytest.raises(RecordError, match=r"hits\.0\.score"):
        load_record(file)


def test_a_folder_or_nothing_is_no_record(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "ない.json"):
        with pytest.raises(RecordError, match="cannot be read"):
            load_record(path)


def test_a_place_that_cannot_be_written_is_told_in_the_answer(assembly: Assembly, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match="cannot be written"):
        save_record(make(assembly), tmp_path / "file")
    recorder = AnswerRecorder(assembly.store, assembly.settings, tmp_path / "file" / "deep")
    happened: list[AnswerEvent] = list(assembly.build_flow().events(ASKED))
    with pytest.raises(RecordError):
        recorder(ASKED, happened)


def test_what_was_not_answered_has_no_record(assembly: Assembly) -> None:
    for happened in ([], [HitsFound(())]):
        with pytest.raises(RecordError, match="not answered"):
            AnswerRecorder(assembly.store, assembly.settings).make(ASKED, happened)


def test_nothing_differs_when_nothing_changed(assembly: Assembly) -> None:
    assert compare_records(make(assembly), make(assembly)) == ()


def test_a_changed_document_moves_index_hits_and_statement(tmp_path: Path) -> None:
    values = {"store.path": tmp_path / "store"}
    with open_assembly(Settings().with_values(values), create=True) as assembly:
        write(assembly, tmp_path, "二十日")
        before = make(assembly)
        write(assembly, tmp_path, "二十五日")
        found = {one.what: one for one in compare_records(before, make(assembly))}
    assert set(found) == {"index.change_number", "hit", "statement 1"}
    assert int(found["index.change_number"].now) > int(found["index.change_number"].before)
    assert "二十日" in found["statement 1"].before and "二十五日" in found["statement 1"].now


def test_changed_settings_and_models_are_named(assembly: Assembly) -> None:
    before = make(assembly, ScriptedGenerator(["年次有給休暇は二十日です。[1]"]))
    other = with_values(assembly, generation__max_new_tokens=100, retrieval__top_k=3)
    now = make(other, ScriptedGenerator(["資料では二十日とする。[1]"]))
    what = [one.what for one in compare_records(before, now)]
    assert {"settings.retrieval.top_k", "settings.generation.max_new_tokens", "output", "statement 1"} <= set(
        what
    )
    gone = compare_records(before, make(assembly))
    assert {"model", "answerer"} <= {one.what for one in gone}


def test_moved_and_missing_hits_are_told_with_their_ranks(assembly: Assembly) -> None:
    before = make(assembly)
    hit = before.hits[0]
    moved = before.model_copy(update={"hits": (hit.model_copy(update={"text": "新", "score": 1.5}), hit)})
    told = [(one.before, one.now) for one in compare_records(before, moved)]
    assert [bool(side) for side in told[1]] == [False, True]
    assert told[0][0].startswith("1位 ") and told[0][1].startswith("2位 ")
    [gone] = compare_records(before, before.model_copy(update={"hits": ()}))
    assert (gone.what, gone.now) == ("hit", "")


def test_the_recorder_keeps_the_last_event_only_when_it_is_an_answer(assembly: Assembly) -> None:
    happened = list(assembly.build_flow().events(ASKED))
    assert isinstance(happened[-1], AnswerDone)
    recorder = AnswerRecorder(assembly.store, assembly.settings)
    recorder(ASKED, happened)  # without a folder nothing is written
    assert recorder.make(ASKED, happened).time.tzinfo is not None
