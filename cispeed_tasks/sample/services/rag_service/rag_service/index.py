"""Search by TF-IDF weights and cosine similarity."""

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from rag_service.corpus import Document
from rag_service.text import terms

Vector = NDArray[np.float64]


class Index:
    """The documents as a matrix: a row each, a column for every term."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents
        counted = [Counter(terms(document.text)) for document in documents]
        vocabulary = sorted(set().union(*counted))
        self._column = {term: column for column, term in enumerate(vocabulary)}

        counts = np.zeros((len(documents), len(vocabulary)))
        for row, counter in enumerate(counted):
            for term, count in counter.items():
                counts[row, self._column[term]] = count
        documents_with_term = np.count_nonzero(counts, axis=0)
        self._rarity = np.log((1 + len(documents)) / (1 + documents_with_term)) + 1
        self._matrix = self._normalise(np.log1p(counts) * self._rarity)

    def search(self, query: str, limit: int) -> list[tuple[Document, float]]:
        """The best documents with their scores (0 to 1), best first."""
        scores = self._matrix @ self._vector(query)
        order = np.argsort(-scores, kind="stable")[:limit]
        return [(self.documents[row], float(scores[row])) for row in order if scores[row] > 0]

    def excerpt(self, document: Document, query: str) -> str:
        """The paragraph of a document that is closest to the query."""
        if not document.paragraphs:
            return ""
        wanted = self._vector(query)
        closeness = [float(self._vector(paragraph) @ wanted) for paragraph in document.paragraphs]
        return document.paragraphs[int(np.argmax(closeness))]

    def _vector(self, text: str) -> Vector:
        vector = np.zeros(len(self._column))
        for term, count in Counter(terms(text)).items():
            if term in self._column:
                vector[self._column[term]] = count
        return self._normalise(np.log1p(vector) * self._rarity)

    @staticmethod
    def _normalise(weights: Vector) -> Vector:
        """Scale to length one, leaving zeros as they are."""
        length = np.linalg.norm(weights, axis=-1, keepdims=True)
        return np.divide(weights, length, out=np.zeros_like(weights), where=length > 0)
