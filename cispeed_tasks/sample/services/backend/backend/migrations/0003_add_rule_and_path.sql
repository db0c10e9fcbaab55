ALTER TABLE app.runs
    ADD COLUMN rule text NOT NULL DEFAULT '',
    ADD COLUMN path text NOT NULL DEFAULT '',
    ADD COLUMN commit_id text NOT NULL DEFAULT '';
