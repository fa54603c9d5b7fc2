"""A small question set written for these tests: passages that resemble each other, asked in other words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ARTICLES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "休暇": (
        (
            "年次有給休暇は、勤続六か月で十日を与え、以後一年ごとに日数を増やす。使わなかった分は翌年に限り持ち越せる。",
            ("有休は余ったら次の年に回せますか", "入って半年でもらえる年休は何日ですか"),
        ),
        (
            "結婚したときは連続して五日、配偶者が出産したときは二日の特別休暇を与える。",
            ("妻の出産のときに休める日数は", "結婚すると何日休めますか"),
        ),
        (
            "生理日の就業が著しく困難な者が請求したときは、必要な日数の休暇を与える。賃金は支払わない。",
            ("生理休暇に給料は出ますか",),
        ),
        (
            "病気で働けない日が続くときは、診断書を添えて休職を願い出る。期間は最長で一年六か月とする。",
            ("休職は最大どのくらい認められますか", "休職するとき必要な書類は何ですか"),
        ),
    ),
    "出張": (
        (
            "国内の出張には日当として二千五百円を支給する。日帰りのときは半額とする。",
            ("日帰り出張の日当はいくらですか",),
        ),
        (
            "宿泊料は実費を支給し、一泊一万二千円を限度とする。東京二十三区に泊まるときは一万五千円とする。",
            ("ホテル代の上限はいくらまでですか", "東京で泊まる場合の宿泊料の限度は"),
        ),
        (
            "新幹線の指定席は片道百キロメートルを超えるときに認める。グリーン車は役員に限る。",
            ("グリーン車に乗れるのは誰ですか",),
        ),
        (
            "出張から戻ったときは、七日以内に領収書を付けて精算書を経理部へ出さなければならない。",
            ("精算はいつまでに済ませる必要がありますか",),
        ),
    ),
    "空気清浄機": (
        (
            "フィルターは半年に一度、掃除機でほこりを吸い取ってください。水洗いはできません。",
            ("フィルターは水で洗ってもいいですか",),
        ),
        (
            "表示部に E4 と出たときは、ファンに物が挟まっています。電源を切って取り除いてください。",
            ("E4と表示されたときの対処", "ファンに異物が入るとどんなエラーが出ますか"),
        ),
        (
            "タンクの水は毎日取り替えてください。古い水を使い続けると、かびや臭いの原因になります。",
            ("タンクの水はどのくらいの頻度で替えますか",),
        ),
        (
            "保証期間はお買い上げの日から一年間です。消耗品のフィルターは保証の対象になりません。",
            ("壊れたとき無料で直してもらえるのは買ってから何年ですか",),
        ),
    ),
    "図書室": (
        (
            "図書室は月曜日から土曜日まで、午前九時から午後七時まで開いている。",
            ("図書室は何時に閉まりますか",),
        ),
        (
            "一人五冊まで、二週間借りられる。予約の入っていない本は一度だけ延ばせる。",
            ("本は何冊まで借りることができますか", "貸し出しの延長はできますか"),
        ),
        (
            "返すのが遅れた人は、遅れた日数と同じ期間、新しく借りることができない。",
            ("返却が遅れるとどうなりますか",),
        ),
        (
            "飲み物はふたの付いた容器に限って持ち込める。食べ物の持ち込みは認めない。",
            ("図書室でお弁当を食べてもいいですか",),
        ),
    ),
}


def squad_json() -> dict[str, Any]:
    """As a SQuAD file holds it; the answers are not looked at by retrieval."""
    return {
        "data": [
            {
                "title": title,
                "paragraphs": [
                    {
                        "context": f"{title} [SEP] {text}",
                        "qas": [
                            {
                                "id": f"{title}-{place}-{number}",
                                "question": question,
                                "answers": [{"text": text[:2], "answer_start": len(title) + len(" [SEP] ")}],
                            }
                            for number, question in enumerate(questions)
                        ],
                    }
                    for place, (text, questions) in enumerate(paragraphs)
                ],
            }
            for title, paragraphs in ARTICLES.items()
        ]
    }


def write_squad(folder: Path) -> Path:
    """The set as ``office/set.json``."""
    file = folder / "office" / "set.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(squad_json(), ensure_ascii=False), encoding="utf-8")
    return file


ANSWERS = {
    "有休は余ったら次の年に回せますか": ("休暇", "翌年に限り持ち越せる"),
    "日帰り出張の日当はいくらですか": ("出張", "半額"),
    "グリーン車に乗れるのは誰ですか": ("出張", "役員"),
    "E4と表示されたときの対処": ("空気清浄機", "電源を切って取り除いて"),
    "図書室は何時に閉まりますか": ("図書室", "午後七時"),
    "本は何冊まで借りることができますか": ("図書室", "五冊"),
}


def answered_squad() -> dict[str, Any]:
    """The hand-written articles, with the questions whose answers are known; one has none."""
    data = squad_json()
    for article in data["data"]:
        for paragraph in article["paragraphs"]:
            kept = []
            for asked in paragraph["qas"]:
                title, answer = ANSWERS.get(asked["question"], ("", ""))
                if title == article["title"] and answer in paragraph["context"]:
                    start = paragraph["context"].index(answer)
                    kept.append(asked | {"answers": [{"text": answer, "answer_start": start}]})
            paragraph["qas"] = kept
    impossible = {"id": "x", "question": "社長の名前は何ですか", "answers": []}
    data["data"][0]["paragraphs"][0]["qas"].append(impossible)
    return data


def write_answered(folder: Path) -> Path:
    """The set with gold answers as ``answered/set.json``."""
    file = folder / "answered" / "set.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(answered_squad(), ensure_ascii=False), encoding="utf-8")
    return file


def write_folder(folder: Path) -> Path:
    """Each article as a Markdown document of its own, a heading a paragraph."""
    target = folder / "docs"
    target.mkdir(parents=True, exist_ok=True)
    for title, paragraphs in ARTICLES.items():
        body = "\n\n".join(f"## 第{place}項\n\n{text}" for place, (text, _) in enumerate(paragraphs, start=1))
        (target / f"{title}.md").write_text(f"# {title}\n\n{body}\n", encoding="utf-8")
    return target
