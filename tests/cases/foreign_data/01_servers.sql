-- Wrappers, servers and user mappings with all that they can have: no library is needed for those without a handler.
DO $$ BEGIN CREATE ROLE case_foreign_data; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_foreign ""b""; --"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE FOREIGN DATA WRAPPER fdw_plain;
CREATE FOREIGN DATA WRAPPER "fdw we""ird näme" OPTIONS (debug 'true', "odd Name" 'it''s; --');
CREATE FOREIGN DATA WRAPPER fdw_valid VALIDATOR postgresql_fdw_validator;
COMMENT ON FOREIGN DATA WRAPPER "fdw we""ird näme" IS 'a wrapper';
GRANT USAGE ON FOREIGN DATA WRAPPER "fdw we""ird näme" TO case_foreign_data WITH GRANT OPTION;
CREATE SERVER server_plain FOREIGN DATA WRAPPER fdw_plain;
CREATE SERVER "server we""ird näme" TYPE 'ty''pe' VERSION '1.''0' FOREIGN DATA WRAPPER "fdw we""ird näme"
    OPTIONS (host 'h', port '1', "odd Name" 'back\slash');
CREATE SERVER server_valid VERSION '2' FOREIGN DATA WRAPPER fdw_valid OPTIONS (host 'there', dbname 'd''b');
ALTER SERVER "server we""ird näme" OWNER TO case_foreign_data;
GRANT USAGE ON FOREIGN SERVER server_plain TO PUBLIC;
GRANT USAGE ON FOREIGN SERVER "server we""ird näme" TO "case_foreign ""b""; --";
COMMENT ON SERVER "server we""ird näme" IS 'it''s a server';
CREATE USER MAPPING FOR PUBLIC SERVER server_plain;
CREATE USER MAPPING FOR case_foreign_data SERVER server_plain OPTIONS (user 'remote', password 'it''s a \secret');
CREATE USER MAPPING FOR "case_foreign ""b""; --" SERVER "server we""ird näme" OPTIONS ("odd Na*/me" 'x', token 'y');
CREATE USER MAPPING FOR PUBLIC SERVER server_valid OPTIONS (user 'u');
CREATE USER MAPPING FOR CURRENT_USER SERVER server_valid OPTIONS (user 'u', password 'p');
