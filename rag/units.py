"""Responsible units: the bracket at a clause's end, split into exact unit names."""

import re

from rag.types import Span

# （责任单位：甲、乙，丙） （牵头单位：甲；责任单位：乙） （6月底完成，牵头考核单位：甲） （甲、乙负责，下同）
_BRACKET = re.compile(r"[(（]((?:[^()（）]|[(（][^()（）]*[)）])*)[)）]")
_LABEL = re.compile(r"(?:责任|牵头|配合|负责|承办|参与|主管|协办)[一-鿿]{0,4}?(?:单位|部门)\s*[:：]")
_CHARGE = re.compile(r"([^。;；]*?)(?:按职责分工|分工|共同)?负责(?=[,，。;；]|$)")
# Who else there is, unnamed: 商务部等有关部门.
_OTHERS = re.compile(r"等(?:(?:有关|相关)(?:部门|单位))?$")
_SEPARATOR = re.compile(r"[、,，;；](?![^(（]*[)）])")
# Endings of Chinese public bodies; a piece without one is the start of a compound such as 各市、州、县人民政府.
_BODY = re.compile(
    r"(?:厅|局|委|办|部|署|院|行|会|社|府|关|司|室|队|站|所|中心|集团|联|团|机构|企业|单位|部门|学校|高校|分公司|银行|办公室|专班)(?:[(（].*[)）])?$"
)


def unit_list(text: str, start: int, end: int) -> tuple[tuple[str, ...], Span | None]:
    """Units named by the last responsibility bracket in ``text[start:end]``, and that bracket.

    Returns:
        Names in printed order without repetition, and the bracket's span; ``((), None)`` where there is none.
    """
    for match in reversed(list(_BRACKET.finditer(text, start, end))):
        names = _names(match.group(1))
        if names:
            return names, Span(match.start(), match.end())
    return (), None


def _names(inner: str) -> tuple[str, ...]:
    labels = list(_LABEL.finditer(inner))
    if labels:
        stops = [*(m.start() for m in labels[1:]), len(inner)]
        lists = [inner[m.end() : stop] for m, stop in zip(labels, stops, strict=True)]
    elif (charge := _CHARGE.match(inner)) and _BODY.search(_OTHERS.sub("", charge.group(1))):
        lists = [charge.group(1)]
    else:
        return ()
    return tuple(dict.fromkeys(name for part in lists for name in _split(part)))


def _split(part: str) -> list[str]:
    names: list[str] = []
    pending: list[str] = []
    for piece in _SEPARATOR.split(part):
        name = _OTHERS.sub("", "".join(piece.split()).strip("。."))
        if not name:
            continue
        pending.append(name)
        if _BODY.search(name) or not pending[0].startswith("各"):
            names.append("、".join(pending))
            pending = []
    return [*names, *pending]
