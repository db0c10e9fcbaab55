from rag_service.text import parse_markdown, terms


def test_terms_are_stemmed_and_filtered():
    assert terms("How are the Discounts applied?") == terms("discount apply")


def test_markdown_becomes_plain_text():
    title, paragraphs = parse_markdown("# A *title*\n\nUse `greet`,\nalways.\n")
    assert title == "A title"
    assert paragraphs == ["Use greet, always."]


def test_text_without_heading():
    assert parse_markdown("Only this.") == ("", ["Only this."])
