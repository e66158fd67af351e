-- needs: extension citext
-- An extension in a schema of its own, and a table that uses its type.
CREATE SCHEMA "ext's";
CREATE EXTENSION citext WITH SCHEMA "ext's";
CREATE TABLE words (w "ext's".citext PRIMARY KEY, l "ext's".citext[] DEFAULT '{}');
INSERT INTO words VALUES ('Größe', '{A,b}'), ('O''Brien', NULL);
COMMENT ON EXTENSION citext IS 'case-insensitive, ours';
