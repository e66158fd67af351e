-- Replica identity of every sort, the cluster mark, row security flags.
CREATE TABLE ri_full (id integer PRIMARY KEY);
CREATE TABLE ri_nothing (id integer PRIMARY KEY);
CREATE TABLE ri_index (id integer NOT NULL, CONSTRAINT "ri key" UNIQUE (id));
CREATE TABLE clustered (id integer, t text);
CREATE INDEX "cluster ""me""" ON clustered (t, id);
CREATE TABLE secured (id integer);
ALTER TABLE ri_full REPLICA IDENTITY FULL;
ALTER TABLE ri_nothing REPLICA IDENTITY NOTHING;
ALTER TABLE ri_index REPLICA IDENTITY USING INDEX "ri key";
ALTER TABLE clustered CLUSTER ON "cluster ""me""";
ALTER TABLE secured ENABLE ROW LEVEL SECURITY;
ALTER TABLE secured FORCE ROW LEVEL SECURITY;
INSERT INTO secured VALUES (1), (2);
INSERT INTO clustered SELECT i, md5(i::text) FROM generate_series(1, 20) i;
