-- since: 12
-- Stored generated columns: in the middle, over functions, inherited, indexed.
CREATE FUNCTION twice(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i * 2';
CREATE TABLE gen (a integer, "g ""1""" integer GENERATED ALWAYS AS (twice(a)) STORED, b text, up text GENERATED ALWAYS AS (upper(b) || '''x\') STORED NOT NULL);
CREATE INDEX gen_idx ON gen ("g ""1""");
CREATE TABLE gen_child (c integer) INHERITS (gen);
CREATE TABLE only_generated (g integer GENERATED ALWAYS AS (7) STORED);
INSERT INTO gen (a, b) VALUES (1, 'x'), (NULL, 'ß');
INSERT INTO gen_child (a, b, c) VALUES (5, 'y', 6);
INSERT INTO only_generated SELECT FROM generate_series(1, 3);
CREATE TABLE gen_merged (a integer, "g ""1""" integer, own integer) INHERITS (gen);
CREATE TABLE gen_apart (a integer, "g ""1""" integer GENERATED ALWAYS AS (twice(a)) STORED, b text, up text GENERATED ALWAYS AS (upper(b) || '''x\') STORED NOT NULL);
ALTER TABLE gen_apart INHERIT gen;
