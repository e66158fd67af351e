-- With a family of its own, in a built-in family; DEFAULT; another storage type; an ordering operator; own operators and functions; no member.
DO $$ BEGIN CREATE ROLE case_operator_class; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "opc ""s""";
GRANT CREATE, USAGE ON SCHEMA "opc ""s""" TO case_operator_class;
CREATE TYPE "opc ""s"""."size ""x""" AS ENUM ('small', 'large');
CREATE FUNCTION "opc ""s""".hash("opc ""s"""."size ""x""") RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT pg_catalog.length($1::pg_catalog.text)';
CREATE FUNCTION "opc ""s""".same("opc ""s"""."size ""x""", "opc ""s"""."size ""x""") RETURNS boolean LANGUAGE internal IMMUTABLE STRICT AS 'enum_eq';
CREATE OPERATOR "opc ""s""".==== (PROCEDURE = "opc ""s""".same, LEFTARG = "opc ""s"""."size ""x""", RIGHTARG = "opc ""s"""."size ""x""", COMMUTATOR = OPERATOR("opc ""s""".====), HASHES);
CREATE OPERATOR CLASS "opc ""s"""."we""ird näme" DEFAULT FOR TYPE "opc ""s"""."size ""x""" USING hash AS
    OPERATOR 1 "opc ""s""".====, FUNCTION 1 "opc ""s""".hash("opc ""s"""."size ""x""");
COMMENT ON OPERATOR CLASS "opc ""s"""."we""ird näme" USING hash IS 'it''s a class';
ALTER OPERATOR CLASS "opc ""s"""."we""ird näme" USING hash OWNER TO case_operator_class;
CREATE OPERATOR CLASS "opc ""s""".circles FOR TYPE circle USING gist AS
    OPERATOR 3 &&(circle, circle), OPERATOR 15 <->(circle, point) FOR ORDER BY float_ops,
    FUNCTION 1 gist_circle_consistent(internal, circle, smallint, oid, internal), FUNCTION 2 gist_box_union(internal, internal),
    FUNCTION 3 gist_circle_compress(internal), FUNCTION 5 gist_box_penalty(internal, internal, internal),
    FUNCTION 6 gist_box_picksplit(internal, internal), FUNCTION 7 gist_box_same(box, box, internal),
    FUNCTION 8 (circle, circle) gist_circle_distance(internal, circle, smallint, oid, internal), STORAGE box;
CREATE OPERATOR CLASS "opc ""s""".texts FOR TYPE text USING btree FAMILY pg_catalog.text_ops AS STORAGE text;
CREATE OPERATOR CLASS "opc ""s""".nothing FOR TYPE bigint USING gin AS STORAGE text;
CREATE TABLE "opc ""s""".t (s "opc ""s"""."size ""x""");
CREATE INDEX ON "opc ""s""".t USING hash (s);
INSERT INTO "opc ""s""".t VALUES ('small'), ('large');
