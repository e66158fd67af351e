-- The migrating user's own: what is created on the target must not pick them up twice.
DO $$ BEGIN CREATE ROLE case_dp_other; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO case_dp_other;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
CREATE TABLE with_it (id integer);
CREATE TABLE without_it (id integer);
REVOKE SELECT ON without_it FROM case_dp_other;
CREATE FUNCTION closed() RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION opened() RETURNS integer LANGUAGE sql AS 'SELECT 1';
GRANT EXECUTE ON FUNCTION opened() TO PUBLIC;
