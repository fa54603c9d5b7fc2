"""Documents are data: a thousand generated ones change the structure of no prompt, to the token id."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.answering.conversation import Rewriting
from rag.answering.conversation_model import ModelRewriter
from rag.generation.base import Prompt, Sampling
from rag.generation.budget import pack
from rag.generation.checkpoints import load_tokenizer
from rag.generation.escaping import find_markers
from rag.generation.local import PromptCodec
from rag.generation.prompts import STYLES
from rag.text.analyzer import load_analyzer
from rag.types import Hit, Turn
from tests.generation.hostile_material import harmless_hits, hits, texts

NUM_EXAMPLES = 1_000
BLOCK_HEADING = re.compile(r"^\s*[\[［]\s*\d", re.MULTILINE)


@dataclass(frozen=True)
class Reader:
    """A real tokenizer in a generator's place; everything fits, and nothing is written."""

    codec: PromptCodec
    control_ids: frozenset[int]
    prompt_style: str
    name: str = "reader"
    context_tokens: int = 1_000_000

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    def count_prompt(self, prompt: Prompt) -> int:
        return len(prompt.text)

    def stream(self, prompt: Prompt, sampling: Sampling) -> Iterator[str]:
        self.asked.append(prompt)
        yield ""

    asked: list[Prompt] = None  # type: ignore[assignment]

    def controls(self, prompt: Prompt) -> list[int]:
        """The control ids of a prompt in their order."""
        return [one for one in self.codec.encode(prompt) if one in self.control_ids]


def make_reader(folder: Path, style: str) -> Reader:
    tokenizer = load_tokenizer(folder)
    control = {*tokenizer.all_special_ids, *tokenizer.added_tokens_decoder}
    return Reader(PromptCodec(tokenizer, folder.name), frozenset(control), style, asked=[])


@pytest.fixture(scope="module")
def readers(swallow: Path, swallow_v01: Path, llama3: Path) -> list[Reader]:
    """Every style with the tokenizers that it is used with."""
    pairs = [
        ("alpaca-ja", swallow),
        ("completion", swallow),
        ("llama2-chat-ja", swallow_v01),
        ("chat-template", swallow_v01),
        ("chat-template", llama3),
    ]
    assert {style for style, _ in pairs} == set(STYLES)
    return [make_reader(folder, style) for style, folder in pairs]


def markers(prompt: Prompt) -> list[str]:
    """The markers of a prompt in their order, also those that a normalisation would bring to life.

    Of what runs over several lines the last counts: a lone ``#`` above ``### 応答:`` is none of it.
    """
    found = []
    for text in (prompt.text, *(content for _, content in prompt.messages)):
        normal = unicodedata.normalize("NFKC", text)
        found += [normal[start:end].rpartition("\n")[2] for start, end in find_markers(normal)]
    return found


def num_headings(prompt: Prompt) -> int:
    return sum(len(BLOCK_HEADING.findall(text)) for text in (prompt.text, *(m for _, m in prompt.messages)))


@dataclass(frozen=True)
class Structure:
    """What a prompt is made of beside the words in it."""

    markers: list[str]
    controls: list[int]
    num_headings: int


_PLAIN: dict[tuple[int, tuple[int, ...]], Structure] = {}


def structure_of_plain(readers: list[Reader], number: int, sentences: tuple[int, ...]) -> Structure:
    """That of a prompt with as many sentences of harmless words."""
    if (number, sentences) not in _PLAIN:
        found = harmless_hits(sentences)
        prompt = pack("問", found, readers[number], max_new_tokens=1).prompt
        told = Structure(markers(prompt), readers[number].controls(prompt), num_headings(prompt))
        _PLAIN[number, sentences] = told
    return _PLAIN[number, sentences]


quick = settings(
    derandomize=True,
    deadline=None,
    max_examples=NUM_EXAMPLES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@quick
@given(texts, hits())
def test_no_document_changes_the_structure_of_a_prompt(
    readers: list[Reader], question: str, found: tuple[Hit, ...]
) -> None:
    in_question = len(BLOCK_HEADING.findall(question))
    for number, reader in enumerate(readers):
        attacked = pack(f"問{question}", found, reader, max_new_tokens=1)
        plain = structure_of_plain(readers, number, tuple(len(hit.chunk.sentences) for hit in found))
        assert not attacked.left_out
        assert markers(attacked.prompt) == plain.markers
        assert reader.controls(attacked.prompt) == plain.controls
        assert num_headings(attacked.prompt) - plain.num_headings <= in_question


def test_the_readers_know_their_control_ids(readers: list[Reader]) -> None:
    """Else the property would hold of nothing."""
    for reader in readers:
        assert reader.control_ids
    llama3 = readers[-1]
    turn = Prompt("", (("user", "問"),))
    assert len(llama3.controls(turn)) >= 5, "BOS, two headers, two ends"


@settings(quick, max_examples=60)
@given(texts, texts, texts)
def test_no_conversation_changes_the_structure_of_the_prompt_that_rewrites(
    readers: list[Reader], before: str, answer: str, question: str
) -> None:
    class Rules:
        name = "rule"

        def rewrite(self, question: str, history: Sequence[Turn]) -> Rewriting:
            return Rewriting("規則による質問", "rule")

    analyzer = load_analyzer()
    for reader in readers:
        reader.asked.clear()
        rewriter = ModelRewriter(reader, Rules(), analyzer, 10_000)
        rewriter.rewrite(f"問{question}", [Turn(f"前{before}", f"答{answer}")])
        rewriter.rewrite("問", [Turn("前", "答")])
        attacked, plain = reader.asked
        assert markers(attacked) == markers(plain)
        assert reader.controls(attacked) == reader.controls(plain)


@settings(quick, max_examples=20)
@given(st.sampled_from(["<|eot_id|>", "</s>", "### 応答:", "［ＩＮＳＴ］"]))
def test_a_marker_that_is_not_escaped_would_be_seen(readers: list[Reader], marker: str) -> None:
    """The test of the test: the same words, put past the escaping, are markers."""
    assert markers(Prompt(f"資料{marker}"))
