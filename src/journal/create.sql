COMMENT ON SCHEMA pgmigrate IS 'Journal of a migration by pgmigrate: what is done, so that a crashed run can be resumed. Nothing depends on it. pgmigrate drops it at the end of the run; when no run is under way it can be dropped by hand.';

CREATE TABLE IF NOT EXISTS pgmigrate.run (
    run_id          text        NOT NULL PRIMARY KEY,
    plan_format     integer     NOT NULL,
    tool_version    text        NOT NULL,
    source_system   text        NOT NULL,
    source_database text        NOT NULL,
    snapshot        text        NOT NULL,
    started_at      timestamptz NOT NULL DEFAULT pg_catalog.now()
);

CREATE TABLE IF NOT EXISTS pgmigrate.step (
    run_id      text             NOT NULL,
    step_id     text             NOT NULL,
    status      text             NOT NULL CHECK (status IN ('DONE', 'FAILED')),
    rows        bigint           NOT NULL DEFAULT 0,
    bytes       bigint           NOT NULL DEFAULT 0,
    seconds     double precision NOT NULL DEFAULT 0,
    finished_at timestamptz      NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    -- The number of the snapshot that was the run's when the step was done.
    snapshot    integer,
    -- A second DONE of a step breaks this constraint and so takes its transaction, and the rows it copied, with it.
    times_done  integer          NOT NULL CONSTRAINT step_done_once CHECK (times_done <= 1),
    PRIMARY KEY (run_id, step_id)
);

-- Empty after a crash of the server, like every unlogged table that the run filled.
CREATE UNLOGGED TABLE IF NOT EXISTS pgmigrate.no_crash (run_id text NOT NULL PRIMARY KEY);

CREATE TABLE IF NOT EXISTS pgmigrate.snapshot (
    run_id   text        NOT NULL,
    number   integer     NOT NULL,
    name     text        NOT NULL,
    -- How far the source had come, as JSON.
    mark     text        NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp(),
    PRIMARY KEY (run_id, number)
);
