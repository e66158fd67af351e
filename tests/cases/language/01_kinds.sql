-- With and without inline handler and validator; trusted; owner, comment, privileges; a function in it. Privileges of an extension's one.
DO $$ BEGIN CREATE ROLE case_language; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "lang ""s""";
CREATE FUNCTION "lang ""s"""."handler ""x"""() RETURNS language_handler LANGUAGE c AS '$libdir/plpgsql', 'plpgsql_call_handler';
CREATE FUNCTION "lang ""s""".inline(internal) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_inline_handler';
CREATE FUNCTION "lang ""s""".validator(oid) RETURNS void LANGUAGE c STRICT AS '$libdir/plpgsql', 'plpgsql_validator';
CREATE TRUSTED LANGUAGE "we""ird länguage" HANDLER "lang ""s"""."handler ""x""" INLINE "lang ""s""".inline VALIDATOR "lang ""s""".validator;
CREATE LANGUAGE plbare HANDLER "lang ""s"""."handler ""x""";
ALTER LANGUAGE "we""ird länguage" OWNER TO case_language;
COMMENT ON LANGUAGE "we""ird länguage" IS 'it''s a language';
REVOKE USAGE ON LANGUAGE "we""ird länguage" FROM PUBLIC;
GRANT USAGE ON LANGUAGE "we""ird länguage" TO CURRENT_USER WITH GRANT OPTION;
REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC;
GRANT USAGE ON LANGUAGE plpgsql TO case_language;
CREATE FUNCTION "lang ""s""".f() RETURNS integer LANGUAGE "we""ird länguage" AS 'BEGIN RETURN 1; END';
