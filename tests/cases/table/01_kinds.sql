-- No columns, no rows, unlogged, options, hostile names.
CREATE TABLE nowt ();
CREATE TABLE empty (id integer, t text);
CREATE UNLOGGED TABLE quick (id integer);
CREATE TABLE tuned (id integer, t text) WITH (fillfactor = 42, autovacuum_enabled = off, autovacuum_vacuum_scale_factor = 0.5, toast.autovacuum_vacuum_threshold = 99, parallel_workers = 3);
CREATE SCHEMA "s""; --";
CREATE TABLE "s""; --"."t ""x"" \ 'y' $$" ("c ""1"" \ 'z' $$" integer, "
" text);
CREATE TABLE "SELECT" ("FROM" text, "where" text, "1st" integer, "col" integer);
CREATE TABLE "größe_東京_🛫" ("größe" text);
INSERT INTO nowt SELECT FROM generate_series(1, 4);
INSERT INTO quick SELECT generate_series(1, 10);
INSERT INTO tuned VALUES (1, repeat('x', 5000));
INSERT INTO "s""; --"."t ""x"" \ 'y' $$" VALUES (1, E'\n'), (NULL, '\.');
INSERT INTO "SELECT" VALUES ('a', 'b', 1, 2);
INSERT INTO "größe_東京_🛫" VALUES ('größe'), ('');
COMMENT ON TABLE "s""; --"."t ""x"" \ 'y' $$" IS '$$''"\';
