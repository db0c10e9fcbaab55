"""Reads files and history of a Git repository."""
