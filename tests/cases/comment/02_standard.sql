-- A comment taken away that is there by default, and empty ones that never were.
COMMENT ON SCHEMA public IS NULL;
CREATE TABLE t (id integer);
COMMENT ON TABLE t IS '';
COMMENT ON COLUMN t.id IS 'x';
COMMENT ON COLUMN t.id IS NULL;
