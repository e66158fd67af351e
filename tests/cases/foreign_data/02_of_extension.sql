-- needs: extension file_fdw
-- The wrapper is an extension's, its servers and their tables are not; whoever may use it is one's own matter.
DO $$ BEGIN CREATE ROLE case_foreign_extension; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE EXTENSION file_fdw;
GRANT USAGE ON FOREIGN DATA WRAPPER file_fdw TO case_foreign_extension;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE passwd (line text) SERVER files OPTIONS (filename '/nowhere/passwd', format 'text');
CREATE TABLE passwd_parts (line text) PARTITION BY LIST (line);
CREATE FOREIGN TABLE passwd_part PARTITION OF passwd_parts FOR VALUES IN ('a')
    SERVER files OPTIONS (filename '/nowhere/passwd');
