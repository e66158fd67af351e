-- Foreign tables: options of the table and of columns, defaults, checks, NOT NULL, collations, owner, privileges, comments.
DO $$ BEGIN CREATE ROLE case_foreign_table; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "ft we""ird näme";
GRANT CREATE, USAGE ON SCHEMA "ft we""ird näme" TO case_foreign_table;
CREATE FOREIGN DATA WRAPPER ft_wrapper;
CREATE SERVER "ft se""rver" FOREIGN DATA WRAPPER ft_wrapper;
GRANT USAGE ON FOREIGN SERVER "ft se""rver" TO case_foreign_table;
CREATE FUNCTION ft_positive(i integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i > 0';
CREATE FOREIGN TABLE ft_plain () SERVER "ft se""rver";
CREATE FOREIGN TABLE "ft we""ird näme"."ta""ble" (
    id integer OPTIONS (column_name 'ID', "odd Name" 'it''s') NOT NULL DEFAULT 7,
    "c ""x""" text COLLATE "C" DEFAULT 'it''s',
    n numeric(10, 2) CONSTRAINT "n; check" CHECK (n > 0),
    CONSTRAINT positive CHECK (public.ft_positive(id)),
    CONSTRAINT alone CHECK (id < 1000) NO INHERIT
) SERVER "ft se""rver" OPTIONS (table_name 'T', "odd Name" 'back\slash');
ALTER FOREIGN TABLE "ft we""ird näme"."ta""ble" ALTER n SET STATISTICS 5;
ALTER FOREIGN TABLE "ft we""ird näme"."ta""ble" ALTER "c ""x""" SET STORAGE EXTERNAL;
ALTER FOREIGN TABLE "ft we""ird näme"."ta""ble" ALTER n SET (n_distinct = 5);
ALTER FOREIGN TABLE "ft we""ird näme"."ta""ble" ADD CONSTRAINT later CHECK (id <> 13) NOT VALID;
COMMENT ON FOREIGN TABLE "ft we""ird näme"."ta""ble" IS 'it''s elsewhere';
COMMENT ON COLUMN "ft we""ird näme"."ta""ble".id IS 'a column';
GRANT SELECT ON "ft we""ird näme"."ta""ble" TO PUBLIC;
GRANT UPDATE (id) ON "ft we""ird näme"."ta""ble" TO case_foreign_table;
ALTER FOREIGN TABLE "ft we""ird näme"."ta""ble" OWNER TO case_foreign_table;
CREATE VIEW ft_view AS SELECT id FROM "ft we""ird näme"."ta""ble";
CREATE FUNCTION ft_note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER ft_trigger BEFORE INSERT ON "ft we""ird näme"."ta""ble" FOR EACH ROW EXECUTE PROCEDURE ft_note();
ALTER TABLE "ft we""ird näme"."ta""ble" DISABLE TRIGGER ft_trigger;
-- A foreign key, a sequence and a serial have no place there; a default by a sequence has.
CREATE SEQUENCE ft_seq;
CREATE FOREIGN TABLE ft_numbered (id bigint DEFAULT nextval('ft_seq')) SERVER "ft se""rver";
ALTER SEQUENCE ft_seq OWNED BY ft_numbered.id;
