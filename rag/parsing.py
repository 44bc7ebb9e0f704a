"""Published text → Notice → plans → clauses, with every offset into the text as published.

The text is read once into paragraphs; paragraphs are told apart as page furniture, titles, numbered and plain ones; each
number then owns what follows it up to the next. Nothing is ever dropped or changed: clauses and furniture together hold
every character that is not white space, once. Any text parses; one without structure becomes paragraphs.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from rag.numbering import Marker, heading_end, inline_markers, marker_at
from rag.types import Clause, Notice, NoticeMeta, Plan, Span
from rag.units import unit_list

# Paragraphs end at line breaks, and in texts scraped to one line at the two ideographic spaces that open the next one.
_PARAGRAPH = re.compile(r"(?:(?!　　|\s{3})[^\n])+")
# A document squeezed into one line is recognised by a paragraph longer than any real one.
_ONE_LINE = 800
_QUOTED_TITLE = re.compile(r"《([^《》]{6,80})》")
# National naming of zones: 中国(某地)……试验区.
_ZONE = re.compile(r"^(?:关于)?中国[(（]([^()（）]{2,10})[)）]")
_ANNEX = re.compile(r"附件\s*[0-9０-９]{0,2}")
_DATE_LINE = re.compile(
    r"[0-9０-９〇零一二三四五六七八九十]{2,4}年[0-9０-９一二三四五六七八九十]{1,3}月[0-9０-９一二三四五六七八九十]{1,3}日"
)
# What web pages put before and after the document.
_HEAD_FURNITURE = re.compile(
    r"来源[:：]|【?法宝引证码|原文链接|发布(?:时间|日期)[:：]|创建时间|浏览(?:量|次数)|点击(?:数|量|次数)|字体[:：]|【打印|打印本页|分享到"
    r"|索引号[:：]|当前位置|首页\s"
)
_TAIL_FURNITURE = re.compile(
    r"免责声明|欢迎扫码|扫一扫|创建时间|浏览(?:量|次数)|点击(?:数|量|次数)|首页\s|上一篇|下一篇|责任编辑|分享到|【?打印|【?关闭"
    r"|版权(?:声明|所有)|相关(?:链接|阅读|文章)"
)
_SIGNATURE_MAX = 30


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph, or the part of a squeezed one that a number opens."""

    start: int
    end: int
    marker: Marker | None


