import pytest

from rag_service.corpus import Document, load_documents
from rag_service.index import Index


@pytest.fixture(scope="module")
def index() -> Index:
    return Index(load_documents())


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How are customers greeted?", "greeting"),
        ("Can the stock become negative?", "inventory"),
        ("What about discounted prices?", "pricing"),
        ("How do we deploy a release?", "releases"),
    ],
)
def test_best_document(index: Index, question: str, expected: str):
    best, score = index.search(question, limit=1)[0]
    assert best.id == expected
    assert 0 < score <= 1


def test_unknown_words_find_nothing(index: Index):
    assert index.search("xylophone zeppelin", limit=3) == []


def test_best_comes_first_and_limit_holds(index: Index):
    scores = [score for _document, score in index.search("errors in public functions", limit=3)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 3


def test_excerpt_is_the_closest_paragraph(index: Index):
    best, _score = index.search("customer without a name", limit=1)[0]
    assert "friend" in index.excerpt(best, "customer without a name")


def test_document_without_paragraphs_has_no_excerpt():
    document = Document("empty", "Empty", ())
    assert Index([document]).excerpt(document, "empty") == ""
