"""The search as a LangChain retriever, alone and inside somebody else's chain."""

import asyncio

import pytest
from langchain_core.runnables import RunnableLambda

from rag.errors import InvalidQuestion
from rag.retriever import ClauseRetriever

QUESTION = "枣庄的统计监测体系"


def test_documents_are_the_pipelines_clauses_in_its_order(pipeline):
    hits = pipeline.retrieve(QUESTION, k=7)
    found = ClauseRetriever(pipeline=pipeline, k=7).invoke(QUESTION)
    assert [d.id for d in found] == [hit.clause.id for hit in hits]
    assert [d.metadata["score"] for d in found] == [hit.score for hit in hits]
    assert len(ClauseRetriever(pipeline=pipeline).invoke(QUESTION)) == 5


def test_content_is_the_published_text_between_the_offsets(pipeline):
    for document in ClauseRetriever(pipeline=pipeline, k=50).invoke("跨境电商"):
        data = document.metadata
        text = pipeline.notices[data["notice_id"]].text
        assert document.page_content == text[data["start"] : data["end"]]


def test_metadata_says_where_it_stands_and_who_is_responsible(pipeline):
    data = ClauseRetriever(pipeline=pipeline, k=1).invoke(QUESTION)[0].metadata
    assert data["clause_id"].startswith("shandong-2023.zaozhuang.")
    assert (data["notice_id"], data["zone"]) == ("shandong-2023", "枣庄")
    assert data["label"].startswith("枣庄方案 · ")
    assert "统计监测" in data["path"][-1]
    assert "枣庄市政府" in data["units"]


def test_it_is_a_link_of_a_chain_and_can_be_awaited(pipeline):
    retriever = ClauseRetriever(pipeline=pipeline, k=2)
    chain = retriever | RunnableLambda(lambda documents: [d.id for d in documents])
    wanted = [hit.clause.id for hit in pipeline.retrieve(QUESTION, k=2)]
    assert chain.invoke(QUESTION) == wanted
    assert [d.id for d in asyncio.run(retriever.ainvoke(QUESTION))] == wanted


def test_errors_come_out_as_they_are(pipeline):
    with pytest.raises(InvalidQuestion):
        ClauseRetriever(pipeline=pipeline).invoke("  ")
