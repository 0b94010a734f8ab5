"""Numbers as people say and hear them."""

from __future__ import annotations

from voice_skill.text import content_words

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SOUND_LIKE_NUMBERS = {"to": 2, "too": 2, "for": 4, "won": 1, "tree": 3, "free": 3, "ate": 8}
"""What a recogniser writes for a number that stands last: "go to step for"."""


def heard_number(heard: str) -> int | None:
    """The first number from 1 to 12 in a sentence, as a word, an ordinal or a numeral; None without one."""
    words = content_words(heard)
    for names in (_NUMBERS, _ORDINALS):
        for word in words:
            if word in names:
                return names.index(word) + 1
    digits = next((int(word) for word in words if word.isdecimal()), None)
    return digits if digits is not None else _SOUND_LIKE_NUMBERS.get(words[-1] if words else "")


def spoken_number(number: int) -> str:
    """A whole number from 0 to 99 in words."""
    small = ["zero", *_NUMBERS, *_TEENS]
    if number < len(small):
        return small[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens - 2]} {small[ones]}" if ones else _TENS[tens - 2]
