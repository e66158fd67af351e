-- A typed table, with options of its own on the type's columns.
CREATE TYPE person AS (id integer, name text, born date);
CREATE TABLE people OF person (id WITH OPTIONS PRIMARY KEY, name NOT NULL DEFAULT 'nobody', CHECK (born > '1800-01-01'));
INSERT INTO people VALUES (1, DEFAULT, '2000-02-29');
CREATE FUNCTION name_of(p person) RETURNS text LANGUAGE sql AS 'SELECT p.name';
