-- since: 15
-- NULLS NOT DISTINCT, in a constraint and in an index, with INCLUDE.
CREATE TABLE u (a integer, b integer, c text, CONSTRAINT u_key UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c));
CREATE UNIQUE INDEX u_idx ON u (b, c) NULLS NOT DISTINCT WHERE a IS NULL;
INSERT INTO u VALUES (NULL, NULL, 'x'), (1, NULL, NULL);
