-- since: 14
-- OUT arguments, and a body of the SQL standard.
CREATE TABLE t (id integer);
CREATE PROCEDURE counts(IN a integer, OUT b integer, OUT c text) LANGUAGE sql AS 'SELECT a, ''x''::text';
CREATE PROCEDURE adds(n integer) LANGUAGE sql BEGIN ATOMIC INSERT INTO t VALUES (n); INSERT INTO t VALUES (n + 1); END;
COMMENT ON PROCEDURE counts(integer) IS 'out';
