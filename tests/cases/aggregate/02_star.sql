-- No arguments, two arguments, an owner and privileges.
DO $$ BEGIN CREATE ROLE case_aggregate_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE AGGREGATE rows_of(*) (SFUNC = int8inc, STYPE = int8, INITCOND = '0');
CREATE FUNCTION two(integer, integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + $2 * $3';
CREATE AGGREGATE dot(integer, integer) (SFUNC = two, STYPE = integer, INITCOND = '0');
ALTER AGGREGATE dot(integer, integer) OWNER TO case_aggregate_owner;
REVOKE EXECUTE ON FUNCTION rows_of() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rows_of() TO case_aggregate_owner WITH GRANT OPTION;
