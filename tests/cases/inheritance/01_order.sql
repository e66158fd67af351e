-- Three levels, two parents, merged columns, a parent's column added later, local defaults.
CREATE TABLE base (id integer NOT NULL, t text DEFAULT 'base');
CREATE TABLE other (x integer, t text);
CREATE TABLE mid (own integer, t text DEFAULT 'mid') INHERITS (base, other);
CREATE TABLE "leaf ""1""" (z integer) INHERITS (mid);
ALTER TABLE base ADD COLUMN later date DEFAULT '2026-01-01';
ALTER TABLE "leaf ""1""" ALTER own SET DEFAULT 9, ALTER x SET NOT NULL;
CREATE TABLE joined (t text, later date, id integer NOT NULL, mine text);
ALTER TABLE joined INHERIT base;
INSERT INTO base (id) VALUES (1);
INSERT INTO mid (id, own, x) VALUES (2, 3, 4);
INSERT INTO "leaf ""1""" (id, x, z) VALUES (5, 6, 7);
INSERT INTO joined VALUES ('j', NULL, 8, 'm');
