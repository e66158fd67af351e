-- since: 14
-- Bodies of the SQL standard: they depend on tables, functions and primary keys.
CREATE TABLE t (id integer PRIMARY KEY, a text, n integer);
INSERT INTO t VALUES (1, 'a', 2);
CREATE FUNCTION z_inner(i integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN i * 2;
CREATE FUNCTION a_outer(i integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN z_inner(i) + 1;
CREATE FUNCTION grouped() RETURNS SETOF record LANGUAGE sql BEGIN ATOMIC SELECT id, a, sum(n) FROM t GROUP BY id; END;
CREATE FUNCTION many() RETURNS integer LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (2, 'it''s; --', 3); SELECT count(*)::integer FROM t; END;
CREATE TABLE g (a integer, b integer GENERATED ALWAYS AS (a_outer(a)) STORED, CHECK (z_inner(a) > 0));
INSERT INTO g VALUES (5);
