-- A rule that would double the rows if it acted while they are copied.
CREATE TABLE t (id integer);
CREATE TABLE twin (id integer);
INSERT INTO t SELECT generate_series(1, 5);
CREATE RULE doubles AS ON INSERT TO t DO ALSO INSERT INTO twin VALUES (new.id);
