-- All tables, some, none; every choice of what is published; owners, comments, odd names.
DO $$ BEGIN CREATE ROLE case_publication; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE pub_a (id integer PRIMARY KEY, x text);
CREATE TABLE "pub we""ird näme" (id integer, x text);
INSERT INTO pub_a VALUES (1, 'x');
INSERT INTO "pub we""ird näme" VALUES (1, 'x');
CREATE PUBLICATION "pub ""every""; --" FOR ALL TABLES WITH (publish = 'insert');
CREATE PUBLICATION pub_some FOR TABLE pub_a, "pub we""ird näme" WITH (publish = 'insert, delete');
CREATE PUBLICATION pub_update FOR TABLE ONLY pub_a WITH (publish = 'update');
CREATE PUBLICATION pub_none WITH (publish = '');
ALTER PUBLICATION pub_none OWNER TO case_publication;
COMMENT ON PUBLICATION pub_some IS 'it''s published';
