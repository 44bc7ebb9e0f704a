"""Questions typed in pinyin (binzhou de haiwaicang) → Chinese, by the words that the corpus and the word lists know."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, cached_property

from pypinyin import lazy_pinyin
from pypinyin.contrib.tone_convert import to_normal
from pypinyin.pinyin_dict import pinyin_dict

from rag.lexicon import normalise

_HAN = re.compile("[一-鿿]+")
_TOKEN = re.compile("[a-z]+|[^a-z\\s]+")
_LATIN = re.compile("[a-z]+")
_LEAST = 3  # syllables of a question
_LONGEST = 8  # syllables of a word
_LEFT_OVER = 10  # words that one syllable more without a meaning outweighs


class Romanised:
    """Reads pinyin without tones, with or without spaces.

    Args:
        words: what it may mean, the likelier of two words of one sound first.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._known = tuple(words)

    @cached_property
    def _words(self) -> dict[tuple[str, ...], str]:
        """Syllables → word; made for the first question that may be pinyin."""
        table: dict[tuple[str, ...], str] = {}
        for word in self._known:
            if _HAN.fullmatch(word) and len(word) <= _LONGEST:
                table.setdefault(tuple(lazy_pinyin(word)), word)
        return table

    def is_pinyin(self, question: str) -> bool:
        """True if a question has no Chinese, every word is made of syllables, and some of them make a longer word."""
        text = normalise(question)
        tokens = _LATIN.findall(text)
        if _HAN.search(text) or not tokens or not all(map(_syllables, tokens)):
            return False
        said = [s for token in tokens for s in _syllables(token)]
        longer = any(len(word) > 1 for word in self._read(said))
        return len(said) >= _LEAST and longer

    def chinese(self, question: str) -> str:
        """The question in Chinese; syllables that make no known word are left out."""
        said: list[str] = []
        for token in _TOKEN.findall(normalise(question)):
            said += _syllables(token) if _LATIN.fullmatch(token) else [token]
        return "".join(self._read(said))

    def _read(self, said: Sequence[str]) -> list[str]:
        """The fewest words that leave the fewest syllables over; other signs as they are."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(said) + 1):
            sign = not _LATIN.fullmatch(said[end - 1])
            cost, words = best[end - 1]
            made = [(cost + (0 if sign else _LEFT_OVER), [*words, said[end - 1]] if sign else words)]
            for start in range(max(0, end - _LONGEST), end):
                if word := self._words.get(tuple(said[start:end])):
                    made.append((best[start][0] + 1, [*best[start][1], word]))
            best.append(min(made, key=lambda pair: pair[0]))
        return best[-1][1]


@cache
def _table() -> frozenset[str]:
    """All syllables without tones."""
    return frozenset(
        to_normal(reading) for sounds in {*pinyin_dict.values()} for reading in sounds.split(",")
    )


def _syllables(token: str) -> list[str]:
    """A run of letters as the fewest syllables; empty if it is none."""
    best: list[list[str] | None] = [[]]
    for end in range(1, len(token) + 1):
        made = [
            [*before, token[start:end]]
            for start in range(max(0, end - 6), end)
            if (before := best[start]) is not None and token[start:end] in _table()
        ]
        best.append(min(made, key=len, default=None))
    return best[-1] or []
