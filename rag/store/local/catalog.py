"""Reading documents and chunks back, within a scope."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson

from rag.errors import DocumentNotFound
from rag.store import codec
from rag.store.local.scope import IN_SCOPE, scope_values
from rag.types import Attributes, Chunk, Document, DocumentInfo, Scope

# ruff: noqa: S608  statements are put together from the constants of this module and of `scope` alone

_INFO_FIELDS = {
    "id": "documents.id",
    "source": "source",
    "collection": "collection",
    "title": "title",
    "media_type": "media_type",
    "encoding": "encoding",
    "sha256": "sha256",
    "size_bytes": "size_bytes",
    "num_chars": "num_chars",
    "num_chunks": "end_chunk - first_chunk",
    "change_number": "number",
    "recipe": "recipe",
}
_ATTRIBUTE_COLUMNS = ("author", "date", "effective_from", "effective_to", "level")
_INFO_COLUMNS = ", ".join([*_INFO_FIELDS.values(), *_ATTRIBUTE_COLUMNS])
_AMONG = "IN (SELECT value FROM json_each(:ids))"


def read_document(connection: sqlite3.Connection, document_id: str, scope: Scope) -> Document:
    """The whole document; raises DocumentNotFound also when the scope does not show it."""
    row = connection.execute(
        f"SELECT bodies.text, bodies.spans, {_INFO_COLUMNS} FROM documents "
        f"JOIN bodies ON bodies.document = documents.number WHERE documents.id = :id AND {IN_SCOPE}",
        {"id": document_id, **scope_values(scope)},
    ).fetchone()
    if row is None:
        raise DocumentNotFound(
            f"there is no document {document_id!r}: `swallow-rag list` shows what there is"
        )
    text, spans, *columns = row
    info = _read_info(columns)
    sections, annotations, locators = codec.decode_spans(spans)
    return Document(
        info.id,
        info.source,
        info.collection,
        info.title,
        codec.decode_text(text),
        info.media_type,
        info.encoding,
        info.sha256,
        info.size_bytes,
        sections,
        annotations,
        locators,
        info.attributes,
        info.recipe,
    )


def read_infos(connection: sqlite3.Connection, scope: Scope) -> list[DocumentInfo]:
    """Every document in scope, ordered by collection and source."""
    rows = connection.execute(
        f"SELECT {_INFO_COLUMNS} FROM documents WHERE {IN_SCOPE} ORDER BY collection, source, number",
        scope_values(scope),
    )
    return [_read_info(row) for row in rows]


def find_infos(
    connection: sqlite3.Connection, document_ids: Sequence[str], scope: Scope
) -> dict[str, DocumentInfo]:
    """Documents by id; those that are gone or out of scope are left out."""
    rows = connection.execute(
        f"SELECT {_INFO_COLUMNS} FROM documents WHERE id {_AMONG} AND {IN_SCOPE}",
        {"ids": _as_json(document_ids), **scope_values(scope)},
    )
    return {info.id: info for info in map(_read_info, rows)}


def find_original(connection: sqlite3.Connection, document_id: str, scope: Scope) -> tuple[str, str | None]:
    """Source of a document and hash of its original; raises DocumentNotFound as `read_document` does."""
    row = connection.execute(
        f"SELECT source, original FROM documents WHERE id = :id AND {IN_SCOPE}",
        {"id": document_id, **scope_values(scope)},
    ).fetchone()
    if row is None:
        raise DocumentNotFound(
            f"there is no document {document_id!r}: `swallow-rag list` shows what there is"
        )
    source, original = row
    return source, original


def find_chunks(connection: sqlite3.Connection, chunk_ids: Sequence[int], scope: Scope) -> dict[int, Chunk]:
    """Chunks by id, in the order asked; those that are gone or out of scope are left out."""
    rows = connection.execute(
        "SELECT chunks.id, documents.id, position, start_char, end_char, chunks.text, sentences, "
        "heading_path, locator FROM chunks JOIN documents ON documents.number = chunks.document "
        f"WHERE chunks.id {_AMONG} AND {IN_SCOPE}",
        {"ids": _as_json(chunk_ids), **scope_values(scope)},
    )
    found = {row[0]: _read_chunk(row) for row in rows}
    return {chunk_id: found[chunk_id] for chunk_id in chunk_ids if chunk_id in found}


def find_chunk_ids(connection: sqlite3.Connection, document_id: str, scope: Scope) -> range:
    """The ids of all chunks of a document; empty when it is gone or out of scope."""
    row = connection.execute(
        f"SELECT first_chunk, end_chunk FROM documents WHERE documents.id = :id AND {IN_SCOPE}",
        {"id": document_id, **scope_values(scope)},
    ).fetchone()
    return range(*row) if row else range(0)


def find_blobs(connection: sqlite3.Connection, table: str, chunk_ids: Sequence[int]) -> dict[int, bytes]:
    """Rows of one of the tables ``chunk_analyses``, ``chunk_terms`` and ``chunk_vectors``, by chunk id."""
    rows = connection.execute(
        f"SELECT chunk, data FROM {table} WHERE chunk {_AMONG}", {"ids": _as_json(chunk_ids)}
    )
    return dict(rows)


def _as_json(ids: Sequence[int] | Sequence[str]) -> str:
    return orjson.dumps([*ids]).decode()


def _read_info(row: Sequence[Any]) -> DocumentInfo:
    author, date, effective_from, effective_to, level = row[len(_INFO_FIELDS) :]
    attributes = Attributes(
        author,
        codec.decode_date(date),
        codec.decode_date(effective_from),
        codec.decode_date(effective_to),
        level,
    )
    return DocumentInfo(**dict(zip(_INFO_FIELDS, row, strict=False)), attributes=attributes)


def _read_chunk(row: Sequence[Any]) -> Chunk:
    chunk_id, document_id, position, start, end, text, sentences, heading_path, locator = row
    return Chunk(
        document_id,
        position,
        start,
        end,
        text,
        codec.decode_sentences(sentences),
        codec.decode_words(heading_path),
        codec.decode_locator(locator),
        chunk_id,
    )
