-- since: 11
-- Plain, with all support functions, moving, ordered set, variadic, with an operator to sort by.
CREATE FUNCTION step(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT coalesce($1, 1) * $2';
CREATE FUNCTION back(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1 / $2';
CREATE FUNCTION done(numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round($1, 2)';
CREATE FUNCTION done2(numeric, numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION push(text[], text) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT $1 || $2';
CREATE FUNCTION pick(text[], integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1[$2]';
CREATE FUNCTION vstep(integer, VARIADIC integer[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + cardinality($2)';
CREATE AGGREGATE product(numeric) (SFUNC = step, STYPE = numeric);
CREATE AGGREGATE "prod ""full"""("a ""1""" numeric) (SFUNC = step, STYPE = numeric, SSPACE = 64, FINALFUNC = done2, FINALFUNC_EXTRA, FINALFUNC_MODIFY = SHAREABLE, COMBINEFUNC = step, INITCOND = '1',
  MSFUNC = step, MINVFUNC = back, MSTYPE = numeric, MSSPACE = 32, MFINALFUNC = done, MFINALFUNC_MODIFY = READ_WRITE, MINITCOND = '1', PARALLEL = SAFE);
CREATE AGGREGATE nth(integer ORDER BY text) (SFUNC = push, STYPE = text[], INITCOND = '{}', FINALFUNC = pick);
CREATE AGGREGATE args(VARIADIC integer[]) (SFUNC = vstep, STYPE = integer, INITCOND = '0');
CREATE AGGREGATE largest(integer) (SFUNC = int4larger, STYPE = integer, SORTOP = >);
CREATE VIEW uses AS SELECT product(n) AS p FROM (VALUES (1.5), (2)) v (n);
COMMENT ON AGGREGATE nth(integer ORDER BY text) IS 'the n-th';
COMMENT ON AGGREGATE product(numeric) IS 'it''s a product';
