-- Tables that use each other's row types, and a check on the whole row.
CREATE TABLE point_of (x integer, y integer);
CREATE TABLE holds (id integer, p point_of, many point_of[]);
CREATE FUNCTION fine(p point_of) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT p.x IS NOT NULL';
ALTER TABLE point_of ADD CONSTRAINT whole CHECK (fine(point_of));
INSERT INTO point_of VALUES (1, 2);
INSERT INTO holds VALUES (1, ROW(1, NULL), ARRAY[ROW(3, 4), NULL]::point_of[]);
