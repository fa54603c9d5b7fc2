"""Words of one's own that mean the same, from a file that may change while we run.

One group a line, words between commas; a line that begins with ``#`` is a comment::

    # 人事
    休暇, 休み, お休み
    年次有給休暇, 有休, 年休

A question that has one of them is also asked with the others, which count for less. Documents are indexed as
they are, so that a change takes effect with the next question.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from rag.errors import SettingsError
from rag.text.analyzer import Analysis, Analyzer
from rag.text.fold import fold_text
from rag.text.query_terms import WeightedTerms
from rag.text.terms import content_terms

logger = logging.getLogger(__name__)

SYNONYM_WEIGHT = 0.5
"""Of a term that the question does not have itself."""

MAX_WORD_CHARS = 40
_MAX_JOINED = 8
_COMMA = re.compile(r"[,，、\t]")
_ENCODINGS = ("utf-8-sig", "cp932")

Groups = Mapping[str, Sequence[str]]
"""A word in the comparison form → the others of its groups."""


def read_groups(path: Path) -> Groups:
    """The groups of a file, in UTF-8 or Shift_JIS; raises SettingsError that names file, line and remedy."""
    groups: dict[str, dict[str, None]] = {}
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        words = list(dict.fromkeys(" ".join(fold_text(word).split()) for word in _COMMA.split(line)))
        _check(words, f"{path}, line {number}")
        for word in words:
            groups.setdefault(word, {}).update(dict.fromkeys(other for other in words if other != word))
    return {word: tuple(others) for word, others in groups.items()}


def _check(words: Sequence[str], place: str) -> None:
    if "" in words:
        raise SettingsError(f"{place}: there is nothing between two commas: put a word there or take one out")
    if len(words) == 1:
        raise SettingsError(
            f"{place}: {words[0]!r} stands alone: put the words that mean the same on one line, "
            "with commas between them"
        )
    for word in words:
        if len(word) > MAX_WORD_CHARS:
            raise SettingsError(
                f"{place}: {word[:MAX_WORD_CHARS]!r}… is longer than {MAX_WORD_CHARS} characters: "
                "put a word there, not a sentence"
            )


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"the synonym file {path} cannot be read ({error.strerror}): "
            "set retrieval.synonyms to a text file, or leave it out"
        ) from error
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SettingsError(f"the synonym file {path} is neither UTF-8 nor Shift_JIS: save it as UTF-8")


class SynonymFile:
    """The groups of one file, read again when the file has changed. Many threads may use one object.

    Raises SettingsError at the first reading; when a file that was sound becomes broken, the last sound
    groups stay and `problem` says why.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] | None = None
        self._groups: Groups = {}
        self.problem = ""
        self._stamp = self._stat()
        self._groups = read_groups(path)

    @property
    def groups(self) -> Groups:
        """What the file says now."""
        stamp = self._stat()
        if stamp != self._stamp:
            with self._lock:
                self._stamp = stamp
                try:
                    self._groups, self.problem = read_groups(self._path), ""
                except SettingsError as error:
                    self.problem = str(error)
                    logger.warning("the synonyms stay as they were: %s", error)
        return self._groups

    def _stat(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def expand(
        self, text: str, analysis: Analysis, terms: WeightedTerms, analyzer: Analyzer
    ) -> WeightedTerms:
        """A question's terms with those of the words that mean the same as one of its own."""
        groups = self.groups
        found = dict.fromkeys(other for word in _words_of(text, analysis, groups) for other in groups[word])
        if not found:
            return terms
        expanded = {field: dict(weights) for field, weights in terms.items()}
        for word in found:
            for field, counts in content_terms(word, analyzer.analyze(word))._asdict().items():
                weights = expanded.setdefault(field, {})
                for term in counts:
                    weights.setdefault(term, SYNONYM_WEIGHT)
        return expanded


def _words_of(text: str, analysis: Analysis, groups: Groups) -> Iterator[str]:
    """The words of the groups that a question has, the longest where several begin together.

    A word begins and ends where MeCab's words do (夏休み has no 休み), and its last part may be inflected.
    """
    morphemes = list(analysis.morphemes())
    place = 0
    while place < len(morphemes):
        joined, best, best_end = "", "", place + 1
        for end in range(place, min(place + _MAX_JOINED, len(morphemes))):
            start_char, end_char, feature = morphemes[end]
            with_base = joined + feature.base
            joined += fold_text(text[start_char:end_char])
            if known := next((word for word in (joined, with_base) if word in groups), ""):
                best, best_end = known, end + 1
        if best:
            yield best
        place = best_end
