-- A default that calls a function that takes the table's row type.
CREATE TABLE looped (id integer, n integer);
CREATE FUNCTION count_of(l looped) RETURNS integer LANGUAGE sql AS 'SELECT l.id';
CREATE FUNCTION next_n() RETURNS integer LANGUAGE sql AS 'SELECT coalesce(max(count_of(l)), 0) + 1 FROM looped l';
ALTER TABLE looped ALTER n SET DEFAULT next_n();
INSERT INTO looped (id) VALUES (1), (2);
