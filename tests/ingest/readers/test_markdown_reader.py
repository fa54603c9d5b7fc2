"""Markdown as its page shows it."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.readers.front_matter import parse_date
from tests.ingest.readers.made import marks, read_text, texts, told

PAGE = """---
title: '在宅勤務ガイドライン'
ms.author: soumu
ms.date: 12/02/2024
---
# 在宅勤務 {#remote}

<!-- 編集者への注意 -->
<a name="apply"></a>
## 申請のしかた <a name="x"></a>

申請は**前日まで。**に、
[勤怠システム](https://example.jp/)から`申請`を押します。![画面の図](a.png)

> [!NOTE]
> 当日の申請は、電話で
> 連絡してください。

> 規程からの引用です。

1. ログインする
2. 「申請」を選ぶ
   - 半日
   - 一日

   補足の段落。

| 区分 | 上限 |
|------|------|
| 正社員 | 週2日 |
| 契約社員 | |

```python
# 見出しではない
[!INCLUDE x]
```

[!INCLUDE [共通](includes/common.md)]

:::tip ヒント
早めに申請しましょう。
:::
"""


def test_a_page() -> None:
    reading = read_text(PAGE, "page.md")
    assert reading.title == "在宅勤務ガイドライン"
    assert reading.attributes.author == "soumu"
    assert reading.attributes.date == dt.date(2024, 12, 2)
    assert told(reading) == [
        "heading1 在宅勤務",
        "heading2 申請のしかた",
        "paragraph 申請は前日まで。に、勤怠システムから申請を押します。",
        "paragraph 当日の申請は、電話で連絡してください。",
        "quote 規程からの引用です。",
        "list-item 1. ログインする",
        "list-item 2. 「申請」を選ぶ",
        "list-item 半日",
        "list-item 一日",
        "paragraph 補足の段落。",
        "table-row 区分: 正社員 / 上限: 週2日",
        "table-row 区分: 契約社員",
        "code # 見出しではない\n[!INCLUDE x]",
        "paragraph ヒント早めに申請しましょう。",
    ]
    assert set(reading.dropped) == {"alert-mark", "container-mark", "include", "picture-description"}


def test_lines_are_those_of_the_file() -> None:
    blocks = read_text(PAGE, "page.md").blocks
    assert [block.place.lines for block in blocks[:3] if block.place] == [(6, 6), (10, 10), (12, 13)]


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("一行目\n二行目", ["一行目二行目"], "no blank between Japanese lines"),
        ("open\nsource", ["open source"], "a blank between words"),
        ("一行目  \n二行目", ["一行目\n二行目"], "a break that was meant"),
        ("**日本語。**次の文", ["日本語。次の文"], "emphasis that CommonMark misses"),
        ("~~消した~~ 残す", ["消した 残す"], "struck text is still shown"),
        ("a_b_c と 2 * 3 * 4", ["a_b_c と 2 * 3 * 4"], "signs that are no marks"),
        ("&copy; と &amp;", ["© と &"], "entities"),
        (
            "本文[^1]。\n\n[^1]: これは脚注です。",
            ["本文。", "これは脚注です。"],
            "footnotes are not link definitions",
        ),
        ("| 見出し | だけ |\n|---|---|\n", ["見出し / だけ"], "a table of nothing but a header"),
        ("<div>\n\n本文\n\n</div>", ["本文"], "HTML around it"),
        (
            "<table><tr><th>名</th><th>値</th></tr><tr><td>甲</td><td>1</td></tr></table>",
            ["名: 甲 / 値: 1"],
            "an HTML table",
        ),
        ("<Intro>\n\n説明です。\n\n</Intro>", ["説明です。"], "components of MDX"),
        ("import X from 'y'\n\n本文", ["本文"], "module lines of MDX"),
        ("[リンク][1]\n\n[1]: https://example.jp/", ["リンク"], "reference links"),
        ("- [ ] 未了\n- [x] 完了", ["[ ] 未了", "[x] 完了"], "tasks"),
        ("    code\n    block", ["code\nblock"], "indented code"),
        ("# 見出し\n本文", ["見出し", "本文"], "a heading without a blank line"),
        ("見出し\n===\n本文", ["見出し", "本文"], "an underlined heading"),
        ("***\n\n本文", ["本文"], "a rule"),
    ],
)
def test_table(text: str, expected: list[str], why: str) -> None:
    assert texts(read_text(text, "a.md")) == expected, why


def test_ruby_and_breaks_in_html() -> None:
    reading = read_text("<ruby>梟<rp>（</rp><rt>ふくろう</rt><rp>）</rp></ruby>の羽<br>次", "a.md")
    assert texts(reading) == ["梟の羽\n次"]
    assert marks(reading.blocks[0]) == [("梟", "ふくろう")]
    numbered = read_text("1. <ruby>岬<rt>みさき</rt></ruby>", "a.md").blocks[0]
    assert (numbered.text, marks(numbered)) == ("1. 岬", [("岬", "みさき")])


def test_the_title_is_the_first_heading_without_front_matter() -> None:
    assert read_text("## 二番目\n\n# 一番\n", "a.md").title == "一番"
    assert read_text("本文だけ", "a.md").title is None
    assert read_text("---\n\n本文", "a.md").title is None


@pytest.mark.parametrize(
    ("value", "date"),
    [
        ("2024-12-02", dt.date(2024, 12, 2)),
        ("12/02/2024", dt.date(2024, 12, 2)),
        ("令和6年12月2日", dt.date(2024, 12, 2)),
        ("2024", None),
        ("そのうち", None),
        ("13/45/2024", None),
        (None, None),
    ],
)
def test_dates(value: str | None, date: dt.date | None) -> None:
    assert parse_date(value) == date
