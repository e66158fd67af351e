-- since: 15
-- Lists of columns (also where others were dropped), row filters, whole schemas.
CREATE SCHEMA "pubs we""ird näme";
CREATE TABLE "pubs we""ird näme".t (id integer PRIMARY KEY);
CREATE TABLE pubc (gone integer, id integer PRIMARY KEY, "c ""x""" text, y integer);
ALTER TABLE pubc DROP gone;
INSERT INTO pubc VALUES (1, 'x', 2);
CREATE PUBLICATION pub_columns FOR TABLE pubc (id, "c ""x""");
CREATE PUBLICATION pub_rows FOR TABLE pubc WHERE (id > 10 AND "c ""x""" <> 'it''s');
CREATE PUBLICATION pub_both FOR TABLE pubc (id, y) WHERE (id > 1), TABLE "pubs we""ird näme".t WHERE (id IS NOT NULL);
CREATE PUBLICATION pub_schema FOR TABLES IN SCHEMA "pubs we""ird näme", public
    WITH (publish = 'insert');
CREATE PUBLICATION pub_mixed FOR TABLES IN SCHEMA "pubs we""ird näme", TABLE pubc;
