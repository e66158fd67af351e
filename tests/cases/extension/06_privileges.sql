-- needs: extension pg_stat_statements
-- Privileges of members that were changed, of a column too.
DO $$ BEGIN CREATE ROLE case_ext_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE EXTENSION pg_stat_statements;
REVOKE ALL ON pg_stat_statements FROM PUBLIC;
GRANT SELECT (query, calls) ON pg_stat_statements TO case_ext_reader WITH GRANT OPTION;
GRANT SELECT (userid) ON pg_stat_statements TO PUBLIC;
CREATE EXTENSION citext;
REVOKE USAGE ON TYPE citext FROM PUBLIC;
GRANT EXECUTE ON FUNCTION citext_eq(citext, citext) TO case_ext_reader;
