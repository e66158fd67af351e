-- since: 11
-- Range partitions with a default, sub-partitions, bounds of several columns, MINVALUE; attached with another order of columns.
CREATE TABLE log (at date NOT NULL, id integer, t text DEFAULT 'x') PARTITION BY RANGE (at, id);
CREATE TABLE log_low PARTITION OF log FOR VALUES FROM (MINVALUE, MINVALUE) TO ('2026-01-01', 0);
CREATE TABLE "log ""mid""" (gone integer, t text DEFAULT 'own', id integer, at date NOT NULL) WITH (fillfactor = 50);
ALTER TABLE "log ""mid""" DROP COLUMN gone;
ALTER TABLE log ATTACH PARTITION "log ""mid""" FOR VALUES FROM ('2026-01-01', 0) TO ('2026-02-01', MAXVALUE);
CREATE TABLE log_rest PARTITION OF log DEFAULT PARTITION BY LIST (t);
CREATE TABLE log_rest_a PARTITION OF log_rest FOR VALUES IN ('a', 'it''s', NULL);
CREATE TABLE log_rest_z PARTITION OF log_rest DEFAULT;
ALTER TABLE log_low ALTER t SET DEFAULT 'low', ADD CHECK (id < 1000000);
INSERT INTO log VALUES ('2025-01-01', 1, 'l'), ('2026-01-15', 2, 'm'), ('2027-01-01', 3, 'a'), ('2027-01-01', 4, NULL), ('2028-01-01', 5, 'z');
CREATE INDEX log_id ON log (id);
ALTER TABLE log ADD UNIQUE (t, at, id);
COMMENT ON TABLE "log ""mid""" IS 'attached';
