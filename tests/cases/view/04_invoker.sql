-- since: 15
-- Rights of the caller.
CREATE TABLE t (id integer);
CREATE VIEW v WITH (security_invoker = true, security_barrier = false) AS SELECT id FROM t;
CREATE VIEW w WITH (security_invoker) AS SELECT id FROM v WHERE id > 0 WITH CHECK OPTION;
