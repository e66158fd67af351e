-- covers: system_privilege
-- Privileges and owners of what initdb made: a function, its owner, a catalog and its columns, a type, a language, the schema.
DO $$ BEGIN CREATE ROLE case_system; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_catalog.pg_sleep(double precision) TO case_system;
ALTER FUNCTION pg_catalog.pg_stat_reset() OWNER TO case_system;
ALTER FUNCTION pg_catalog.pg_stat_clear_snapshot() OWNER TO case_system;
REVOKE EXECUTE ON FUNCTION pg_catalog.pg_stat_clear_snapshot() FROM case_system;
GRANT SELECT (rolname, rolsuper) ON pg_catalog.pg_authid TO case_system;
REVOKE SELECT ON pg_catalog.pg_proc FROM PUBLIC;
GRANT SELECT (proname, tableoid) ON pg_catalog.pg_proc TO PUBLIC;
GRANT SELECT ON pg_catalog.pg_largeobject TO case_system WITH GRANT OPTION;
REVOKE USAGE ON TYPE pg_catalog.int4 FROM PUBLIC;
GRANT USAGE ON LANGUAGE sql TO case_system;
GRANT CREATE ON SCHEMA pg_catalog TO case_system;
