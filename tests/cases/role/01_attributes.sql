-- Every attribute, a password, an end of validity, settings, comments, hostile names; each owns something.
DO $$ BEGIN CREATE ROLE case_role_plain; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE case_role_full; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_role ""x""; --"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_role_größe 東京 "; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
ALTER ROLE case_role_full LOGIN CREATEDB CREATEROLE REPLICATION BYPASSRLS NOINHERIT CONNECTION LIMIT 7 VALID UNTIL '2038-01-19 03:14:07.5+00'
  PASSWORD 'md5a3556571e93b0d20722ba62be61e8c2d';
ALTER ROLE "case_role ""x""; --" LOGIN VALID UNTIL 'infinity' PASSWORD 'SCRAM-SHA-256$4096:YWlybGluZS1zYW1wbGUhIQ==$2ciy+GTus7kSRgGp0li4+3opqU1ZFljzgixwY8dMR6I=:cs0UUXiPr3ZYndruHDcLkNXA4zrPsQ7nGriJC/LeM4k=';
ALTER ROLE case_role_full SET search_path = public, "odd ""schema""", pg_temp;
ALTER ROLE case_role_full SET work_mem = '12MB';
ALTER ROLE case_role_full SET application_name = 'it''s \ "x"';
COMMENT ON ROLE case_role_full IS 'has it all; it''s "quoted" \';
CREATE TABLE t1 (id integer);
CREATE TABLE t2 (id integer);
CREATE TABLE t3 (id integer);
CREATE TABLE t4 (id integer);
ALTER TABLE t1 OWNER TO case_role_plain;
ALTER TABLE t2 OWNER TO case_role_full;
ALTER TABLE t3 OWNER TO "case_role ""x""; --";
ALTER TABLE t4 OWNER TO "case_role_größe 東京 ";
