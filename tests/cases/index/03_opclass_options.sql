-- since: 13
-- Parameters of operator classes; deduplication.
CREATE TABLE i (tv tsvector, t text);
INSERT INTO i VALUES ('a b', 'x');
CREATE INDEX sig ON i USING gist (tv tsvector_ops (siglen = 100));
CREATE INDEX dedup ON i (t) WITH (deduplicate_items = off);
