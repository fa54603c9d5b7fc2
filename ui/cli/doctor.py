"""``swallow-rag doctor``: what is there, what is wrong, and the command that mends it."""

from __future__ import annotations

from dataclasses import asdict

import click

from ui.cli.asjson import print_json
from ui.cli.commands import Session, json_option, pass_session
from ui.cli.findings import Finding, Level, examine
from ui.cli.render import plain, table

_MARKS = {Level.OK: "○", Level.NOTE: "・", Level.PROBLEM: "×"}


@click.command("doctor")
@json_option
@pass_session
def doctor_command(session: Session, /, *, as_json: bool) -> int:
    """インストール、モデル、ストアを調べ、直し方を示します。

    Examine installation, models and store. 問題がなければ 0、あれば 1 で終わります。
    """
    findings = examine(session)
    healthy = all(finding.level is not Level.PROBLEM for finding in findings)
    if as_json:
        print_json({"ok": healthy, "findings": [asdict(finding) for finding in findings]})
    else:
        click.echo("\n".join(_lines(findings, healthy)))
    return 0 if healthy else 1


def _lines(findings: list[Finding], healthy: bool) -> list[str]:
    rows = [(_MARKS[finding.level], finding.name, finding.value) for finding in findings]
    lines = list(table(rows))
    remedies = [f"  {finding.name}: {plain(finding.remedy)}" for finding in findings if finding.remedy]
    if remedies:
        lines += ["", "直し方・入れ方:", *remedies]
    return [*lines, "", "問題はありません。" if healthy else "× の項目に問題があります。"]