def squeeze(text: str) -> str:
    """Comparison key: NFKC without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_notice(text: str, meta: NoticeMeta) -> Notice:
    """Parse a published text. Never raises, whatever the text.

    Returns:
        Notice whose clauses are ordered by offset and do not overlap; all that is neither in a clause nor in
        ``furniture`` is white space.
    """
    blocks = list(_blocks(text))
    title = _title_run(text, blocks, meta.title)
    first_number = next((i for i, b in enumerate(blocks) if b.marker), len(blocks))
    last_number = max((i for i, b in enumerate(blocks) if b.marker), default=-1)
    furniture = _furniture(text, blocks, title, first_number, last_number)
    body = [b for i, b in enumerate(blocks) if i not in furniture]
    plans = _plans(text, body, meta)
    clauses: list[Clause] = []
    for plan, members, title_blocks in plans:
        clauses += _plan_clauses(text, meta, plan, members, title_blocks)
    return Notice(
        meta=meta,
        text=text,
        plans=tuple(plan for plan, _, _ in plans),
        clauses=tuple(clauses),
        furniture=tuple(
            span
            for span in (Span(blocks[i].start, blocks[i].end) for i in sorted(furniture))
            # What a title or signature runs across stays part of it.
            if not any(span.overlaps(clause.span) for clause in clauses)
        ),
    )


def _blocks(text: str) -> Iterator[_Block]:
    for match in _PARAGRAPH.finditer(text):
        start, end = _trim(text, match.start(), match.end())
        if start == end:
            continue
        markers = inline_markers(text, start, end) if end - start > _ONE_LINE else []
        if len(markers) < 2:
            yield _Block(start, end, marker_at(text, start, end))
            continue
        starts = [m.start for m in markers]
        if starts[0] > start:
            yield _Block(*_trim(text, start, starts[0]), None)
        for marker, stop in zip(markers, [*starts[1:], end], strict=True):
            yield _Block(*_trim(text, marker.start, stop), marker)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _title_run(text: str, blocks: list[_Block], title: str) -> range:
    """Indexes of the paragraphs that print the title: the last of several printings before the first number."""
    wanted = squeeze(title)
    found = range(0)
    for i, block in enumerate(blocks):
        if block.marker or not wanted:
            break
        joined = ""
        for j in range(i, min(i + 5, len(blocks))):
            joined += squeeze(text[blocks[j].start : blocks[j].end])
            if joined == wanted:
                found = range(i, j + 1)
                break
            if not wanted.startswith(joined):
                break
    return found


def _furniture(text: str, blocks: list[_Block], title: range, first: int, last: int) -> set[int]:
    """Indexes of paragraphs that belong to the web page: earlier printings of the title, and lines known by pattern."""
    body_text = {squeeze(text[blocks[i].start : blocks[i].end]) for i in title}
    whole_title = "".join(squeeze(text[blocks[i].start : blocks[i].end]) for i in title)
    found = set()
    for i in range(min(first, title.stop if title else first)):
        line = text[blocks[i].start : blocks[i].end]
        repeated = i < title.start and squeeze(line) in body_text | {whole_title}
        if i not in title and (repeated or _HEAD_FURNITURE.match(line)):
            found.add(i)
    for i in range(max(last + 1, 1), len(blocks)):
        if _TAIL_FURNITURE.match(text, blocks[i].start):
            found.update(range(i, len(blocks)))
            break
    return found


_Members = tuple[Plan, list[_Block], int]


def _plans(text: str, body: list[_Block], meta: NoticeMeta) -> list[_Members]:
    """Cut the body where the title of an enclosed plan or an annex stands alone.

    Titles are those that the covering notice prints in 《》 before the first number; the match allows small differences
    (关于 or 的 left out). Returns each plan with its paragraphs and how many of them print its title.
    """
    first_number = next((i for i, b in enumerate(body) if b.marker), len(body))
    quoted = list(
        dict.fromkeys(
            squeeze(m.group(1))
            for b in body[:first_number]
            for m in _QUOTED_TITLE.finditer(text, b.start, b.end)
        )
    )
    starts: list[tuple[int, int, str]] = []  # paragraph index, paragraphs of the title, title
    i = 0
    while i < len(body):
        hit = _plan_title(text, body, i, quoted)
        if hit:
            starts.append((i, *hit))
            i += hit[0]
        else:
            i += 1
    cover_title = _title_run(text, body, meta.title)
    bounds = [*(s[0] for s in starts), len(body)]
    result: list[_Members] = []
    zones = _zones([title for _, _, title in starts])
    if bounds[0] > 0:
        slug = "cover" if starts and not any(b.marker for b in body[: bounds[0]]) else "main"
        members = body[: bounds[0]]
        result.append((_plan(slug, meta.title, None, members), members, len(cover_title)))
    taken = {plan.slug for plan, _, _ in result}
    for (start, size, title), stop, zone in zip(starts, bounds[1:], zones, strict=True):
        members = body[start:stop]
        slug = _unique(_slug(zone) if zone else ("annex" if _ANNEX.match(title) else "main"), taken)
        result.append((_plan(slug, title, zone, members), members, size))
    return result


def _plan(slug: str, title: str, zone: str | None, members: list[_Block]) -> Plan:
    return Plan(slug, squeeze(title), zone, Span(members[0].start, members[-1].end))


def _plan_title(text: str, body: list[_Block], i: int, quoted: list[str]) -> tuple[int, str] | None:
    """How many paragraphs from ``i`` on print a plan's title, and the title as printed; None if they do not."""
    if body[i].marker:
        return None
    line = text[body[i].start : body[i].end]
    if _ANNEX.fullmatch(line) and i + 1 < len(body) and not body[i + 1].marker:
        return 2, squeeze(line + " " + text[body[i + 1].start : body[i + 1].end])
    joined = ""
    for size, block in enumerate(body[i : i + 3], 1):
        joined += squeeze(text[block.start : block.end])
        if len(joined) > 90 or block.marker:
            return None
        if any(fuzz.ratio(joined, title) >= 92 and joined[-2:] == title[-2:] for title in quoted):
            return size, joined
    return None


def _zones(titles: list[str]) -> list[str | None]:
    """The zone of each plan: what its title puts in the brackets of 中国(某地), or what sets sibling titles apart."""
    named = [m.group(1) if (m := _ZONE.match(title)) else None for title in titles]
    if any(named) or len(titles) < 2:
        return named
    prefix = _common_prefix(titles)
    suffix = _common_prefix([t[::-1] for t in titles])
    if prefix + suffix < min(map(len, titles)) * 0.6:
        return [None] * len(titles)
    middles = [t[prefix : len(t) - suffix].removesuffix("市") for t in titles]
    return [m if 2 <= len(m) <= 6 else None for m in middles]


def _common_prefix(texts: list[str]) -> int:
    return next(
        (i for i, chars in enumerate(zip(*texts, strict=False)) if len(set(chars)) > 1), min(map(len, texts))
    )


