"""Prompt styles, to the byte, and the task of answering from evidence laid out in them.

A prompt format is an interface: the models were trained on exactly these characters (the source stands
beside each style; golden files in ``tests/golden/prompts``). Rendering is the last thing that
happens to a text, so markers in questions and documents are escaped here (`rag.generation.escaping`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rag.errors import SettingsError
from rag.generation.base import Prompt
from rag.generation.escaping import escape
from rag.generation.instructions import Example, load_instructions

SYSTEM = "あなたは誠実で優秀な日本人のアシスタントです。"
BOS_TEXT = "<s>"
"""How `llama2-chat-ja` prints the beginning of the sequence; `split_bos` turns it into the token."""


@dataclass(frozen=True, slots=True)
class Style:
    """One way to lay a prompt out; ``{…}`` are the slots.

    ``bos`` asks the tokenizer for BOS where the layout does not print it. An empty ``layout`` means
    messages: the model's own chat template lays them out.
    """

    layout: str
    layout_without_input: str
    example: str = ""
    stop: tuple[str, ...] = ()
    bos: bool = False


_ALPACA_STOP = ("\n\n### ", "### 指示", "### 入力", "### 応答")
_USER = "{instruction}\n\n{evidence}"
_LLAMA2 = f"{BOS_TEXT}[INST] <<SYS>>\n{{system}}\n<</SYS>>\n\n%s [/INST] "
_COMPLETION = (
    "以下は、タスクを説明する指示と、文脈のある入力の組み合わせです。要求を適切に満たす応答を書きなさい。"
    "\n\n### 指示:\n{instruction}{examples}"
)

STYLES: Mapping[str, Style] = MappingProxyType(
    {
        # Model card of Swallow-70b-hf; its snippet encodes with add_special_tokens=False: no BOS.
        "alpaca-ja": Style(
            "以下に、あるタスクを説明する指示があり、それに付随する入力が更なる文脈を提供しています。"
            "リクエストを適切に完了するための回答を記述してください。"
            "\n\n### 指示:\n{instruction}\n\n### 入力:\n{evidence}\n\n### 応答:",
            "以下に、あるタスクを説明する指示があります。リクエストを適切に完了するための回答を記述してください。"
            "\n\n### 指示:\n{instruction}\n\n### 応答:",
            stop=_ALPACA_STOP,
        ),
        # tokenizer_config.json of Swallow-*-instruct-v0.1; the trailing space belongs to it.
        "llama2-chat-ja": Style(
            _LLAMA2 % _USER,
            _LLAMA2 % "{instruction}",
            stop=("[INST]", "[/INST]", "<<SYS>>"),
        ),
        # llm-jp-eval 1.3.0, as the base models were measured; their answer ends at the first blank line.
        "completion": Style(
            _COMPLETION + "\n\n### 入力:\n{evidence}\n\n### 応答:\n",
            _COMPLETION + "\n\n### 応答:\n",
            example="\n\n### 入力:\n{evidence}\n\n### 応答:\n{answer}",
            stop=("\n\n", *_ALPACA_STOP[1:]),
            bos=True,
        ),
        "chat-template": Style("", ""),
    }
)


def render(
    style: str,
    instruction: str,
    evidence: str = "",
    *,
    system: str = SYSTEM,
    examples: Sequence[Example] = (),
) -> Prompt:
    r"""Lay instruction and evidence out in a style, markers in them escaped.

    ``render("alpaca-ja", "要約してください。", "本文…")`` ends in 「\n\n### 応答:」. Without evidence the
    style's layout without input is taken. ``examples`` are used by ``completion`` alone; the trained styles
    have no place for them. Raises SettingsError for an unknown style.
    """
    layout = find_style(style)
    slots = {
        "system": escape(system),
        "instruction": escape(instruction),
        "evidence": escape(evidence),
    }
    if not layout.layout:
        user = (_USER if evidence else "{instruction}").format(**slots)
        return Prompt("", (("system", slots["system"]), ("user", user)), layout.stop)
    slots["examples"] = "".join(
        layout.example.format(evidence=escape(example.evidence), answer=escape(example.answer))
        for example in examples
    )
    text = (layout.layout if evidence else layout.layout_without_input).format(**slots)
    return Prompt(text, stop=layout.stop, bos=layout.bos)


def render_answer(style: str, question: str, evidence: str = "") -> Prompt:
    """The prompt that answers a question from evidence: the rules of answering in the style's words.

    The question stands where the instruction text says ``{question}``, else behind the evidence.
    """
    instructions = load_instructions("answer", style)
    if "{question}" in instructions.text:
        # Not str.format: instruction texts are edited by hand and may hold other braces.
        instruction = instructions.text.replace("{question}", question)
    else:
        instruction = instructions.text
        evidence = f"{evidence}\n\n質問: {question}".lstrip("\n")
    return render(style, instruction, evidence, examples=instructions.examples)


def find_style(name: str) -> Style:
    """The style of that name; SettingsError tells which there are."""
    try:
        return STYLES[name]
    except KeyError:
        raise SettingsError(
            f"prompt style {name!r} does not exist: set generation.prompt_style to one of {', '.join(STYLES)}"
        ) from None


def split_bos(prompt: Prompt) -> tuple[bool, str]:
    """Whether the sequence begins with BOS, and the text after it.

    Only a BOS that the layout prints can stand at the very beginning, and only there is it the token:
    everything after it is plain text to the tokenizer.
    """
    if prompt.text.startswith(BOS_TEXT):
        return True, prompt.text[len(BOS_TEXT) :]
    return prompt.bos, prompt.text
