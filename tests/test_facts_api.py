"""The fact tables over HTTP: filters, JSON and CSV, and what a client gets for what cannot be answered."""

import csv
import io
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fakes import NOTICE_ID, FakePipeline, notice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import shandong
from starlette.applications import Starlette
from starlette.testclient import TestClient

from rag.facts import Facts, unit_matches
from server.app import create_api
from server.dispatcher import Dispatcher

PROBLEM = "application/problem+json"
TABLES = ("indicators", "responsibilities", "places")
PARAMETERS = {
    "indicators": ["notice", "zone", "name", "unit", "by"],
    "responsibilities": ["notice", "zone", "unit"],
    "places": ["notice", "zone", "place", "industry"],
}
HEADS = {
    "indicators": ["指标", "限定", "数值", "单位", "折算值", "折算单位", "期限"],
    "responsibilities": ["责任单位", "排序", "条款标题"],
    "places": ["县区", "产业"],
}
SOURCE = ["地区", "通知编号", "条款编号", "条款", "原文", "起点", "终点"]


class FactsPipeline(FakePipeline):
    """The tables of the published notice and of the hand-made one."""

    def __init__(self) -> None:
        super().__init__()
        self.notices = {shandong().id: shandong(), NOTICE_ID: notice()}
        plans = (plan.zone for n in self.notices.values() for plan in n.plans)
        self.zones = tuple(dict.fromkeys(zone for zone in plans if zone))
        self.facts = Facts.of(clause for n in self.notices.values() for clause in n.clauses)


@pytest.fixture(scope="module")
def pipeline() -> FactsPipeline:
    return FactsPipeline()


@pytest.fixture(scope="module")
def client(pipeline: FactsPipeline) -> Iterator[TestClient]:
    ready = threading.Event()
    api = create_api()
    api.state.pipeline = pipeline
    with TestClient(Dispatcher(api, Starlette, ready.set), follow_redirects=False) as client:
        assert ready.wait(10)
        yield client


def rows(client: TestClient, table: str, **params) -> list[dict]:
    response = client.get(f"/v1/facts/{table}", params=params)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert list(body) == ["rows", "total"]
    assert body["total"] == len(body["rows"])
    return body["rows"]


def problem(response, status: int, kind: str) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == PROBLEM
    document = response.json()
    assert (document["type"], document["status"]) == (f"/problems/{kind}", status)
    assert document["request_id"] == response.headers["x-request-id"]
    assert any("一" <= c <= "鿿" for c in document["detail"])
    return document


def as_csv(client: TestClient, table: str, **params):
    return client.get(f"/v1/facts/{table}", params=params, headers={"Accept": "text/csv"})


# --- rows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_there_and_its_quote_stands_in_the_notice(client, pipeline, table):
    found = rows(client, table)
    assert len(found) == len(getattr(pipeline.facts, table)) > 0
    for row in found:
        published = pipeline.notices[row["notice_id"]].text
        assert published[row["start"] : row["end"]] == row["quote"] != ""
        assert row["clause_id"].startswith(row["notice_id"] + ".")


def test_an_indicator_row(client):
    (row,) = rows(client, "indicators", zone="枣庄", name="交易规模")
    assert {key: row[key] for key in row if key not in ("start", "end")} == {
        "zone": "枣庄",
        "notice_id": "shandong-2023",
        "clause_id": "shandong-2023.zaozhuang.1",
        "label": "枣庄方案 · 一",
        "quote": "枣庄市跨境电商交易规模突破150亿元",
        "name": "跨境电商交易规模",
        "comparator": "突破",
        "number": "150",
        "unit": "亿元",
        "value": 1.5e10,
        "measure": "元",
        "by": "2025年",
    }


def test_a_range_has_no_value(client):
    (row,) = (row for row in rows(client, "indicators", zone="滨州") if row["number"] == "1至2")
    assert row["value"] is None


def test_a_responsibility_row_quotes_the_unit_list(client):
    row = rows(client, "responsibilities", zone="甲")[1]
    assert (row["unit"], row["rank"], row["heading"]) == ("甲市政府", 2, "交易规模")
    assert row["quote"] == "(责任单位:省商务厅、甲市政府)"


def test_a_place_row(client):
    found = rows(client, "places", place="高唐")
    assert [(row["zone"], row["place"], row["industry"]) for row in found] == [
        ("聊城", "高唐县", "环保餐具"),
        ("聊城", "高唐县", "劳保用品"),
    ]


