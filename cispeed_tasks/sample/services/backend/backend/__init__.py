"""The API that the front ends use; keeps the runs in PostgreSQL."""
