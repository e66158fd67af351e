-- By a function, by input and output, binary; explicit, assignment, implicit; an array's; between built-in types; a view that needs one.
CREATE SCHEMA "cast ""s""";
CREATE TYPE "cast ""s"""."a ""x""" AS (n integer);
CREATE TYPE "cast ""s""".b AS (n integer);
CREATE TYPE "cast ""s""".mood AS ENUM ('ok', 'it''s');
CREATE FUNCTION "cast ""s"""."to ""b"""("cast ""s"""."a ""x""") RETURNS "cast ""s""".b LANGUAGE sql IMMUTABLE AS 'SELECT $1.n';
CREATE FUNCTION "cast ""s""".to_text("cast ""s"""."a ""x""", integer, boolean) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1.n::pg_catalog.text';
CREATE FUNCTION "cast ""s""".moods("cast ""s""".mood[]) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST ("cast ""s"""."a ""x""" AS "cast ""s""".b) WITH FUNCTION "cast ""s"""."to ""b"""("cast ""s"""."a ""x""");
CREATE CAST ("cast ""s"""."a ""x""" AS text) WITH FUNCTION "cast ""s""".to_text("cast ""s"""."a ""x""", integer, boolean) AS ASSIGNMENT;
CREATE CAST (text AS "cast ""s""".mood) WITH INOUT AS IMPLICIT;
CREATE CAST ("cast ""s""".mood[] AS integer) WITH FUNCTION "cast ""s""".moods("cast ""s""".mood[]);
CREATE CAST (timestamptz AS interval) WITH FUNCTION age(timestamptz) AS ASSIGNMENT;
COMMENT ON CAST ("cast ""s"""."a ""x""" AS "cast ""s""".b) IS 'it''s a cast';
CREATE TABLE "cast ""s""".t (x "cast ""s"""."a ""x""", m "cast ""s""".mood DEFAULT lower('OK')::"cast ""s""".mood);
CREATE FUNCTION "cast ""s""".of_row("cast ""s""".t) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE CAST ("cast ""s""".t AS integer) WITH FUNCTION "cast ""s""".of_row("cast ""s""".t);
CREATE VIEW "cast ""s""".aged AS SELECT x::"cast ""s""".b AS b, now()::interval AS age, t::integer AS n FROM "cast ""s""".t;
INSERT INTO "cast ""s""".t VALUES (ROW(1), DEFAULT);
