CREATE INDEX runs_by_time ON app.runs (started_at DESC, id);
