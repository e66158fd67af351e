-- Serial columns, a sequence owned by a column in another schema's table, one shared by two tables, owners and privileges.
DO $$ BEGIN CREATE ROLE case_sequence_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "s q";
CREATE TABLE a (id serial, big bigserial, small smallserial, "od""d" serial);
CREATE SEQUENCE shared OWNED BY a.id;
CREATE TABLE b (id integer DEFAULT nextval('shared') * 2, t text DEFAULT 'n' || nextval('a_big_seq'::regclass));
CREATE SEQUENCE "s q"."free ""one""";
CREATE TABLE c (id bigint NOT NULL DEFAULT nextval('"s q"."free ""one"""'));
INSERT INTO a SELECT FROM generate_series(1, 5);
INSERT INTO b DEFAULT VALUES;
INSERT INTO c DEFAULT VALUES;
ALTER SEQUENCE "s q"."free ""one""" OWNER TO case_sequence_owner;
GRANT USAGE ON SEQUENCE shared TO PUBLIC;
GRANT SELECT, UPDATE ON SEQUENCE shared TO case_sequence_owner WITH GRANT OPTION;
