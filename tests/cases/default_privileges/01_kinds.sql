-- Of a schema and global, for every kind, granted and taken away, with grant option.
DO $$ BEGIN CREATE ROLE case_dp_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_dp ""guest""; --"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "d ""p""";
CREATE TABLE "d ""p""".before (id integer);
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner IN SCHEMA "d ""p""" GRANT SELECT, INSERT ON TABLES TO "case_dp ""guest""; --" WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner IN SCHEMA "d ""p""" GRANT USAGE ON SEQUENCES TO PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner IN SCHEMA "d ""p""" GRANT EXECUTE ON FUNCTIONS TO "case_dp ""guest""; --";
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner REVOKE USAGE ON TYPES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner GRANT USAGE, CREATE ON SCHEMAS TO "case_dp ""guest""; --";
ALTER DEFAULT PRIVILEGES FOR ROLE case_dp_owner REVOKE ALL ON TABLES FROM case_dp_owner;
