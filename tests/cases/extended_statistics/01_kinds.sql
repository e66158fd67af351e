-- Every kind of extended statistics, in odd names, with owners and comments; on tables, partitioned tables and materialized views.
DO $$ BEGIN CREATE ROLE case_statistics; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "we""ird näme";
GRANT CREATE, USAGE ON SCHEMA "we""ird näme" TO case_statistics;
CREATE TABLE es (a integer, b integer, "c ""x""" text);
INSERT INTO es SELECT i, i % 7, i % 3 FROM generate_series(1, 100) i;
CREATE STATISTICS es_all ON a, b FROM es;
CREATE STATISTICS es_nd (ndistinct) ON a, b, "c ""x""" FROM es;
CREATE STATISTICS "we""ird näme"."st; --" (dependencies) ON b, "c ""x""" FROM es;
ALTER STATISTICS "we""ird näme"."st; --" OWNER TO case_statistics;
COMMENT ON STATISTICS "we""ird näme"."st; --" IS 'it''s';
CREATE TABLE es_parts (a integer, b integer) PARTITION BY RANGE (a);
CREATE STATISTICS es_parts_st (ndistinct, dependencies) ON a, b FROM es_parts;
CREATE MATERIALIZED VIEW es_view AS SELECT a, b FROM es;
CREATE STATISTICS es_view_st (ndistinct) ON a, b FROM es_view;
-- Columns that were dropped leave gaps in the numbers.
ALTER TABLE es ADD d integer, ADD e integer;
ALTER TABLE es DROP d;
CREATE STATISTICS es_gap (dependencies) ON e, a FROM es;
