-- Defaults, VARIADIC, OUT, INOUT, TABLE, SETOF, polymorphic, overloads, domain and composite types.
CREATE TYPE pair AS (a integer, b text);
CREATE DOMAIN pos AS integer CHECK (VALUE > 0);
CREATE TYPE colour AS ENUM ('r', 'g''');
CREATE FUNCTION f(a integer DEFAULT 1 + 2, b text DEFAULT E'it''s \\', c colour[] DEFAULT '{r,g''}', d date = '2026-01-01') RETURNS text LANGUAGE sql AS 'SELECT b';
CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS 'SELECT a';
CREATE FUNCTION v(x text, VARIADIC rest integer[] DEFAULT ARRAY[]::integer[]) RETURNS integer LANGUAGE sql AS 'SELECT cardinality(rest)';
CREATE FUNCTION o(IN i integer, OUT "o ""1""" text, INOUT io pair) LANGUAGE sql AS 'SELECT ''x''::text, io';
CREATE FUNCTION t(n pos) RETURNS TABLE (a integer, "b ""x""" pair[]) LANGUAGE sql AS 'SELECT 1, NULL::pair[]';
CREATE FUNCTION s() RETURNS SETOF pair LANGUAGE sql AS 'SELECT 1, ''x''::text';
CREATE FUNCTION poly(anyelement, anyarray, anyenum) RETURNS anyelement LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION rng(anyrange) RETURNS boolean LANGUAGE sql AS 'SELECT isempty($1)';
CREATE FUNCTION d(n numeric(5, 2)) RETURNS varchar(3) LANGUAGE sql AS 'SELECT ''x''::varchar';
