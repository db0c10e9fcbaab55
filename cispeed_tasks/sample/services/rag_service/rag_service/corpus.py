"""The documents that ship with the service."""

from dataclasses import dataclass
from pathlib import Path

from rag_service.text import parse_markdown

DOCUMENTS = Path(__file__).parent / "documents"


@dataclass(frozen=True)
class Document:
    """One document; its id is the file's name without the ending."""

    id: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that is searched; the title counts twice."""
        return " ".join((self.title, self.title, *self.paragraphs))


def load_documents(directory: Path = DOCUMENTS) -> list[Document]:
    """Read every Markdown file of a directory, in the order of their names."""
    documents = []
    for path in sorted(directory.glob("*.md")):
        title, paragraphs = parse_markdown(path.read_text(encoding="utf-8"))
        documents.append(Document(path.stem, title or path.stem, tuple(paragraphs)))
    return documents
