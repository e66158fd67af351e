-- Comments and privileges of a column that came after the children: of the column alone, and of each child's for itself.
-- covers: late_column
DO $$ BEGIN CREATE ROLE case_late_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE "above" (id integer);
CREATE TABLE "be""low" (own integer) INHERITS ("above");
CREATE TABLE lowest (z integer) INHERITS ("be""low");
ALTER TABLE "above" ADD COLUMN "la""ter" text DEFAULT 'x' NOT NULL;
ALTER TABLE lowest ALTER "la""ter" SET DEFAULT 'y';
GRANT SELECT ("la""ter") ON "above" TO case_late_reader;
GRANT UPDATE ("la""ter"), SELECT (own) ON "be""low" TO case_late_reader WITH GRANT OPTION;
GRANT INSERT ON lowest TO case_late_reader;
COMMENT ON COLUMN "above"."la""ter" IS 'of above';
COMMENT ON COLUMN "be""low"."la""ter" IS 'of below';
INSERT INTO "above" VALUES (1, 'a');
INSERT INTO "be""low" VALUES (1, 2, 'b');
INSERT INTO lowest (id, z) VALUES (3, 4);
