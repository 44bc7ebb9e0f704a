"""Finished Chinese answers → an English frame: clause wording stays Chinese, in quotation marks, its figures converted.

English twins of the messages are data (``rag/data/english.json``).
"""

import re
from dataclasses import replace
from functools import cached_property

from pypinyin import lazy_pinyin

from rag.english import Phrases
from rag.gazetteer import Gazetteer
from rag.lexicon import data_file
from rag.types import Answer

_MARKS = re.compile(r"((?:\[[0-9]+\])+)")
_CELL = re.compile(r"(?<!\\)\|")
_SCALE = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "": 1}
_LARGE = ((10**12, " trillion"), (10**9, " billion"), (10**6, " million"))
_BY = re.compile("到((?:19|20)[0-9]{2})年")
_ITEM = re.compile(r"^(?P<mark>- (?P<name>[^:]{1,24}):|[0-9]+\. )(?P<rest>.+)$")
_JOINTS = {";": "; ", "；": "; ", "。": ". ", ":": ": "}
_ZONES = ("zone", "zones", "high", "low")  # placeholders that only zones fill
_WORDING = ("heading", "detail", "missing", "bound", "kinds", "document")  # … that words of the notices fill


class Frame:
    """Puts finished Chinese answers into an English frame."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._names = gazetteer
        self._data: Phrases = data_file("english", Phrases)

    def framed(self, answer: Answer, question: str) -> Answer:
        """The answer with opening and notes in English, wording quoted, figures converted; suggestions for a zone repeat
        the question.
        """
        body = "\n".join(map(self._line, answer.text.split("\n")))
        opening = self._data.frame.get(answer.status.value)
        suggestions = []
        for suggestion in answer.suggestions:
            zone = next((z for z in self._names.zones if suggestion.startswith(z)), "")
            repeated = self._data.frame["suggestion"].format(zone=self._shown(zone), question=question)
            suggestions.append(repeated if zone and not self._twin(suggestion) else self._line(suggestion))
        text = f"{opening}\n\n{body}" if opening else body
        return replace(answer, text=text, suggestions=tuple(suggestions))

    def _line(self, line: str) -> str:
        """A line, list item or table row."""
        row = [cell.strip() for cell in _CELL.split(line)[1:-1]] if line.startswith("|") else []
        if row:
            first, *others = row
            head = all(cell in self._data.shown or cell in self._names.units for cell in row)
            cells = [self._shown(first), *map(self._shown if head else self._claims, others)]
            return line if set(first) == {"-"} else f"| {' | '.join(cells)} |"
        if item := _ITEM.match(line):
            mark = f"- {self._shown(item['name'])}: " if item["name"] else item["mark"]
            return mark + self._claims(item["rest"])
        return self._claims(line)

    def _claims(self, text: str) -> str:
        """Messages by their twins, all else quoted; marks stay as they are."""
        pieces = _MARKS.split(text)
        said = ""
        for stretch, marks in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
            joint = _JOINTS.get(stretch[:1], "") if said else ""
            core = stretch[1:] if joint else stretch
            said += (joint if marks or core else joint.strip()) + self._message(core) + marks
        return said

    def _message(self, text: str) -> str:
        """A message by its English twin, then what follows it; anything else is clause wording."""
        if found := self._twin(text):
            english, rest = found
            joint = _JOINTS.get(rest[:1], "")
            following = self._message(rest[1:] if joint else rest)
            return english + (joint + following if following else joint.rstrip())
        core = text.rstrip("。;:, ")
        return (self._quoted(core) if core else "") + ("." if text.endswith("。") else "")

    def _twin(self, text: str) -> tuple[str, str] | None:
        """The English of the message that a text begins with, and what stands behind it."""
        for pattern, english in self._twins:
            match = pattern.match(text)
            if match and all(self._may_be(*held) for held in match.groupdict().items()):
                values = {key: self._value(key, value) for key, value in match.groupdict().items()}
                return english.format(**values), text[match.end() :]
        return None

    def _may_be(self, key: str, value: str) -> bool:
        """False where a value is not of the kind that a placeholder holds."""
        if key in _ZONES:
            return all(name in self._names.zones for name in re.split("[、和]|并列", value) if name)
        return value in self._data.shown if key == "extreme" else key != "count" or value.isdigit()

    def _value(self, key: str, value: str) -> str:
        if key in _WORDING:
            parts = re.split("(?<=”)、?(?=“)", value)
            return ", ".join(self._quoted(re.sub("^“|”$", "", part), glossed=True) for part in parts)
        return ", ".join(map(self._shown, value.split("、")))

    @cached_property
    def _twins(self) -> list[tuple[re.Pattern[str], str]]:
        """Patterns of Chinese messages with their English, those with most fixed words first."""
        messages = data_file("messages", dict[str, str])
        pairs = [(messages[key], english) for key, english in self._data.answers.items() if key in messages]
        pairs = sorted([*pairs, *self._data.openings], key=lambda pair: -len(re.sub("{.*?}", "", pair[0])))
        # A placeholder at the end of a message reaches to the end of the phrase.
        held, end = r"(?P<\1>[^;。\[\]]+?)", "(?=[;。:]|$)"
        patterns = (re.sub(r"\\{(\w+)\\}", held, re.escape(zh)) + end * zh.endswith("}") for zh, _ in pairs)
        return [(re.compile(p), english) for p, (_, english) in zip(patterns, pairs, strict=True)]

    def _shown(self, name: str) -> str:
        """A name, figure or label in English, names with the Chinese."""
        if name in self._data.shown:
            return self._data.shown[name]
        names = (self._names.zones, self._names.places, self._names.foreign, self._names.units)
        if any(name in group for group in names):
            return f"{self._data.units.get(name, [self._romanised(name)])[0]} ({name})"
        if figure := self._figure_pattern.fullmatch(name):
            return self._figure(figure)
        if found := self._twin(name):
            return found[0]
        zones = name.split("和")
        return " and ".join(map(self._shown, zones)) if len(zones) > 1 else name

    def _romanised(self, name: str) -> str:
        zone = next((zone for zone in self._names.zones if name.startswith(zone) and name != zone), "")
        rest = name.removeprefix(zone)
        endings = sorted(self._data.suffixes, key=len, reverse=True)
        ending = next((e for e in endings if rest.endswith(e) and (zone or rest != e)), "")
        words = [self._pinyin(part) for part in (zone, rest.removesuffix(ending)) if part]
        return " ".join([*words, self._data.suffixes[ending][0]] if ending else words)

    def _pinyin(self, name: str) -> str:
        """Pinyin as a proper name, with the apostrophe where a syllable begins with a vowel."""
        first, *others = [self._data.readings[name]] if name in self._data.readings else lazy_pinyin(name)
        return (first + "".join(f"'{s}" if s[0] in "aeo" else s for s in others)).capitalize()

    def _quoted(self, text: str, *, glossed: bool = False) -> str:
        """Clause wording with its places and figures in English; ``glossed`` if it is a word that the glossary may know."""
        if all(part in (*self._names.units, *self._names.zones) for part in text.split("、")):
            return self._value("units", text)
        places = [p for p in self._names.places if p[-1] in self._data.suffixes and p in text]
        whole = [place for place in places if not any(place != other and place in other for other in places)]
        notes = [self._romanised(place) for place in sorted(whole, key=text.find)]
        notes += [f"by {year}" for year in dict.fromkeys(_BY.findall(text))]
        figures = (self._figure(match, named=True) for match in self._figure_pattern.finditer(text))
        notes += [figure for figure in figures if figure]
        if glossed and not notes:
            notes = [word] if (word := self._data.bounds.get(text) or self._english(text)) else []
        return f"“{text}”" + (f" ({'; '.join(notes)})" if notes else "")

    def _english(self, text: str) -> str:
        """English of the longest glossary word at the end of a text."""
        ends = (text[-size:] for size in range(len(text), 1, -1))
        return next((self._data.words[end][0] for end in ends if end in self._data.words), "")

    @cached_property
    def _figure_pattern(self) -> re.Pattern[str]:
        tables = (self._data.bounds, self._data.measures)
        bounds, units = ("|".join(sorted(table, key=len, reverse=True)) for table in tables)
        return re.compile(
            f"(?P<before>[^,，。;；、:0-9]*?)(?P<bound>{bounds})?(?<![至~-])(?P<number>[0-9]+(?:\\.[0-9]+)?)"
            f"(?P<scale>万亿|亿|万)?(?P<unit>{units})(?P<bound2>{bounds})?(?P<behind>[一-鿿]*)"
        )

    def _figure(self, match: re.Match[str], *, named: bool = False) -> str:
        """A figure with how it is bound and what it counts; ``named`` leaves out one that counts nothing known."""
        bounds = dict.fromkeys(self._data.bounds[b] for b in (match["bound"], match["bound2"]) if b)
        unit = self._data.measures[match["unit"]]
        before, behind = self._english(match["before"]), self._data.words.get(match["behind"], [""])[0]
        counted = (
            "" if unit else behind + "s" * (behind[-1:] != "s" and match["number"] != "1" and behind != "")
        )
        if named and not (unit or counted or before or bounds):
            return ""
        value = float(match["number"]) * _SCALE[match["scale"] or ""]
        scale, word = next((held for held in _LARGE if value >= held[0]), (1, ""))
        amount = f"{value / scale:,.4f}".rstrip("0").rstrip(".") + word
        amount += unit if unit == "%" else f" {unit or counted}".rstrip()
        said = " ".join(word for word in (*bounds, amount) if word)
        return f"{before}: {said}" if before and not counted else said
