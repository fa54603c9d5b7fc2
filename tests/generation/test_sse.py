"""Server-sent events as servers really send them."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.generation.sse import Delta, ServerReportedError, describe_error, parse_delta, read_events

STREAM = (
    ': keep-alive\r\n\r\nevent: message\r\nid: 1\r\ndata: {"a": "東京"}\r\n\r\n'
    'data:{"b":\ndata: 1}\n\n\n:\n\ndata: [DONE]'
)
EVENTS = ['{"a": "東京"}', '{"b":\n1}', "[DONE]"]


def test_comments_other_fields_and_empty_events_are_skipped():
    assert list(read_events([STREAM.encode()])) == EVENTS


@settings(derandomize=True, deadline=None, max_examples=100)
@given(st.lists(st.integers(0, len(STREAM.encode())), max_size=8))
def test_bytes_may_be_cut_anywhere(cuts: list[int]):
    data = STREAM.encode()
    edges = [0, *sorted(cuts), len(data)]
    chunks = [data[start:end] for start, end in itertools.pairwise(edges)]
    assert list(read_events(chunks)) == EVENTS


@pytest.mark.parametrize("separator", ["\u2028", "\u0085", "\x0b"])
def test_only_real_line_ends_split(separator: str):
    data = f"data: 一{separator}二\n\n".encode()
    assert list(read_events([data])) == [f"一{separator}二"]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({"choices": [{"text": "答え"}]}, Delta("答え"), id="completion"),
        pytest.param({"choices": [{"delta": {"content": "答"}}]}, Delta("答"), id="chat"),
        pytest.param(
            {"choices": [{"delta": {"role": "assistant"}}]}, Delta(), id="chat begins with the role"
        ),
        pytest.param({"choices": [{"delta": {"content": None}}]}, Delta(), id="content is null"),
        pytest.param(
            {"choices": [{"delta": {}, "finish_reason": "stop"}]}, Delta("", "stop"), id="chat ends"
        ),
        pytest.param(
            {"choices": [{"text": "", "finish_reason": "length"}]}, Delta("", "length"), id="completion ends"
        ),
        pytest.param(
            {"choices": [{"message": {"content": "全部"}, "finish_reason": "stop"}]},
            Delta("全部", "stop"),
            id="a whole chat answer",
        ),
        pytest.param({"choices": [], "usage": {"total_tokens": 3}}, Delta(), id="usage only"),
    ],
)
def test_deltas(event: dict[str, object], expected: Delta):
    assert parse_delta(json.dumps(event)) == expected


@pytest.mark.parametrize("data", ["{", "[]", '"文"', "{}", '{"choices": null}'])
def test_what_is_no_delta_is_a_value_error(data: str):
    with pytest.raises(ValueError):
        parse_delta(data)


def test_an_error_in_the_stream_is_the_server_s():
    with pytest.raises(ServerReportedError, match="out of memory"):
        parse_delta('{"error": {"message": "out of memory", "code": 500}}')


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "no such model"}}, "no such model"),
        ({"error": "model not found"}, "model not found"),
        ({"message": "too\nlong"}, "too long"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"detail": [{"msg": "bad"}]}, "[{'msg': 'bad'}]"),
        ({}, ""),
        ({"error": {"message": "長" * 300}}, "長" * 200),
    ],
)
def test_the_server_s_own_words(body: object, expected: str):
    assert describe_error(body) == expected
