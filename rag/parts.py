"""Questions of two parts (放在甲县,对吗?谁负责?): taken apart, answered one after the other, put together again."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.cues import cue
from rag.types import Answer, Citation, Span, Status

_PIECE = re.compile(r"[^,，。?？!！;；\s]+[,，。?？!！;；\s]*")
_MARK = re.compile(r"(\[\d+\])")
_STOPS = ",，。?？!！;； "
_LEAST = 4  # characters of a first part that claims something


def split(question: str) -> tuple[str, ...]:
    """The claim and the question that follows it, or the question and whether something else stands there too.

    A question of one kind comes back whole.
    """
    pieces = _PIECE.findall(_paused(question))
    if duty := _asks_who(pieces):
        return duty
    kinds = [_kind(piece) for piece in pieces]
    asked = [kind for kind in kinds if kind]
    changes = [i for i in range(1, len(asked)) if asked[i] != asked[i - 1]]
    if len(changes) != 1:
        return (question,)
    last = [i for i, kind in enumerate(kinds) if kind == asked[0]][-1]
    border = next(i for i in range(last + 1, len(kinds)) if kinds[i])
    first, second = "".join(pieces[:border]), "".join(pieces[border:])
    if cue("which_zone", "which_kind").match(second) or len(second) < _LEAST:  # 有这种情况吗,哪个市
        return (question,)
    adds = asked[0] == "closed" or (cue("have").search(second) and not cue("units").search(first))
    claims = len(cue("tag").sub("", first.rstrip(_STOPS)).strip()) >= _LEAST
    return (first, second) if adds and claims else (question,)


def _asks_who(pieces: Sequence[str]) -> tuple[str, ...]:
    """The question and a last piece that only asks who is responsible (发展什么产业,谁负责); empty for others."""
    *before, last = pieces or [""]
    rest = "".join(before)
    bare = cue("units").sub("", cue("particles").sub("", last.strip(_STOPS)))
    open_first = cue("interrogative", "value").search(rest) and not cue("units", "confirm").search(rest)
    return (rest, last) if cue("units").search(last) and len(bare) < _LEAST and open_first else ()


def _paused(question: str) -> str:
    """The question with a comma where a second one follows without a pause (定多少还有增速写了没有)."""
    starts = (m.end() for m in cue("interrogative", "value").finditer(question))
    places = [i for i in starts if cue("then").match(question, i)]
    for place in reversed(places):
        question = f"{question[:place]},{question[place:]}"
    return question


def _kind(piece: str) -> str:
    asks = cue("interrogative", "units", "value", "date").search(piece)
    if cue("confirm", "whether").search(piece) and cue("closing").search(piece) and not asks:
        return "closed"
    return "open" if asks else ""


def joined(answers: Sequence[Answer]) -> Answer:
    """One answer of several, marks numbered through; a part that only repeats, or asks back, is left out."""
    first, *rest = answers
    said = set(first.text.splitlines())
    new = (answer for answer in rest if not set(answer.text.splitlines()) <= said)
    rest = [answer for answer in new if answer.status is not Status.NEEDS_CLARIFICATION]
    if not rest or first.status is Status.NEEDS_CLARIFICATION:
        return first
    given = [answer for answer in (first, *rest) if not answer.status.refused]
    if not given:
        return first
    numbers: dict[tuple[str, Span], Citation] = {}
    texts = []
    for answer in (first, *rest):
        for citation in answer.citations:
            key = (citation.clause.id, citation.span)
            numbers.setdefault(key, replace(citation, n=len(numbers) + 1))
        marks = {f"[{c.n}]": f"[{numbers[(c.clause.id, c.span)].n}]" for c in answer.citations}
        texts.append("".join(marks.get(piece, piece) for piece in _MARK.split(answer.text)))
    whole = len(given) == len(rest) + 1 and all(answer.status is Status.ANSWERED for answer in given)
    return replace(
        given[0],
        text="\n\n".join(texts),
        status=Status.ANSWERED if whole else Status.PARTIAL,
        citations=tuple(numbers.values()),
        suggestions=(),
    )
