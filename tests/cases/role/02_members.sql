-- Memberships in chains, with admin option, in predefined roles.
DO $$ BEGIN CREATE ROLE case_member_top; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_member_mid; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_member ""low"""; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT case_member_top TO case_member_mid WITH ADMIN OPTION;
GRANT case_member_mid TO "case_member ""low""";
GRANT pg_monitor TO "case_member ""low""";
CREATE TABLE t (id integer);
GRANT SELECT ON t TO case_member_top, case_member_mid, "case_member ""low""";
