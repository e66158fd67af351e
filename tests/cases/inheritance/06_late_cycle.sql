-- A column that came after the children, whose default calls a function of the table's row type.
-- covers: default
CREATE TABLE circle (id integer);
CREATE TABLE circle_child (own integer) INHERITS (circle);
CREATE FUNCTION of_row(circle) RETURNS integer LANGUAGE sql AS 'SELECT 1';
ALTER TABLE circle ADD COLUMN later integer DEFAULT of_row(NULL);
INSERT INTO circle VALUES (1, 2);
INSERT INTO circle_child VALUES (3, 4, 5);
