"""Terms that a rule defines, and where they are used."""

from __future__ import annotations

import pytest

from tests.ingest.rule_text import annotated, pointed_at, rule

DEFINED = [
    ("株式会社こはる電器（以下「会社」という。）の社員", ["会社"], "the usual words"),
    ("株式会社こはる電器（以下「甲」という）と", ["甲"], "without a full stop"),
    ("こはる電器（以下、「甲」といい、）", ["甲"], "といい goes on"),
    ("こはる電器（以下甲という。）と", ["甲"], "甲 needs no quotation marks"),
    ("個人情報保護管理者（以下「管理者」と略す。）", ["管理者"], "と略す"),
    ("正社員及び嘱託（以下単に「社員」という。）", ["社員"], "単に"),
    ("旅費及び日当（以下これらを「費用」と総称する。）", ["費用"], "と総称する"),
    ("研修（以下この条において「研修」という。）", ["研修"], "for one article"),
    ("「出張」とは、社外で仕事をすることをいう。", ["出張"], "とは…をいう"),
    ("この規程において「出張」とは、社外に出ることを指す。", ["出張"], "とは…を指す"),
    ("「出張」とは何かを考える。", [], "no definition"),
    ("以下「例」のとおり。", [], "no definition"),
]


@pytest.mark.parametrize(("words", "terms", "why"), DEFINED)
def test_what_is_defined(words: str, terms: list[str], why: str) -> None:
    document = rule(f"第一条　{words}")
    assert [term for term, _ in annotated(document, "definition")] == terms, why


def test_terms_of_a_glossary() -> None:
    document = rule(
        "（定義）\n第一条　次のとおりとする。\n一　出張　社外で仕事をすることをいう。\n"
        "（２）旅費：交通費をいう。\n三　日当は払わない。\n第二条\n一　宿泊　泊まることをいう。"
    )
    assert annotated(document, "definition") == [("出張", "出張"), ("旅費", "旅費")]


def test_a_term_is_known_wherever_it_is_used_afterwards() -> None:
    document = rule(
        "第一条　会社は強い。株式会社こはる電器（以下「会社」という。）が定める。\n"
        "第二条　会社の決定、株式会社の設立、会社法及び会社等とする。会社と社員とする。"
    )
    assert annotated(document, "definition") == [("会社", "会社")]
    assert annotated(document, "term") == [("会社", "会社")] * 3
    assert pointed_at(document, "term") == ["株式会社こはる電器（以下「会社」という。）が定める。"] * 3


def test_a_definition_for_one_article_reaches_to_its_end() -> None:
    document = rule(
        "第一条　研修会（以下この条において「研修」という。）。研修は無料とする。\n第二条　研修。"
    )
    assert annotated(document, "term") == [("研修", "研修")]


def test_a_definition_for_one_paragraph_or_chapter() -> None:
    text = (
        "第一章　総則\n第一条　研修会（以下この項において「研修」という。）。研修。\n２　研修。\n"
        "第二条　講師（以下この章において「先生」という。）。先生。\n第二章　雑則\n第三条　先生。研修。"
    )
    assert annotated(rule(text), "term") == [("研修", "研修"), ("先生", "先生")]


def test_the_last_definition_before_a_use_holds() -> None:
    document = rule(
        "第一条　講師（以下「先生」という。）。先生。\n第二条　医師（以下「先生」という。）。先生。"
    )
    assert pointed_at(document, "term") == [
        "第一条　講師（以下「先生」という。）。",
        "第二条　医師（以下「先生」という。）。",
    ]
