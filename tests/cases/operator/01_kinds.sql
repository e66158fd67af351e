-- Infix and prefix; every option; commutators and negators that point forward, backward and at themselves; owner, comment.
DO $$ BEGIN CREATE ROLE case_operator; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "op ""s""";
GRANT CREATE, USAGE ON SCHEMA "op ""s""" TO case_operator;
CREATE TYPE "op ""s"""."pair ""x""" AS (a integer, b integer);
CREATE FUNCTION "op ""s"""."eq ""x"""("op ""s"""."pair ""x""", "op ""s"""."pair ""x""") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a = $2.a AND $1.b = $2.b';
CREATE FUNCTION "op ""s""".ne("op ""s"""."pair ""x""", "op ""s"""."pair ""x""") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a <> $2.a OR $1.b <> $2.b';
CREATE FUNCTION "op ""s""".turn("op ""s"""."pair ""x""") RETURNS "op ""s"""."pair ""x""" LANGUAGE sql IMMUTABLE AS 'SELECT $1.b, $1.a';
CREATE FUNCTION "op ""s""".below("op ""s"""."pair ""x""", bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1.a < $2';
CREATE FUNCTION "op ""s""".above(bigint, "op ""s"""."pair ""x""") RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT $1 > $2.a';
CREATE OPERATOR "op ""s""".=== (PROCEDURE = "op ""s"""."eq ""x""", LEFTARG = "op ""s"""."pair ""x""", RIGHTARG = "op ""s"""."pair ""x""",
    COMMUTATOR = OPERATOR("op ""s""".===), NEGATOR = OPERATOR("op ""s""".<->), RESTRICT = eqsel, JOIN = eqjoinsel, HASHES, MERGES);
CREATE OPERATOR "op ""s""".<-> (PROCEDURE = "op ""s""".ne, LEFTARG = "op ""s"""."pair ""x""", RIGHTARG = "op ""s"""."pair ""x""",
    COMMUTATOR = OPERATOR("op ""s""".<->), NEGATOR = OPERATOR("op ""s""".===), RESTRICT = neqsel, JOIN = neqjoinsel);
CREATE OPERATOR "op ""s""".!@# (PROCEDURE = "op ""s""".turn, RIGHTARG = "op ""s"""."pair ""x""");
CREATE OPERATOR "op ""s""".<< (PROCEDURE = "op ""s""".below, LEFTARG = "op ""s"""."pair ""x""", RIGHTARG = bigint, COMMUTATOR = OPERATOR("op ""s""".>>));
CREATE OPERATOR "op ""s""".>> (PROCEDURE = "op ""s""".above, LEFTARG = bigint, RIGHTARG = "op ""s"""."pair ""x""");
ALTER OPERATOR "op ""s""".!@# (NONE, "op ""s"""."pair ""x""") OWNER TO case_operator;
COMMENT ON OPERATOR "op ""s""".!@# (NONE, "op ""s"""."pair ""x""") IS 'it''s turned';
COMMENT ON OPERATOR "op ""s""".=== ("op ""s"""."pair ""x""", "op ""s"""."pair ""x""") IS 'same';
CREATE VIEW "op ""s""".uses AS SELECT (1, 2)::"op ""s"""."pair ""x""" OPERATOR("op ""s""".===) (1, 2)::"op ""s"""."pair ""x""" AS same;
