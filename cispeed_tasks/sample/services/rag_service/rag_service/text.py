"""From Markdown to the words that are compared."""

import re

import snowballstemmer
from markdown_it import MarkdownIt

STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has have how i in is it its of on or our "
    "should that the there this to was we what when where which who why will with you".split()
)

_word = re.compile(r"[^\W_]+")
_markdown = MarkdownIt()
_stemmer = snowballstemmer.stemmer("english")


def terms(text: str) -> list[str]:
    """Split a text into stemmed words, without the ones that say nothing."""
    words = [word for word in _word.findall(text.lower()) if word not in STOP_WORDS]
    return _stemmer.stemWords(words)


def parse_markdown(source: str) -> tuple[str, list[str]]:
    """Return a document's title and its paragraphs, as plain text."""
    title = ""
    paragraphs: list[str] = []
    previous = ""
    for token in _markdown.parse(source):
        if token.type == "inline":
            plain = "".join(
                child.content if child.type in {"text", "code_inline"} else " "
                for child in token.children or []
                if child.type in {"text", "code_inline", "softbreak", "hardbreak"}
            )
            if previous == "heading_open" and not title:
                title = plain
            else:
                paragraphs.append(plain)
        previous = token.type
    return title, paragraphs
