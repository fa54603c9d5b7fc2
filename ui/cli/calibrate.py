"""``swallow-rag calibrate``: when to say that the documents do not answer, fitted on one's own documents."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ui.cli.asjson import print_json
from ui.cli.commands import PATH, Session, json_option, pass_session
from ui.cli.evaluating import counting, figures_table

if TYPE_CHECKING:
    from evaluation.calibration.fitting import CalibrationReport

_KINDS = {"date": "日付", "number": "数", "name": "名前", "meaning": "意味"}


@click.command("calibrate")
@click.option("--collection", "collections", multiple=True, metavar="NAME", help="この資料群だけ (複数可)")
@click.option("--limit", type=click.IntRange(min=1), default=300, metavar="N", help="質問の数 (既定 300)")
@click.option("--dry-run", is_flag=True, help="測るだけで、書かない")
@click.option("--questions", type=PATH, metavar="FILE", help="作った質問をこのファイルに書く (JSON Lines)")
@json_option
@pass_session
def calibrate_command(
    session: Session,
    /,
    *,
    collections: tuple[str, ...],
    limit: int,
    dry_run: bool,
    questions: Path | None,
    as_json: bool,
) -> None:
    """自分の資料で、答えるか棄権するかの点数を調整します。

    Fit the score of answerability on your own documents. 資料の文から質問を作り、資料があるときと
    その資料を除いたときの両方で尋ねて比べます。結果はストアのフォルダの calibration.json に書き、次の
    回答から使います (answering.calibration = "none" で使いません)。棄権のしきい値は今までどおり
    answering.abstain_below です。
    """
    from evaluation.calibration.fitting import calibrate
    from rag.answering.calibration import save_calibration
    from rag.assembly import open_assembly
    from rag.types import Scope

    settings = session.settings()
    with open_assembly(settings) as assembly, counting() as tell:
        scope = Scope(collections=frozenset(collections))
        report = calibrate(assembly, scope, limit=limit, tell=tell)
    file = None if dry_run else save_calibration(report.calibration, settings.store.path)
    if questions:
        _write_questions(report, questions)
    if as_json:
        print_json(report.as_json() | {"file": str(file) if file else None})
    else:
        click.echo("\n".join(_lines(report, file)))


def _lines(report: CalibrationReport, file: Path | None) -> Iterator[str]:
    kinds = "、".join(f"{_KINDS[kind]} {count}" for kind, count in sorted(report.kinds.items()))
    yield f"{report.num_documents:,} 文書から質問を {sum(report.kinds.values()):,} 作りました ({kinds})。"
    if report.dropped:
        yield f"うち {report.dropped:,} 問は、ほかの資料にも答えがあるため数えていません。"
    yield f"答えの有無を見分ける力 (AUROC): {report.calibration.auroc:.3f}"
    yield ""
    rows = [("", "abstain_below", "誤った棄権", "誤った回答")]
    for one in report.table():
        mark = "今の設定" if one.threshold == report.abstain_below else ""
        rows.append((mark, f"{one.threshold:.2f}", f"{one.false_refusals:.1%}", f"{one.false_answers:.1%}"))
    yield from figures_table(rows)
    yield ""
    yield "誤った棄権は、資料に答えがあるのに棄権した割合。誤った回答は、資料を除いても答えた割合です。"
    if file:
        yield f'書きました: {file}。使わないときは answering.calibration = "none" にします。'
    else:
        yield "書いていません (--dry-run)。"


def _write_questions(report: CalibrationReport, file: Path) -> None:
    """What was asked, so that people can see whether the figures are worth anything."""
    import orjson

    from rag.errors import SettingsError

    try:
        file.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in report.outcomes))
    except OSError as error:
        raise SettingsError(f"the questions cannot be written to {file}: {error.strerror}") from error
