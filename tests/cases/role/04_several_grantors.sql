-- since: 16
-- The same membership by two grantors, each with options of its own.
DO $$ BEGIN CREATE ROLE case_sg_group; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_sg_admin; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_sg_user; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT case_sg_group TO case_sg_admin WITH ADMIN TRUE;
GRANT case_sg_group TO case_sg_user WITH ADMIN TRUE, INHERIT FALSE, SET FALSE GRANTED BY CURRENT_USER;
GRANT case_sg_group TO case_sg_user WITH INHERIT TRUE, SET FALSE GRANTED BY case_sg_admin;
CREATE TABLE t (id integer);
GRANT SELECT ON t TO case_sg_group, case_sg_user, case_sg_admin;