# --- filters ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_zones_with_and_without_their_suffix_once_or_several(client, table):
    one = rows(client, table, zone="聊城市")
    assert one == rows(client, table, zone="聊城")
    assert {row["zone"] for row in one} == {"聊城"}
    both = rows(client, table, zone=["聊城", "泰安市"])
    assert {row["zone"] for row in both} == {"聊城", "泰安"}
    assert len(both) == len(one) + len(rows(client, table, zone="泰安"))


def test_notices_once_or_several(client):
    hand_made = rows(client, "indicators", notice=NOTICE_ID)
    assert [row["number"] for row in hand_made] == ["100", "200"]
    published = rows(client, "indicators", notice="shandong-2023")
    assert rows(client, "indicators", notice=["shandong-2023", NOTICE_ID]) == published + hand_made


def test_filters_narrow_together(client):
    assert [r["number"] for r in rows(client, "indicators", notice=NOTICE_ID, zone="乙", unit="亿元")] == [
        "200"
    ]


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"name": "交易规模"}, ["150"]),
        ({"name": "交易規模"}, ["150"]),  # traditional characters
        ({"name": "增长", "unit": "%"}, ["10"]),
        ({"unit": "％"}, ["10"]),
        ({"unit": "元"}, ["150"]),  # without 亿: every sum of money
        ({"unit": "万元"}, []),
        ({"by": "2025年"}, ["150", "10", "200", "3", "10"]),
        ({"by": "2025"}, ["150", "10", "200", "3", "10"]),
        ({"by": "2030年"}, []),
    ],
)
def test_indicators_by_name_unit_and_deadline(client, params, numbers):
    assert [row["number"] for row in rows(client, "indicators", zone="枣庄", **params)] == numbers


@pytest.mark.parametrize(
    ("alias", "units"),
    [
        ("省商务厅", {"省商务厅"}),
        ("商务厅", {"省商务厅"}),
        ("海关", {"济南海关", "青岛海关"}),
        ("济南海关", {"济南海关"}),
        ("人民银行", {"人民银行济南分行"}),
        ("中国信保", {"中国信保山东分公司"}),
        ("商务局", set()),
        ("厅", set()),
        ("", set()),
    ],
)
def test_units_in_full_by_alias_and_by_kind(client, alias, units):
    found = rows(client, "responsibilities", unit=alias)
    assert {row["unit"] for row in found} == units


def test_a_unit_is_no_alias_of_a_longer_word():
    assert not unit_matches("省商务厅外贸处", "省商务厅")
    assert not unit_matches("山东", "山东银保监局")


def test_places_by_industry(client):
    found = rows(client, "places", industry="医药", zone="枣庄")
    assert [(row["place"], row["industry"]) for row in found] == [("枣庄高新区", "医药")]


@pytest.mark.parametrize("table", TABLES)
def test_nothing_found_is_an_empty_table(client, table):
    field = PARAMETERS[table][2]
    assert rows(client, table, **{field: "没有这样的内容"}) == []
    response = as_csv(client, table, **{field: "没有这样的内容"})
    assert response.content.decode("utf-8-sig") == ",".join(SOURCE + HEADS[table]) + "\r\n"


# --- CSV -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_csv_is_a_file_that_a_spreadsheet_opens(client, table):
    response = as_csv(client, table)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == f'attachment; filename="{table}.csv"'
    assert response.content.startswith(b"\xef\xbb\xbf")
    text = response.content.decode("utf-8-sig")
    assert text.endswith("\r\n")
    head, *lines = csv.reader(io.StringIO(text, newline=""))
    assert head == SOURCE + HEADS[table]
    shown = rows(client, table)
    assert len(lines) == len(shown)
    assert [line[:4] for line in lines] == [
        [row["zone"], row["notice_id"], row["clause_id"], row["label"]] for row in shown
    ]


