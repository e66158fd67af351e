-- Views that rest on a primary key: columns beside it are grouped by it alone.
CREATE TABLE t (id integer PRIMARY KEY, a text, b text);
CREATE TABLE u (t integer, n integer);
INSERT INTO t VALUES (1, 'a', 'b');
INSERT INTO u VALUES (1, 2), (1, 3);
CREATE VIEW grouped AS SELECT t.id, t.a, t.b, sum(u.n) FROM t LEFT JOIN u ON u.t = t.id GROUP BY t.id;
CREATE VIEW on_it AS SELECT a, sum FROM grouped WHERE sum > 1;
CREATE MATERIALIZED VIEW stored AS SELECT t.id, t.b, count(*) FROM t JOIN u ON u.t = t.id GROUP BY t.id;
