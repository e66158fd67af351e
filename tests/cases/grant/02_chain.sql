-- Grants made by one who was granted them, and a role's again; two grantors of the same right.
DO $$ BEGIN CREATE ROLE case_chain_a; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_chain_b; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_chain_c; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA ch;
CREATE TABLE ch.t (id integer, x text);
GRANT USAGE ON SCHEMA ch TO case_chain_a, case_chain_b;
GRANT SELECT, UPDATE (x) ON ch.t TO case_chain_a WITH GRANT OPTION;
SET ROLE case_chain_a;
GRANT SELECT ON ch.t TO case_chain_b WITH GRANT OPTION;
GRANT UPDATE (x) ON ch.t TO case_chain_c;
SET ROLE case_chain_b;
GRANT SELECT ON ch.t TO case_chain_c;
RESET ROLE;
GRANT SELECT ON ch.t TO case_chain_c;
