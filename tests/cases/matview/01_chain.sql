-- One on another, a view between, indexes, options, one never filled, one that is stale.
CREATE TABLE t (id integer, n numeric);
INSERT INTO t SELECT i, i * 1.5 FROM generate_series(1, 50) i;
CREATE MATERIALIZED VIEW z_base WITH (fillfactor = 60) AS SELECT id % 5 AS k, sum(n) AS s FROM t GROUP BY 1;
CREATE UNIQUE INDEX "z ""key""" ON z_base (k);
CREATE VIEW between_them AS SELECT k, s FROM z_base WHERE k > 0;
CREATE MATERIALIZED VIEW "a on top; --" ("K ""x""", s) AS SELECT k, s * 2 FROM between_them;
CREATE INDEX top_idx ON "a on top; --" (s DESC) WHERE s > 1;
CREATE MATERIALIZED VIEW never AS SELECT * FROM "a on top; --" WITH NO DATA;
CREATE INDEX never_idx ON never (s);
ALTER MATERIALIZED VIEW z_base ALTER s SET STATISTICS 77;
ALTER MATERIALIZED VIEW z_base CLUSTER ON "z ""key""";
COMMENT ON MATERIALIZED VIEW z_base IS 'sums';
COMMENT ON COLUMN z_base.s IS 'a sum';
