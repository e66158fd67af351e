-- since: 11
-- Indexes attached by hand, with names of their own; an invalid one that lacks a partition; a unique constraint; a foreign key of the parent.
CREATE TABLE ref (id integer PRIMARY KEY);
CREATE TABLE p (id integer, r integer REFERENCES ref, x integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
ALTER TABLE p ADD CONSTRAINT "p ""key""" UNIQUE (id, x);
CREATE INDEX p_x ON ONLY p (x);
CREATE INDEX "one""x" ON p1 (x);
CREATE INDEX two_x ON p2 (x) WITH (fillfactor = 60);
ALTER INDEX p_x ATTACH PARTITION "one""x";
ALTER INDEX p_x ATTACH PARTITION two_x;
CREATE INDEX p_r ON ONLY p (r);
CREATE INDEX p1_r ON p1 (r);
ALTER INDEX p_r ATTACH PARTITION p1_r;
INSERT INTO ref SELECT generate_series(1, 20);
INSERT INTO p SELECT i, i + 1, i FROM generate_series(0, 19) i;
