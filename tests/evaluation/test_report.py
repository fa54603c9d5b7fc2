"""Reports: one file that fetches nothing, in which text of questions is text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evaluation.comparison import compare_runs
from evaluation.legs import LEGS
from evaluation.report.html import render_html
from evaluation.report.markdown import escape_markdown, render_markdown
from evaluation.report.pages import Page, Paragraph, Table, comparison_page, run_page
from evaluation.report.tables import leg_rows, p_value, share, signed
from evaluation.report.write import write_page
from evaluation.runs import QuestionOutcome, Run
from tests.evaluation.changed_runs import before_and_after, moved


class Checker(HTMLParser):
    """Every tag is closed, and nothing is fetched."""

    void = frozenset({"meta", "rect", "line", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += [name for name, _ in attrs]


def check(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    checker.close()
    assert checker.open == []
    assert not {"script", "link", "img", "iframe", "object"} & set(checker.seen)
    assert not {"src", "href", "onload", "onerror", "style"} & set(checker.attributes)
    assert not re.search(r"url\(|@import|https?://", html)
    return checker


def test_the_page_of_a_run(office_run: Run, tmp_path: Path):
    before, _ = before_and_after(office_run)
    write_page(run_page(before), tmp_path)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert check(html).seen.count("svg") == 3
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    for text in (html, markdown):
        assert "検索の評価: office/set" in text
        assert before.outcomes[0].text in text, "the question that was not found is listed"
        assert before.circumstances.dataset_sha256 in text
    assert "<svg" not in markdown


def test_the_page_of_a_comparison(office_run: Run):
    before, after = before_and_after(office_run)
    page = comparison_page(compare_runs(before, after, names=("<前>", "後")), before, after)
    html, markdown = render_html(page), render_markdown(page)
    assert check(html).seen.count("svg") == 2
    assert "&lt;前&gt;" in html
    assert "良くなった質問: 2" in markdown
    assert r"\<前\>" in markdown


def test_text_of_questions_is_text_and_nothing_else(office_run: Run):
    evil = "<script>alert(1)</script> ![x](http://example.jp/x.png) | a\nb"
    outcome: QuestionOutcome = moved(office_run, {0: None}).outcomes[0]
    run = replace(office_run, outcomes=(replace(outcome, text=evil, id="<i>"),))
    html, markdown = render_html(run_page(run)), render_markdown(run_page(run))
    assert "<script" not in html
    assert r"\<script\>" in markdown
    assert "![x](" not in markdown
    row = next(line for line in markdown.splitlines() if "alert" in line)
    assert row.count(" | ") == len(LEGS) + 2, "the bar and the line break do not end the cell"


def test_many_lost_questions_are_cut_and_told(office_run: Run):
    lost = moved(office_run, {0: None}).outcomes[0]
    run = replace(office_run, outcomes=tuple(replace(lost, id=str(n)) for n in range(60)))
    markdown = render_markdown(run_page(run))
    assert "見つからなかった質問: 60" in markdown
    assert "初めの 50 問" in markdown


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (share(0.9254), ".925"),
        (share(1), "1.000"),
        (share(0), ".000"),
        (signed(0.012), "+.012"),
        (signed(-0.0034), "-.003"),
        (p_value(0.0004), "p < .001"),
        (p_value(0.04), "p = .040"),
        (escape_markdown("a|b\n<c>"), r"a\|b \<c\>"),
    ],
)
def test_how_figures_look(shown: str, expected: str):
    assert shown == expected


def test_rows_of_a_run(office_run: Run):
    heading, *rows = leg_rows(office_run)
    assert heading[:3] == ("leg", "R@1", "R@5")
    assert [row[0] for row in rows] == list(LEGS)
    assert {len(row) for row in rows} == {len(heading)}


def test_blocks_without_charts_are_plain():
    page = Page("題", (Paragraph("本文"), Table((("名", "値"), ("a", "1")))))
    assert render_markdown(page) == "# 題\n\n本文\n\n| 名 | 値 |\n| --- | ---: |\n| a | 1 |\n"
    check(render_html(page))
