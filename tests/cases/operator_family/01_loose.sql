-- Empty; with loose members of several types; with a class of another name; owner, comment, odd names; a table that needs them.
DO $$ BEGIN CREATE ROLE case_operator_family; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "opf ""s""";
GRANT CREATE, USAGE ON SCHEMA "opf ""s""" TO case_operator_family;
CREATE OPERATOR FAMILY "opf ""s""".empty USING gin;
ALTER OPERATOR FAMILY "opf ""s""".empty USING gin OWNER TO case_operator_family;
CREATE OPERATOR FAMILY "opf ""s"""."we""ird näme" USING btree;
COMMENT ON OPERATOR FAMILY "opf ""s"""."we""ird näme" USING btree IS 'it''s a family';
CREATE OPERATOR CLASS "opf ""s""".long FOR TYPE bigint USING btree FAMILY "opf ""s"""."we""ird näme" AS
    OPERATOR 1 <(bigint, bigint), OPERATOR 2 <=(bigint, bigint), OPERATOR 3 =(bigint, bigint),
    OPERATOR 4 >=(bigint, bigint), OPERATOR 5 >(bigint, bigint), FUNCTION 1 btint8cmp(bigint, bigint), FUNCTION 2 btint8sortsupport(internal);
CREATE OPERATOR CLASS "opf ""s""".short FOR TYPE integer USING btree FAMILY "opf ""s"""."we""ird näme" AS
    OPERATOR 1 <(integer, integer), OPERATOR 2 <=(integer, integer), OPERATOR 3 =(integer, integer),
    OPERATOR 4 >=(integer, integer), OPERATOR 5 >(integer, integer), FUNCTION 1 btint4cmp(integer, integer);
ALTER OPERATOR FAMILY "opf ""s"""."we""ird näme" USING btree ADD
    OPERATOR 1 <(bigint, integer), OPERATOR 2 <=(bigint, integer), OPERATOR 3 =(bigint, integer),
    OPERATOR 4 >=(bigint, integer), OPERATOR 5 >(bigint, integer), FUNCTION 1 (bigint, integer) btint84cmp(bigint, integer),
    OPERATOR 1 <(integer, bigint), OPERATOR 3 =(integer, bigint), FUNCTION 1 (integer, bigint) btint48cmp(integer, bigint);
CREATE TABLE "opf ""s""".t (id bigint, n integer);
CREATE INDEX ON "opf ""s""".t (id "opf ""s""".long, n "opf ""s""".short DESC);
