"""The pipeline's search as a LangChain retriever, for chains of others."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from rag.pipeline import Pipeline


class ClauseRetriever(BaseRetriever):
    """Documents are whole clauses, best first; metadata holds id, label, zone, headings, units and offsets."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    pipeline: Pipeline
    k: int = 5

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain passes it by name
    ) -> list[Document]:
        return [
            Document(
                id=hit.clause.id,
                page_content=hit.clause.text,
                metadata={
                    "clause_id": hit.clause.id,
                    "notice_id": hit.clause.notice_id,
                    "zone": hit.clause.zone,
                    "label": hit.clause.label,
                    "path": list(hit.clause.path),
                    "units": list(hit.clause.units),
                    "start": hit.clause.span.start,
                    "end": hit.clause.span.end,
                    "score": hit.score,
                },
            )
            for hit in self.pipeline.retrieve(query, k=self.k)
        ]
