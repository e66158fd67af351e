-- A function that takes and returns the range itself: a shell comes first.
CREATE SCHEMA "canonical ""s""";
CREATE TYPE "canonical ""s"""."steps ""x""";
CREATE FUNCTION "canonical ""s"""."canonical ""x"""("canonical ""s"""."steps ""x""") RETURNS "canonical ""s"""."steps ""x""" LANGUAGE internal STRICT IMMUTABLE AS 'int4range_canonical';
CREATE FUNCTION "canonical ""s""".apart(integer, integer) RETURNS float8 LANGUAGE internal STRICT IMMUTABLE AS 'int4range_subdiff';
CREATE TYPE "canonical ""s"""."steps ""x""" AS RANGE (subtype = integer, canonical = "canonical ""s"""."canonical ""x""", subtype_diff = "canonical ""s""".apart);
CREATE TABLE "canonical ""s""".t (r "canonical ""s"""."steps ""x""");
INSERT INTO "canonical ""s""".t VALUES ('[1,3]'), ('(0,2)');
