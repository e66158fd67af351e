-- covers: extension_privilege
-- needs: extension hstore
-- A privilege on an extension's member, and objects that depend on it.
DO $$ BEGIN CREATE ROLE case_ext_guest; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE EXTENSION hstore;
CREATE TABLE bags (id integer PRIMARY KEY, h hstore NOT NULL DEFAULT ''::hstore);
CREATE INDEX bags_h ON bags USING gin (h);
INSERT INTO bags VALUES (1, 'a=>1, "b c"=>NULL'), (2, DEFAULT);
REVOKE EXECUTE ON FUNCTION hstore(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hstore(text, text) TO case_ext_guest;
