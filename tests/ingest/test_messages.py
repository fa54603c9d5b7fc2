"""What parent and reading process say to each other: what goes in comes out."""

import datetime as dt
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunking import Chunking
from ingest.messages import (
    Configuration,
    DocumentJob,
    FileJob,
    PreparedChunk,
    PreparedDocument,
    decode_error,
    decode_job,
    encode_error,
    pack,
    unpack,
)
from ingest.readers.base import Member, ReadOptions
from rag.errors import EncryptedDocument, ReadError, SettingsError
from rag.settings import load_settings
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


def test_a_prepared_document_arrives_whole():
    terms = {"base": Counter({"休暇": 2}), "bigram": Counter(), "title": Counter({"規則": 1})}
    sent = PreparedDocument(
        DOCUMENT,
        (PreparedChunk(CHUNK, b"analysis", terms),),
        np.array([[0.6, 0.8]], dtype=np.float32),
        ("judged as cp932",),
        {"hidden-sheet": 120},
        (Member("旅費.txt", b"\0\1"), Member("図.png", error=EncryptedDocument("a password is needed"))),
    )
    came = PreparedDocument.from_bytes(sent.to_bytes())
    assert (came.document, came.chunks, came.warnings, came.dropped) == (
        DOCUMENT,
        sent.chunks,
        sent.warnings,
        sent.dropped,
    )
    assert came.vectors is not None
    assert came.vectors.tolist() == pytest.approx(np.array([[0.6, 0.8]]))
    whole, refused = came.members
    assert (whole, refused.name, type(refused.error)) == (sent.members[0], "図.png", EncryptedDocument)
    [indexed] = came.indexed()
    assert (indexed.chunk, indexed.analysis, indexed.terms) == (CHUNK, b"analysis", terms)


def test_a_document_without_vectors_is_not_taken_for_an_embedded_one():
    came = PreparedDocument.from_bytes(PreparedDocument(DOCUMENT, ()).to_bytes())
    assert came.vectors is None
    with pytest.raises(ValueError, match="0a1b was not embedded"):
        came.indexed()


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
    assert Configuration.of(settings.ingest).options == ReadOptions("秘密", False, 120.0)


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
