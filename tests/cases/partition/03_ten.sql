-- What version 10 has: list and range, expressions and collations in the key, no index on the parent, an empty parent.
CREATE TABLE lists (id integer, t text) PARTITION BY LIST (lower(t) COLLATE "C");
CREATE TABLE lists_a PARTITION OF lists (CONSTRAINT own CHECK (id > 0)) FOR VALUES IN ('a', 'b"c');
CREATE TABLE lists_null PARTITION OF lists FOR VALUES IN (NULL);
CREATE TABLE none (id integer) PARTITION BY RANGE (id);
CREATE INDEX lists_a_idx ON lists_a (id);
INSERT INTO lists VALUES (1, 'A'), (2, 'b"C'), (3, NULL);
