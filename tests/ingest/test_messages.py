"""What parent and reading process say to each other: what goes in comes out."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import Chunking
from ingest.messages import (
    Configuration,
    DocumentJob,
    FileJob,
    PreparedDocument,
    ReadDocument,
    decode_error,
    decode_job,
    encode_error,
    pack,
    unpack,
)
from ingest.readers.base import Member, ReadOptions
from rag.errors import EncryptedDocument, ReadError, SettingsError
from rag.settings import load_settings
from rag.store.packing import pack_document
from rag.text.analyzer import Analysis, feature
from rag.types import Annotation, Attributes, Box, Chunk, Document, Locator, Section, Span

DOCUMENT = Document(
    id="0a1b",
    source="/資料/就業規則.txt",
    collection="規程",
    title="就業規則",
    text="第20条 休暇\n年20日とする。\n",
    encoding="cp932",
    sha256="ff" * 32,
    size_bytes=40,
    sections=(Section(2, "第20条 休暇", 0, 17, ("第3章", "第20条 休暇")),),
    annotations=(Annotation("ruby", 5, 7, "きゅうか"),),
    locators=(Locator(0, 17, page=3, boxes=(Box(1, 2, 3.5, 4),), lines=(1, 2)),),
    attributes=Attributes(author="総務課", date=dt.date(2024, 4, 1)),
    recipe="1:400",
)
CHUNK = Chunk(
    "0a1b",
    0,
    0,
    16,
    DOCUMENT.text[:16],
    (Span(0, 8), Span(8, 16)),
    ("第3章", "第20条 休暇"),
    DOCUMENT.locators[0],
)


MEMBERS = (Member("旅費.txt", b"\0\1"), Member("図.png", error=EncryptedDocument("a password is needed")))
TOLD = (("judged as cp932",), {"hidden-sheet": 120}, MEMBERS)
PACKED = pack_document(
    DOCUMENT,
    [CHUNK],
    [Analysis("mecab", (4, 9), (6, 10), (feature("名詞", "休暇", "休暇", "キュウカ"),) * 2)],
    [{"base": Counter({"休暇": 2}), "title": Counter({"規則": 1})}],
    None,
)


def check_members(members: tuple[Member, ...]) -> None:
    whole, refused = members
    assert (whole, refused.name, type(refused.error)) == (MEMBERS[0], "図.png", EncryptedDocument)


def test_a_document_that_was_read_arrives_whole():
    sent = ReadDocument(DOCUMENT, (CHUNK,), *TOLD)
    came = ReadDocument.from_bytes(sent.to_bytes())
    assert replace(came, members=MEMBERS) == sent
    check_members(came.members)


@pytest.mark.parametrize("is_embedded", [True, False])
def test_a_prepared_document_arrives_whole(is_embedded: bool):
    packed = PACKED.with_vectors(np.array([[0.6, 0.8]], np.float32)) if is_embedded else PACKED
    came = PreparedDocument.from_bytes(PreparedDocument(packed, ("第20条",), *TOLD).to_bytes())
    assert (came.texts, came.warnings, came.dropped) == (("第20条",), *TOLD[:2])
    check_members(came.members)
    for name in ("info", "text", "spans", "places", "analyses", "words"):
        assert getattr(came.packed, name) == getattr(PACKED, name), name
    assert came.packed.terms.rows() == PACKED.terms.rows()
    assert (came.packed.vectors is None) is not is_embedded
    if is_embedded:
        assert came.packed.vectors == pytest.approx(np.array([[0.6, 0.8]]), abs=1e-3)


def test_jobs_arrive():
    file = FileJob("/資料/一.txt", "規程", "ab", "1:400", bytes(range(256)))
    assert decode_job(file.to_bytes()) == file
    assert decode_job(DocumentJob(DOCUMENT).to_bytes()) == DocumentJob(DOCUMENT)


def test_a_configuration_arrives():
    configuration = Configuration(
        Chunking(400, 1, 512, "/模型"), 4_000_000_000, "/模型", ReadOptions("秘密", False, 30.0)
    )
    assert Configuration.from_bytes(configuration.to_bytes()) == configuration


def test_a_configuration_says_what_the_settings_say():
    settings = load_settings(None, arguments={"ingest.password": "秘密", "ingest.ocr": "off"}, environment={})
    assert Configuration.of(settings.ingest).options == ReadOptions("秘密", False, 120.0, 1800.0)


ERRORS = [
    ("a class of ours", EncryptedDocument("a password is needed"), EncryptedDocument),
    ("another branch of ours", SettingsError("x"), SettingsError),
]


@pytest.mark.parametrize(("error", "kind"), [case[1:] for case in ERRORS], ids=[case[0] for case in ERRORS])
def test_errors_arrive_with_their_class(error: ReadError, kind: type[ReadError]):
    came = decode_error(encode_error(error))
    assert (type(came), str(came)) == (kind, str(error))


@pytest.mark.parametrize("name", ["KeyError", "annotations", "__doc__"])
def test_a_class_that_is_not_ours_becomes_a_read_error(name: str):
    assert type(decode_error(f'["{name}", "何か"]'.encode())) is ReadError


@settings(derandomize=True, deadline=None, max_examples=50)
@given(parts=st.lists(st.binary(max_size=40)))
def test_parts_are_unpacked_as_they_were_packed(parts: list[bytes]):
    assert unpack(pack(parts)) == parts
