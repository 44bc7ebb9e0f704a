"""What a question asks of a notice as a document, and what its title, addressees, signature and basis prove."""

import pytest
from samples import shandong

from rag.covering import Facet, part, unproven

COVER = [c for c in shandong().clauses if c.zone is None]


@pytest.mark.parametrize(
    ("facet", "said"),
    [
        (Facet.TITLE, "7个实施方案的通知"),
        (Facet.ADDRESSEES, "菏泽市人民政府"),
        (Facet.SIGNATURE, "2023年5月18日"),
        (Facet.BASIS, "126号"),
    ],
)
def test_each_facet_has_its_passage(facet, said):
    assert said in part(facet, COVER).text


def test_a_notice_without_a_cover_has_no_facets():
    body = [c for c in shandong().clauses if c.zone and c.units]
    assert [part(facet, body) for facet in (Facet.TITLE, Facet.ADDRESSEES, Facet.SIGNATURE)] == [None] * 3


@pytest.mark.parametrize(
    ("question", "facet", "missing"),
    [
        ("落款是2023年5月18日吧", Facet.SIGNATURE, ()),
        ("是2023年6月印发的吗", Facet.SIGNATURE, ("6月",)),
        ("是以省商务厅名义印发的吗", Facet.SIGNATURE, ("省商务厅",)),
        ("通知是省政府发的吗", Facet.SIGNATURE, ()),
        ("依据的是商务部的批复吗", Facet.BASIS, ("商务部",)),
        ("批复是国函〔2022〕127号吗", Facet.BASIS, ("〔2022〕127号",)),
        ("一共七份方案吗", Facet.TITLE, ()),
        ("一共八个方案吗", Facet.TITLE, ("八",)),
    ],
)
def test_what_a_claim_names_and_the_passage_does_not(question, facet, missing):
    assert unproven(question, (), part(facet, COVER)) == missing
