-- since: 14
-- Compression methods of columns.
CREATE TABLE squeezed (id integer, a text COMPRESSION pglz, b jsonb);
ALTER TABLE squeezed ALTER b SET COMPRESSION pglz;
INSERT INTO squeezed SELECT i, repeat(i::text, 4000), jsonb_build_object('a', repeat('b', 5000)) FROM generate_series(1, 5) i;
