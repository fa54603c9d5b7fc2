"""Texts whose headings are written out in words become sections, whatever the file."""

from __future__ import annotations

import pytest

from ingest.document import build_document
from ingest.readers.registry import read
from rag.types import Document

RULE = """\
運用要領

第１編　総則
第１章　目的
第１節　通則

（目的）
第１条　この要領は、運用を定める。

第２節　体制
第２条　体制を定める。

附　則
この要領は、令和６年４月１日から施行する。

別表第一（第１条関係）
東京　一万円
"""

RULE_SECTIONS = [
    ("第１編　総則",),
    ("第１編　総則", "第１章　目的"),
    ("第１編　総則", "第１章　目的", "第１節　通則"),
    ("第１編　総則", "第１章　目的", "第１節　通則", "第1条（目的）"),
    ("第１編　総則", "第１章　目的", "第２節　体制"),
    ("第１編　総則", "第１章　目的", "第２節　体制", "第2条"),
    ("第１編　総則", "附　則"),
    ("第１編　総則", "別表第一（第１条関係）"),
]


def document_of(text: str, name: str) -> Document:
    data = text.encode("cp932" if name.endswith(".txt") else "utf-8")
    return build_document(
        read(data, name), source=name, collection="c", sha256="", size_bytes=len(data)
    ).document


def as_html(text: str) -> str:
    return "<html><body>" + "".join(f"<p>{line}</p>" for line in text.splitlines() if line) + "</body></html>"


@pytest.mark.parametrize(("text", "name"), [(RULE, "a.txt"), (as_html(RULE), "a.html")])
def test_a_rule_is_the_same_tree_in_every_format(text: str, name: str) -> None:
    document = document_of(text, name)
    assert [section.path for section in document.sections] == RULE_SECTIONS
    assert [one.value for one in document.annotations if one.kind == "article"] == ["第1条", "第2条"]


REPORT = """\
運用の手引

第１　趣旨
運用を定める。

１　対象
全社員とする。

１．１　期間
一年とする。

（１）窓口
総務部とする。

【注意事項】
書かないこと。

■ 連絡先
内線１１８

Ⅱ　手順
次のとおり。

１　申請書を書く
２　承認を受ける
３　提出する
"""


def test_numbered_and_bracketed_headings_of_a_plain_text() -> None:
    assert [(one.level, one.title) for one in document_of(REPORT, "a.txt").sections] == [
        (2, "第１　趣旨"),
        (3, "１　対象"),
        (4, "１．１　期間"),
        (5, "（１）窓口"),
        (3, "【注意事項】"),
        (3, "■ 連絡先"),
        (2, "Ⅱ　手順"),
    ]


def test_a_bracketed_line_names_what_follows_below_the_headings_of_its_file() -> None:
    document = document_of(
        "<h1>手引</h1><h4>申請</h4><p>【注意】</p><p>甲</p><p>【参考】</p><p>乙</p><h4>承認</h4>", "a.html"
    )
    assert [section.path for section in document.sections] == [
        ("手引",),
        ("手引", "申請"),
        ("手引", "申請", "【注意】"),
        ("手引", "申請", "【参考】"),
        ("手引", "承認"),
    ]