def _slug(zone: str) -> str:
    return re.sub(r"[^a-z0-9]", "", "".join(lazy_pinyin(zone, errors="ignore"))) or "zone"


def _unique(name: str, taken: set[str]) -> str:
    candidate, n = name, 1
    while candidate in taken:
        n += 1
        candidate = f"{name}-{n}"
    taken.add(candidate)
    return candidate


def _plan_clauses(
    text: str, meta: NoticeMeta, plan: Plan, members: list[_Block], title_size: int
) -> Iterator[Clause]:
    """The clauses of one plan in order: title, paragraphs outside numbers, one clause a number."""
    taken: set[str] = set()
    open_clauses: list[tuple[Marker, Clause]] = []
    for kind, blocks in _groups(text, members, title_size):
        start, end = blocks[0].start, blocks[-1].end
        marker = blocks[0].marker if kind == "number" else None
        if marker is None:
            n = "title" if kind == "title" else f"p{sum(t.startswith('p') for t in taken) + 1}"
            address = "标题" if kind == "title" else f"第{n[1:]}段"
            yield _clause(text, meta, plan, _unique(n, taken), start, end, address, (), None, "")
            continue
        while open_clauses and open_clauses[-1][0].level >= marker.level:
            open_clauses.pop()
        stop = heading_end(text, marker.end, end)
        stop = _trim(text, marker.start, stop)[1]
        heading = text[marker.end : stop].strip().rstrip("。.：:")
        ancestors = [clause for _, clause in open_clauses]
        numbers = (*(m.value for m, _ in open_clauses), marker.value)
        address = "".join(m.short for m, _ in open_clauses) + marker.short
        path_line = (
            text[marker.start : stop].rstrip("。")
            if heading
            else text[marker.start : marker.end].rstrip("、. ")
        )
        clause = _clause(
            text,
            meta,
            plan,
            _unique(".".join(map(str, numbers)), taken),
            start,
            end,
            address,
            tuple(map(str, numbers)),
            ancestors[-1] if ancestors else None,
            heading,
            path_line,
        )
        open_clauses.append((marker, clause))
        yield clause


def _groups(text: str, members: list[_Block], title_size: int) -> Iterator[tuple[str, list[_Block]]]:
    """Paragraphs that make one clause together: ('title' | 'paragraph' | 'number', paragraphs)."""
    if title_size:
        yield "title", members[:title_size]
    rest = members[title_size:]
    signature = _signature_start(text, rest)
    group: list[_Block] = []
    for i, block in enumerate(rest):
        alone = block.marker or i == signature or (group and not group[0].marker and i < signature)
        if alone and group:
            yield ("number" if group[0].marker else "paragraph"), group
            group = []
        group.append(block)
    if group:
        yield ("number" if group[0].marker else "paragraph"), group


def _signature_start(text: str, rest: list[_Block]) -> int:
    """Index where issuer and date close the document; ``len(rest)`` if they do not."""
    for i in range(len(rest) - 1, -1, -1):
        if rest[i].marker:
            break
        if _DATE_LINE.fullmatch(squeeze(text[rest[i].start : rest[i].end])):
            named = i > 0 and not rest[i - 1].marker and rest[i - 1].end - rest[i - 1].start <= _SIGNATURE_MAX
            return i - 1 if named else i
    return len(rest)


def _clause(
    text: str,
    meta: NoticeMeta,
    plan: Plan,
    number: str,
    start: int,
    end: int,
    address: str,
    numbers: tuple[str, ...],
    parent: Clause | None,
    heading: str,
    path_line: str = "",
) -> Clause:
    units, units_span = unit_list(text, start, end)
    name = f"{plan.zone or ''}{plan.title[-2:]}"
    return Clause(
        id=f"{meta.id}.{plan.slug}.{number}",
        notice_id=meta.id,
        plan=plan.slug,
        zone=plan.zone,
        numbers=numbers,
        path=(*(parent.path if parent else ()), *((path_line,) if path_line else ())),
        heading=heading,
        span=Span(start, end),
        text=text[start:end],
        units=units,
        units_span=units_span,
        parent=parent.id if parent else None,
        label=f"{name} · {address}",
    )


def uncovered(notice: Notice) -> Iterable[Span]:
    """Stretches of the published text that neither a clause nor furniture holds (white space only, if all is well)."""
    spans = sorted([*(c.span for c in notice.clauses), *notice.furniture], key=lambda s: s.start)
    edges = [Span(0, 0), *spans, Span(len(notice.text), len(notice.text))]
    return [Span(a.end, b.start) for a, b in pairwise(edges) if a.end < b.start]
