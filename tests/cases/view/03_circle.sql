-- A view and a function that need each other.
CREATE TABLE t (id integer, n integer);
INSERT INTO t VALUES (1, 2);
CREATE VIEW v AS SELECT id, n FROM t;
CREATE FUNCTION doubled(v) RETURNS integer LANGUAGE sql STABLE AS 'SELECT $1.n * 2';
CREATE OR REPLACE VIEW v AS SELECT id, n FROM t WHERE doubled(ROW(id, n)::v) > 0;
