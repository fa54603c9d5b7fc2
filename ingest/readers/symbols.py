"""Signs of symbol fonts (Wingdings, Symbol), which files write as private characters.

Private characters mean nothing without their font. These are proven by the fonts' own tables, and they
are the ones that office programs use as bullets, arrows and check marks.
"""

from __future__ import annotations

_SIGNS = {
    0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x70: "❐", 0x71: "❑", 0x72: "❒", 0x73: "⬧", 0x74: "◊",
    0x75: "◆", 0x76: "❖", 0x77: "⬥", 0x9E: "·", 0x9F: "•", 0xA1: "○", 0xA7: "▪", 0xA8: "◻", 0xAB: "★",
    0xB2: "✦", 0xB7: "•", 0xD8: "➢", 0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦",
    0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip

SYMBOLS = {0xF000 + code: sign for code, sign in _SIGNS.items()}
"""For `str.translate`: U+F06C → ●, one sign for one."""
