-- Attributes with hostile names, collations and comments; nested; a dropped attribute; arrays of them.
CREATE TYPE inner_type AS ("x ""y""" integer, t text COLLATE "C", gone integer, d numeric(8, 3)[]);
ALTER TYPE inner_type DROP ATTRIBUTE gone;
CREATE TYPE "Outer; type" AS (i inner_type, a inner_type[], v varchar(3), ts timestamptz(2));
CREATE TYPE nothing AS ();
CREATE TABLE things (id integer, o "Outer; type", l "Outer; type"[], n nothing);
INSERT INTO things VALUES (1, ROW(ROW(1, 'a"b,(c)', '{1.5,NULL}'), '{}', 'é', '2026-01-01 00:00:00.12+00'), NULL, NULL), (2, NULL, ARRAY[NULL]::"Outer; type"[], NULL);
COMMENT ON TYPE "Outer; type" IS 'outer';
COMMENT ON COLUMN "Outer; type".v IS 'three letters';
