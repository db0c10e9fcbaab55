CREATE SCHEMA IF NOT EXISTS app;

CREATE TABLE app.runs (
    id uuid PRIMARY KEY,
    question text NOT NULL,
    answer text NOT NULL,
    documents jsonb NOT NULL DEFAULT '[]',
    patch text NOT NULL DEFAULT '',
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL
);
