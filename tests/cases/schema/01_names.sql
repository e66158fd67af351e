-- Schemas with hostile names, an owner, a comment and privileges; an empty one.
DO $$ BEGIN CREATE ROLE case_schema_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_schema_guest; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA plain;
CREATE SCHEMA "Hostile ""s""; DROP SCHEMA plain; --" AUTHORIZATION case_schema_owner;
CREATE SCHEMA "two
lines";
CREATE SCHEMA "größe 東京";
CREATE SCHEMA "select";
COMMENT ON SCHEMA "two
lines" IS E'a comment\nof two lines with ''quotes'' and \\';
GRANT USAGE ON SCHEMA plain TO case_schema_guest WITH GRANT OPTION;
GRANT USAGE ON SCHEMA plain TO PUBLIC;
GRANT CREATE ON SCHEMA "größe 東京" TO case_schema_guest;
REVOKE ALL ON SCHEMA "select" FROM CURRENT_USER;
