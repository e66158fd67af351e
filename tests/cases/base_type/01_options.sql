-- Every option; default; array; owner, comment, privileges; what is built on them.
DO $$ BEGIN CREATE ROLE case_base_type; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "base ""s""";
GRANT CREATE, USAGE ON SCHEMA "base ""s""" TO case_base_type;
CREATE TYPE "base ""s"""."we""ird näme";
CREATE FUNCTION "base ""s"""."in ""x"""(cstring, oid, integer) RETURNS "base ""s"""."we""ird näme" LANGUAGE internal STRICT IMMUTABLE AS 'varcharin';
CREATE FUNCTION "base ""s""".text_out("base ""s"""."we""ird näme") RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'varcharout';
CREATE FUNCTION "base ""s""".text_recv(internal, oid, integer) RETURNS "base ""s"""."we""ird näme" LANGUAGE internal STRICT STABLE AS 'varcharrecv';
CREATE FUNCTION "base ""s""".text_send("base ""s"""."we""ird näme") RETURNS bytea LANGUAGE internal STRICT STABLE AS 'varcharsend';
CREATE FUNCTION "base ""s""".mod_in(cstring[]) RETURNS integer LANGUAGE internal STRICT IMMUTABLE AS 'varchartypmodin';
CREATE FUNCTION "base ""s""".mod_out(integer) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'varchartypmodout';
CREATE FUNCTION "base ""s""".analyze(internal) RETURNS boolean LANGUAGE internal STRICT AS 'array_typanalyze';
CREATE TYPE "base ""s"""."we""ird näme" (INPUT = "base ""s"""."in ""x""", OUTPUT = "base ""s""".text_out, RECEIVE = "base ""s""".text_recv,
    SEND = "base ""s""".text_send, TYPMOD_IN = "base ""s""".mod_in, TYPMOD_OUT = "base ""s""".mod_out,
    INTERNALLENGTH = VARIABLE, STORAGE = extended, CATEGORY = 'S', PREFERRED = false, DEFAULT = 'it''s',
    DELIMITER = ';', COLLATABLE = true);
CREATE TYPE "base ""s""".number;
CREATE FUNCTION "base ""s""".n_in(cstring) RETURNS "base ""s""".number LANGUAGE internal STRICT IMMUTABLE AS 'int8in';
CREATE FUNCTION "base ""s""".n_out("base ""s""".number) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'int8out';
CREATE TYPE "base ""s""".number (INPUT = "base ""s""".n_in, OUTPUT = "base ""s""".n_out, INTERNALLENGTH = 8, PASSEDBYVALUE,
    ALIGNMENT = double, CATEGORY = 'x', PREFERRED = true, DEFAULT = '42');
CREATE TYPE "base ""s""".spot;
CREATE FUNCTION "base ""s""".s_in(cstring) RETURNS "base ""s""".spot LANGUAGE internal STRICT IMMUTABLE AS 'point_in';
CREATE FUNCTION "base ""s""".s_out("base ""s""".spot) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'point_out';
CREATE TYPE "base ""s""".spot (INPUT = "base ""s""".s_in, OUTPUT = "base ""s""".s_out, INTERNALLENGTH = 16, ALIGNMENT = double, ELEMENT = float8, ANALYZE = "base ""s""".analyze);
CREATE TYPE "base ""s""".alone;
CREATE FUNCTION "base ""s""".takes_shell("base ""s""".alone) RETURNS cstring LANGUAGE internal STRICT IMMUTABLE AS 'point_out';
ALTER TYPE "base ""s"""."we""ird näme" OWNER TO case_base_type;
ALTER TYPE "base ""s""".alone OWNER TO case_base_type;
REVOKE USAGE ON TYPE "base ""s""".number FROM PUBLIC;
GRANT USAGE ON TYPE "base ""s""".number TO case_base_type WITH GRANT OPTION;
COMMENT ON TYPE "base ""s"""."we""ird näme" IS 'it''s a type';
COMMENT ON TYPE "base ""s""".alone IS 'still a shell';
CREATE FUNCTION "base ""s""".plus("base ""s""".number, "base ""s""".number) RETURNS "base ""s""".number LANGUAGE internal STRICT IMMUTABLE AS 'int8pl';
CREATE OPERATOR "base ""s""".+ (PROCEDURE = "base ""s""".plus, LEFTARG = "base ""s""".number, RIGHTARG = "base ""s""".number, COMMUTATOR = OPERATOR("base ""s""".+));
CREATE FUNCTION "base ""s""".less("base ""s""".number, "base ""s""".number) RETURNS boolean LANGUAGE internal STRICT IMMUTABLE AS 'int8lt';
CREATE FUNCTION "base ""s""".equal("base ""s""".number, "base ""s""".number) RETURNS boolean LANGUAGE internal STRICT IMMUTABLE AS 'int8eq';
CREATE FUNCTION "base ""s""".cmp("base ""s""".number, "base ""s""".number) RETURNS integer LANGUAGE internal STRICT IMMUTABLE AS 'btint8cmp';
CREATE OPERATOR "base ""s""".< (PROCEDURE = "base ""s""".less, LEFTARG = "base ""s""".number, RIGHTARG = "base ""s""".number);
CREATE OPERATOR "base ""s""".= (PROCEDURE = "base ""s""".equal, LEFTARG = "base ""s""".number, RIGHTARG = "base ""s""".number);
CREATE OPERATOR CLASS "base ""s""".number_ops DEFAULT FOR TYPE "base ""s""".number USING btree AS
    OPERATOR 1 "base ""s""".<, OPERATOR 3 "base ""s""".=, FUNCTION 1 "base ""s""".cmp("base ""s""".number, "base ""s""".number);
CREATE DOMAIN "base ""s""".d AS "base ""s"""."we""ird näme"(5) COLLATE "C" CHECK (VALUE IS NOT NULL);
CREATE TYPE "base ""s""".numbers AS RANGE (subtype = "base ""s""".number);
CREATE TABLE "base ""s""".t (id "base ""s""".number PRIMARY KEY, w "base ""s"""."we""ird näme"(7), d "base ""s""".d, a "base ""s""".number[], r "base ""s""".numbers);
INSERT INTO "base ""s""".t VALUES ('1', 'abc', 'x', '{1,2}', '[1,5)'), (DEFAULT, NULL, 'y', NULL, 'empty');
