"""Characters that PDF fonts give in place of the right ones: mended where a table proves it, else told."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from ingest.plausibility import judge

_SUPPLEMENT_RADICALS = dict(
    zip(
        "⺟⺠⺡⺣⺩⺫⺬⺭⺲⺹⺾⻁⻂⻃⻄⻆⻑⻘⻝⻤⻨⻩⻫⻭⻯⻱⻲⻳",
        "母民氵灬王罒示礻罒耂艹虎衤覀西角長青食鬼麦黄斉歯竜龜亀龟",
        strict=True,
    )
)
_VERTICAL_FORMS = dict(
    zip(
        "︐︑︒︓︔︕︖︙︰︱︲︳︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
        "，、。：；！？…‥—–＿（）｛｝〔〕【】《》〈〉「」『』［］",
        strict=True,
    )
)
_KANGXI = {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
_RADICALS = _KANGXI | _SUPPLEMENT_RADICALS

MENDED = str.maketrans(_RADICALS | _VERTICAL_FORMS)
"""⼀ → 一, ⻑ → 長, ︒ → 。: signs that stand for exactly one character, one for one."""

_SHIFTED_HIRAGANA, _SHIFTED_KATAKANA = 0x1690, 0x168E
_SHIFTED = {
    **{code + _SHIFTED_HIRAGANA: chr(code) for code in range(0x3041, 0x3094)},
    **{code + _SHIFTED_KATAKANA: chr(code) for code in range(0x30A1, 0x30F7)},
}
"""Some programs write glyph numbers of MS 明朝 as Unicode: の becomes 䛾, システム becomes 䝅䝇䝔䝮."""

_RARE = range(0x3400, 0x4DC0)
_ENOUGH = 20
_PROOF_SHARE = 0.9
_LOW_KANA_SHARE = 0.05
_ENOUGH_JAPANESE = 200


def shifted_kana(texts: Iterable[str]) -> dict[int, str]:
    """The table that mends shifted kana, or an empty one where the texts do not prove it.

    Proof: there is hardly any kana, and nine in ten of the rare kanji are where shifted kana would be.
    """
    counts = Counter("".join(texts))
    rare = sum(number for char, number in counts.items() if ord(char) in _RARE)
    shifted = sum(number for char, number in counts.items() if ord(char) in _SHIFTED)
    kana = sum(number for char, number in counts.items() if "\u3041" <= char <= "\u30f6")
    is_proven = shifted >= _ENOUGH and shifted >= rare * _PROOF_SHARE and kana < shifted
    return _SHIFTED if is_proven else {}


def garbling_warnings(text: str) -> tuple[str, ...]:
    """What looks garbled in a text, one line each."""
    found = judge(text)
    private = sum("\ue000" <= char <= "\uf8ff" for char in text)
    unknown = text.count("\ufffd")
    warnings = []
    if unknown:
        warnings.append(f"{unknown} characters have no meaning in the file's fonts and stand as \ufffd")
    if private:
        warnings.append(f"{private} characters are private to the file's fonts and cannot be read")
    if found.num_judged >= _ENOUGH_JAPANESE and found.kana_share < _LOW_KANA_SHARE:
        warnings.append(f"only {found.kana_share:.0%} of the Japanese is kana: the text may be garbled")
    return tuple(warnings)
