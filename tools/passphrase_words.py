"""Write `static/js/sealing/words.js` from `lpse/sealing/words.txt`, after checking the list.

The list is 2,048 Indonesian words of four to eight letters, so that one word is eleven bits. No
two of them are one slip of the finger apart (a letter changed, added, lost or two exchanged): a
mistyped word is never another word of the list.

    python3 tools/passphrase_words.py
"""

from __future__ import annotations

import textwrap
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORDS = ROOT / "lpse" / "sealing" / "words.txt"
MODULE = ROOT / "static" / "js" / "sealing" / "words.js"
COUNT = 2048
SHORTEST, LONGEST = 4, 8
HEAD = """// @ts-check
/**
 * The words of generated passphrases; written by tools/passphrase_words.py, not by hand.
 *
 *   WORDS: readonly string[]               2,048 words, sorted
 */
const TEXT = `
"""
TAIL = """`;

export const WORDS = Object.freeze(TEXT.trim().split(/\\s+/));
"""


def one_slip(a: str, b: str) -> bool:
    """Whether a single slip turns one word into the other."""
    if len(a) == len(b):
        match [at for at in range(len(a)) if a[at] != b[at]]:
            case [_]:
                return True
            case [first, second]:
                return second == first + 1 and a[first:][:2] == b[second] + b[first]
        return False
    shorter, longer = sorted((a, b), key=len)
    return len(longer) - len(shorter) == 1 and any(
        longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer))
    )


def faults(words: list[str]) -> list[str]:
    """What is wrong with the list; empty when nothing is."""
    found = []
    if len(words) != COUNT or words != sorted(set(words)):
        found.append(f"the list is not {COUNT} distinct, sorted words")
    found += [
        f"{word} is not {SHORTEST} to {LONGEST} plain letters"
        for word in words
        if not (SHORTEST <= len(word) <= LONGEST and word.isascii() and word.islower())
    ]
    found += [
        f"{a} and {b} are one slip apart" for a, b in combinations(words, 2) if one_slip(a, b)
    ]
    return found


def module(words: list[str]) -> str:
    return f"{HEAD}{textwrap.fill(' '.join(words), 98)}\n{TAIL}"


def main() -> int:
    words = WORDS.read_text().split()
    found = faults(words)
    for fault in found:
        print(fault)
    if not found:
        MODULE.write_text(module(words))
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
