"""Finds the documents that answer a question."""
