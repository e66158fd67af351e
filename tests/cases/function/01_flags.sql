-- Volatility, strictness, security, cost, rows, parallel, leakproof, settings, quoting of the body.
CREATE FUNCTION plain(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION im(a integer, b integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT LEAKPROOF PARALLEL SAFE COST 3 AS 'SELECT a + b';
CREATE FUNCTION st() RETURNS SETOF integer LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 200 ROWS 17
  SET search_path = pg_catalog, "odd ""schema""", pg_temp SET work_mem = '8MB' SET timezone TO 'Europe/Zurich' AS 'BEGIN RETURN QUERY SELECT 1; END';
CREATE FUNCTION quotes() RETURNS text LANGUAGE plpgsql AS $outer$
BEGIN
  -- $$ and $_$ and $function$ and 'quotes' and \ backslash
  RETURN $inner$it's$inner$ || E'\\' || 'größe';
END $outer$;
CREATE FUNCTION "fn ""x""; --"("arg ""1""" text, "größe" integer) RETURNS void LANGUAGE sql AS '';
CREATE FUNCTION refers_to_later() RETURNS integer LANGUAGE sql AS 'SELECT 1 WHERE false';
COMMENT ON FUNCTION "fn ""x""; --"(text, integer) IS 'hostile';
