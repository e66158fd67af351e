-- since: 11
-- Domains over a composite type and over arrays; arrays of domains.
CREATE TYPE span AS (a integer, b integer);
CREATE DOMAIN proper_span AS span CHECK ((VALUE).a <= (VALUE).b);
CREATE DOMAIN code AS varchar(4) CHECK (VALUE <> '');
CREATE DOMAIN codes AS code[] CHECK (cardinality(VALUE) < 5);
CREATE TABLE spans (s proper_span, l proper_span[], a code[], c codes);
INSERT INTO spans VALUES (ROW(1, 2), ARRAY[ROW(1, 1)]::proper_span[], '{AB,NULL}', '{"a,b"}'), (NULL, NULL, NULL, NULL);
