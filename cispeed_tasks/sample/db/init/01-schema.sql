-- Runs once, when the data directory is created.
CREATE SCHEMA IF NOT EXISTS app;

-- One row that shows the initialisation went through.
CREATE TABLE app.healthcheck (
    initialised_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO app.healthcheck DEFAULT VALUES;
