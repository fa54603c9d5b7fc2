"""The metrics of llm-jp-eval under their exact definitions, and how its answers are cut out.

``char_f1`` is no F1: it is ``fuzzywuzzy.fuzz.token_sort_ratio / 100`` (with python-Levenshtein), computed
here by rapidfuzz, which gives the same number on 20,000 random cases. fuzzywuzzy without python-Levenshtein
falls back to difflib and differs in two of a hundred.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

_LATIN_1 = dict.fromkeys(range(128, 256))
_NO_WORD = re.compile(r"\W")


def cut_answer(output: str) -> str:
    r"""What counts of a model's output: up to the first blank line, NFKC.

    >>> cut_answer(" ２０日\n\n### 入力:")
    '20日'
    """
    return normalise(output.partition("\n\n")[0])


def normalise(text: str) -> str:
    """NFKC without white space at the ends."""
    return unicodedata.normalize("NFKC", text).strip()


def exact_match(output: str, gold: str) -> float:
    """1 when the answer is the gold answer, character by character, both normalised."""
    return float(cut_answer(output) == normalise(gold))


def char_f1(output: str, gold: str) -> float:
    """Likeness from 0 to 1 of the words of both, sorted; see the module.

    >>> char_f1("新宿区 東京都", "東京都 新宿区")
    1.0
    """
    return token_sort_ratio(cut_answer(output), normalise(gold)) / 100


def token_sort_ratio(first: str, second: str) -> int:
    """``fuzzywuzzy.fuzz.token_sort_ratio``, rounding and all.

    >>> token_sort_ratio("年次有給休暇", "有給休暇")
    80
    """
    from rapidfuzz import fuzz

    return round(fuzz.token_sort_ratio(first, second, processor=_process))


def _process(text: str) -> str:
    """Fuzzywuzzy's ``full_process`` with ``force_ascii``, which takes only Latin-1 away."""
    return _NO_WORD.sub(" ", text.translate(_LATIN_1)).lower().strip()


METRICS: Mapping[str, Callable[[str, str], float]] = MappingProxyType(
    {"char_f1": char_f1, "exact_match": exact_match}
)

DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        "char_f1": "fuzzywuzzy.token_sort_ratio/100 after NFKC against the first gold answer (llm-jp-eval)",
        "exact_match": "equal after NFKC to the first gold answer (llm-jp-eval)",
    }
)
"""What stands beside every figure, because SQuAD's EM/F1 and flexeval's CharF1 are others."""
