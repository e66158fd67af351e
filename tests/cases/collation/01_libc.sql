-- One locale, two locales; owner, comment; columns, domains, indexes and ranges that need them.
DO $$ BEGIN CREATE ROLE case_collation; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "coll ""s""";
GRANT CREATE, USAGE ON SCHEMA "coll ""s""" TO case_collation;
CREATE COLLATION "coll ""s"""."we""ird näme" (locale = 'C');
CREATE COLLATION "coll ""s""".two (lc_collate = 'C', lc_ctype = 'POSIX');
ALTER COLLATION "coll ""s"""."we""ird näme" OWNER TO case_collation;
COMMENT ON COLLATION "coll ""s"""."we""ird näme" IS 'it''s a collation';
CREATE DOMAIN "coll ""s""".d AS text COLLATE "coll ""s""".two;
CREATE TYPE "coll ""s""".r AS RANGE (subtype = text, collation = "coll ""s"""."we""ird näme");
CREATE TABLE "coll ""s""".t (a text COLLATE "coll ""s"""."we""ird näme", b "coll ""s""".d, r "coll ""s""".r);
CREATE INDEX ON "coll ""s""".t (b COLLATE "coll ""s"""."we""ird näme");
CREATE VIEW "coll ""s""".v AS SELECT a FROM "coll ""s""".t ORDER BY b COLLATE "coll ""s"""."we""ird näme";
INSERT INTO "coll ""s""".t VALUES ('B', 'a', '[a,b]');
