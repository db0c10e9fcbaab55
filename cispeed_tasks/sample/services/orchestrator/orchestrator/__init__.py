"""Runs one question through search, repository and coding agent."""
