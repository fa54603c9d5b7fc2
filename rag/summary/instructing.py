"""The prompt of a summary: the rules in the style's words, the text in its 入力 slot."""

from __future__ import annotations

from collections.abc import Mapping

from rag.generation.base import Prompt
from rag.generation.instructions import load_instructions
from rag.generation.prompts import render
from rag.summary.base import Length, Request
from rag.summary.packing import Render

TASK = "summarise"

WISHES: Mapping[Length, str] = {
    Length.LINE: "一文だけで、六十字以内にまとめてください。",
    Length.SHORT: "大切なことだけを、二文か三文でまとめてください。",
    Length.STANDARD: "大切なことを、五文から八文でまとめてください。",
    Length.DETAILED: "節ごとの要点を落とさず、十五文以内でまとめてください。",
}
"""What ``{length}`` in the instruction text stands for."""

_FOCUS = "・とくに次の問いに関わることを取り上げてください: {question}"


def build_render(style: str, request: Request, *, is_partial: bool = False) -> Render:
    """Text of the 入力 slot → prompt; a partial summary may take a little more than the whole."""
    instructions = load_instructions(TASK, style)
    length = WISHES[Length.STANDARD if is_partial and request.length is Length.LINE else request.length]
    focus = _FOCUS.format(question=" ".join(request.focus.split())) if request.focus else ""
    # Not str.format: instruction texts are edited by hand and may hold other braces.
    text = instructions.text.replace("{length}", length).replace("{focus}", focus).strip()

    def rendered(evidence: str) -> Prompt:
        return render(style, text, evidence, examples=instructions.examples)

    return rendered
