"""Sentences that only look like ours: what people ask us, asked about something else.

"How long does a cramp last" becomes "how long does a battery last". Frames alone must never decide, and no author
would write so many of them by hand; of all that was tried this taught refusing best.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

_GOLDEN = 0.618034


def near_misses(sentences: Iterable[str], subject: Collection[str], strangers: Sequence[str]) -> Iterator[str]:
    """Each sentence that names our `subject`, with one stranger in place of all such words."""
    number = 0
    for sentence in sentences:
        words = sentence.split()
        places = [place for place, word in enumerate(words) if word in subject]
        if not places:
            continue
        number += 1
        stranger = strangers[int(number * _GOLDEN % 1 * len(strangers))]
        kept = [stranger if place == places[0] else word for place, word in enumerate(words) if place not in places[1:]]
        yield " ".join(kept)
