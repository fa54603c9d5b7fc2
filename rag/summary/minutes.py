"""議事録: what was decided, who does what until when, and every other date ahead.

A sentence counts as what its heading says (決定事項, 宿題), else as what its words say (「承認された」).
Covered are the phrases in the tables here; a decision that is only implied is not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rag.summary.citing import Citer
from rag.summary.material import Kind, Material, Sentence
from rag.text.era import find_dates
from rag.types import Citation


class ItemKind(StrEnum):
    """The three lists of a record of a meeting."""

    DECISION = "決定事項"
    TASK = "宿題"
    DEADLINE = "期限"


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """One line: what, who and until when as the record words it; empty where it does not say."""

    kind: ItemKind
    text: str
    who: str
    until: str
    citation: Citation


_HEADINGS: Mapping[ItemKind, re.Pattern[str]] = {
    ItemKind.DECISION: re.compile("決定|決議|合意|承認事項|結論"),
    ItemKind.TASK: re.compile(
        "宿題|課題|アクション|ToDo|TODO|タスク|持ち帰り|対応事項|今後の(?:予定|対応)|次回まで"
    ),
}
_WORDS: Mapping[ItemKind, re.Pattern[str]] = {
    ItemKind.DECISION: re.compile(
        "決定(?:した|された|しました|する)|決ま(?:った|りました)|決めた|承認(?:した|された|しました|を得た)|可決|採択|合意(?:した|しました|に至)"
        "|了承(?:した|された)|ことに(?:した|なった|なりました|しました)|ことと(?:した|なった)|見送(?:る|り|った)ことに"
    ),
    ItemKind.TASK: re.compile(
        "までに.{0,60}(?:する|行う|まとめる|用意する)(?:こと)?[。．]?$|担当(?:する|とする|は|者)|宿題|"
        "(?:確認|検討|調査|作成|準備|対応|報告|共有|連絡|提出)(?:する|を行う|をお願い)(?:こと)?[。．]?$|次回までに"
    ),
}
_HANDED_ON = re.compile(
    "(?:検討|確認|調査|作成|準備|対応|報告|提出|提示|整理|試作|送付)(?:する|を行う)ことに(?:した|なった|なりました|しました)"
)
"""「次回までに検討することになった」 hands the matter on; nothing is decided."""

_ROLE = "課|部|室|係|長|班|局|会|社|所|店|チーム|担当[A-ZＡ-Ｚ]?|者|委員|議長|書記|さん|氏|様"
_WHO = re.compile(
    rf"(?:担当(?:者)?[:：]\s*(?P<named>[^/、。]{{1,20}}?)\s*(?:/|、|。|$))|(?:^|[、。（(])(?P<topic>[^、。「」/]{{1,14}}?(?:{_ROLE}))(?:が|は|から|に)"
)
_UNTIL_NAMED = re.compile(r"(?:期限|締切|締め切り|納期|期日)[:：は]\s*(?P<until>[^/、。]{2,20})")
_UNTIL = re.compile(
    r"(?P<until>(?:[0-9０-９一二三四五六七八九十]{1,4}年)?[0-9０-９一二三四五六七八九十]{1,2}月(?:[0-9０-９一二三四五六七八九十]{1,2}日|上旬|中旬|下旬|末|中)?"
    r"(?:[（(][月火水木金土日][）)])?|次回(?:の会議|会議)?|来週[^、。]{0,4}?|今週[^、。]{0,4}?|月末|年度末|年内|今月[^、。]{0,3}?|来月[^、。]{0,3}?)まで"
)
_NEXT = re.compile("次回|開催|予定|期限|締切|締め切り|納期|施行|まで")
_CONTENT = re.compile(r"(?:内容|件名|項目|作業|タスク)[:：]\s*(?P<text>[^/]+?)\s*(?:/|$)")


def find_items(material: Material, citer: Citer) -> tuple[MinutesItem, ...]:
    """Decisions, tasks and further dates, each list in the order of the record."""
    items = [item for sentence in material.sentences for item in _items(sentence, material, citer)]
    return tuple(item for kind in ItemKind for item in items if item.kind is kind)


def _items(sentence: Sentence, material: Material, citer: Citer) -> Iterator[MinutesItem]:
    if sentence.kind in {Kind.HEADING, Kind.CODE}:
        return
    text = sentence.text
    kind = _kind(text, material.parts[sentence.part].path[-1:])
    until = until_of(text)
    if kind is None:
        if not (until or (_NEXT.search(text) and _is_dated(text))):
            return
        kind = ItemKind.DEADLINE
    content = _CONTENT.search(text)
    shown = content["text"] if content else text
    citation = citer.cite(sentence.start, sentence.end)
    yield MinutesItem(kind, shown, who_of(text), until or _date_in(text), citation)


def _kind(text: str, heading: tuple[str, ...]) -> ItemKind | None:
    if until_of(text) and _HANDED_ON.search(text):
        return ItemKind.TASK
    for patterns, where in ((_HEADINGS, "".join(heading)), (_WORDS, text)):
        for kind, pattern in patterns.items():
            if pattern.search(where):
                return kind
    return None


def who_of(text: str) -> str:
    """「担当: 開発課 / …」 and 「営業課長は…」 → who; empty where nobody is named."""
    match = _WHO.search(text)
    return (match["named"] or match["topic"] or "").strip() if match else ""


def until_of(text: str) -> str:
    """「期限: 7月18日」 → 7月18日, 「次回までに」 → 次回; as it is worded."""
    match = _UNTIL_NAMED.search(text) or _UNTIL.search(text)
    return match["until"].strip() if match else ""


def _date_in(text: str) -> str:
    dates = find_dates(text)
    return dates[0].text if dates else ""


def _is_dated(text: str) -> bool:
    return bool(find_dates(text)) or re.search("[0-9０-９]月[0-9０-９]+日", text) is not None