def test_csv_numbers_are_plain_and_missing_ones_empty(client):
    def lines(**params):
        text = as_csv(client, "indicators", **params).content.decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    (money,) = lines(zone="枣庄", name="交易规模")
    assert (money["数值"], money["折算值"], money["期限"]) == ("150", "15000000000", "2025年")
    (several,) = (line for line in lines(zone="滨州") if line["数值"] == "1至2")
    assert (several["折算值"], several["期限"]) == ("", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_csv_cells_are_no_formulas(client, pipeline, monkeypatch, start):
    row = pipeline.facts.places[0]
    harmful = replace(row, place=f'{start}HYPERLINK("http://x","甲")', name="一=二")
    monkeypatch.setattr(pipeline, "facts", replace(pipeline.facts, places=(harmful,)))
    text = as_csv(client, "places").content.decode("utf-8-sig")
    _, (*_, place, industry) = csv.reader(io.StringIO(text, newline=""))
    assert place == f"'{harmful.place}"
    assert industry == "一=二"
    assert rows(client, "places")[0]["place"] == harmful.place  # JSON stays as it is


# --- content negotiation ---------------------------------------------------------------------------------------------

JSON, CSV = "application/json", "text/csv"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/*", JSON),
        ("text/*", CSV),
        ("TEXT/CSV", CSV),
        ("text/csv;charset=utf-8", CSV),
        ("text/csv;q=0.9, application/json;q=0.8", CSV),
        ("text/csv;q=0.5, application/json", JSON),
        ("text/csv, application/json", JSON),
        ("application/json;q=0, */*", CSV),
        ("*/*;q=0.1, text/*;q=0.2", CSV),
        ("text/*, text/csv;q=0.1, */*;q=0.5", JSON),  # the most specific range counts
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", JSON),  # a browser
        ('text/plain;a="x,y", text/csv', CSV),
        (",, text/csv ; q=0.5,", CSV),
        ("text/csv;q=x, application/json;q=0.1", JSON),
    ],
)
def test_the_accept_header_decides(client, accept, kind):
    response = client.get("/v1/facts/places", headers={"Accept": accept})
    assert response.headers["content-type"].split(";")[0] == kind
    assert response.headers["vary"] == "Accept"


@pytest.mark.parametrize("accept", ["text/html", "application/xml;q=1", "*/*;q=0", "csv", "text/csv;q=0"])
def test_other_types_are_not_acceptable(client, accept):
    response = client.get("/v1/facts/places", headers={"Accept": accept})
    assert problem(response, 406, "not-acceptable")["valid"] == [JSON, CSV]
    assert response.headers["vary"] == "Accept"


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
def test_unknown_zones_and_notices(client, pipeline, table):
    path = f"/v1/facts/{table}"
    document = problem(client.get(path, params={"zone": ["聊城", "丙市"]}), 422, "unknown-zone")
    assert document["valid"] == list(pipeline.zones)
    assert "丙" in document["detail"]
    document = problem(client.get(path, params={"notice": "nope"}), 422, "unknown-notice-filter")
    assert "shandong-2023" in document["detail"]


@pytest.mark.parametrize("table", TABLES)
def test_unknown_parameters_are_named_with_the_valid_ones(client, table):
    response = client.get(f"/v1/facts/{table}", params={"zones": "聊城", "zone": "聊城"})
    document = problem(response, 422, "invalid-request")
    assert document["valid"] == PARAMETERS[table]
    assert [error["pointer"] for error in document["errors"]] == ["/zones"]
    assert all(name in document["detail"] for name in PARAMETERS[table])


def test_a_parameter_that_takes_one_value(client):
    response = client.get("/v1/facts/indicators", params={"name": ["企业", "园区"]})
    assert [e["pointer"] for e in problem(response, 422, "invalid-request")["errors"]] == ["/name"]


@pytest.mark.parametrize("table", TABLES)
def test_only_get(client, table):
    response = client.post(f"/v1/facts/{table}")
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "GET"


@pytest.mark.parametrize("path", ["/v1/facts", "/v1/facts/", "/v1/facts/nope", "/v1/facts/places/"])
def test_unknown_tables(client, path):
    problem(client.get(path), 404, "not-found")


def test_before_the_pipeline_is_open():
    go = threading.Event()
    with TestClient(Dispatcher(create_api(), lambda: go.wait(10) and Starlette(), lambda: None)) as closed:
        for table in TABLES:
            problem(closed.get(f"/v1/facts/{table}?nope=1"), 503, "not-ready")
        go.set()


def test_openapi_describes_both_types_all_parameters_and_all_statuses(client):
    document = client.get("/openapi.json").json()
    for table in TABLES:
        operation = document["paths"][f"/v1/facts/{table}"]["get"]
        assert set(operation["responses"]) == {"200", "406", "422", "503"}
        assert set(operation["responses"].pop("200")["content"]) == {JSON, CSV}
        assert all(list(reply["content"]) == [PROBLEM] for reply in operation["responses"].values())
        assert [p["name"] for p in operation["parameters"]] == PARAMETERS[table]


_TEXT = st.text(max_size=20)
_PARAMETERS = st.dictionaries(
    st.sampled_from(["notice", "zone", "name", "unit", "by", "place", "industry"]) | _TEXT, _TEXT, max_size=3
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.sampled_from(TABLES), params=_PARAMETERS, accept=st.text(st.characters(codec="latin-1")))
def test_any_query_and_accept_header(client, table, params, accept):
    headers = {"Accept": accept.encode("latin-1")}
    response = client.get(f"/v1/facts/{table}", params=params, headers=headers)
    assert response.status_code in (200, 406, 422)
    assert response.status_code == 200 or response.headers["content-type"] == PROBLEM
