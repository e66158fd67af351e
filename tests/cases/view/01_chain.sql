-- A view on a view on a function; options, column names, column defaults, comments; recursive; without columns.
CREATE TABLE base (id integer PRIMARY KEY, t text, up integer);
INSERT INTO base VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'it''s', 2);
CREATE FUNCTION few() RETURNS SETOF base LANGUAGE sql STABLE AS 'SELECT * FROM public.base';
CREATE VIEW z_first AS SELECT id, t FROM few() WHERE t <> E'\\';
CREATE VIEW a_second ("ID ""x""", b) WITH (security_barrier = true) AS SELECT id, upper(t) FROM z_first;
CREATE VIEW "view; --" AS SELECT "ID ""x""" AS "é", 'lit"''' AS "two
lines" FROM a_second;
CREATE VIEW checked AS SELECT * FROM base WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW checked_too WITH (security_barrier) AS SELECT * FROM checked WHERE t IS NOT NULL WITH CASCADED CHECK OPTION;
CREATE RECURSIVE VIEW tree (id, depth) AS SELECT id, 0 FROM base WHERE up IS NULL UNION ALL SELECT b.id, t.depth + 1 FROM base b JOIN tree t ON b.up = t.id;
CREATE VIEW no_columns AS SELECT FROM base;
ALTER VIEW checked ALTER t SET DEFAULT 'from the view';
COMMENT ON VIEW a_second IS 'second';
COMMENT ON COLUMN "view; --"."é" IS 'a column';
