-- What runs with its owner's rights: views and functions over a table that only the owner may read.
DO $$ BEGIN CREATE ROLE case_owner_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE hidden (id integer);
INSERT INTO hidden VALUES (1);
REVOKE ALL ON hidden FROM PUBLIC;
GRANT SELECT ON hidden TO case_owner_reader;
CREATE MATERIALIZED VIEW m AS SELECT id FROM hidden;
ALTER MATERIALIZED VIEW m OWNER TO case_owner_reader;
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM public.hidden';
ALTER FUNCTION f() OWNER TO case_owner_reader;
