-- since: 16
-- INHERIT and SET of a membership, and who granted it.
DO $$ BEGIN CREATE ROLE case_mo_group; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_mo_admin; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_mo_user; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT case_mo_group TO case_mo_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
SET ROLE case_mo_admin;
GRANT case_mo_group TO case_mo_user WITH INHERIT TRUE, SET FALSE;
RESET ROLE;
CREATE TABLE t (id integer);
GRANT SELECT ON t TO case_mo_group, case_mo_user, case_mo_admin;
