-- Default and not; owner, comment.
DO $$ BEGIN CREATE ROLE case_conversion; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "conv ""s""";
GRANT CREATE, USAGE ON SCHEMA "conv ""s""" TO case_conversion;
CREATE DEFAULT CONVERSION "conv ""s"""."we""ird näme" FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8;
CREATE CONVERSION "conv ""s""".other FOR 'UTF8' TO 'LATIN1' FROM utf8_to_iso8859_1;
ALTER CONVERSION "conv ""s"""."we""ird näme" OWNER TO case_conversion;
COMMENT ON CONVERSION "conv ""s"""."we""ird näme" IS 'it''s a conversion';
