-- Names that need quoting, in a database whose own name does.
CREATE SCHEMA "we""ird; DROP" AUTHORIZATION "gl_it's \ back";
CREATE TABLE "we""ird; DROP"."tab	le" ("col
umn" integer PRIMARY KEY, "späce ; --" text);
INSERT INTO "we""ird; DROP"."tab	le" SELECT n, E'\\.' || n FROM generate_series(1, 500) n;
CREATE INDEX "in""dex" ON "we""ird; DROP"."tab	le" ("späce ; --");
CREATE TABLE public."Größe 東京" (a integer, b text);
INSERT INTO public."Größe 東京" SELECT n, repeat('ä', n % 50) FROM generate_series(1, 200) n;
CREATE VIEW public."select * from" AS SELECT a AS "from" FROM public."Größe 東京" WHERE b <> '';
ALTER TABLE public."Größe 東京" OWNER TO "gl_ endblank ";
ALTER TABLE "we""ird; DROP"."tab	le" OWNER TO "gl_	tab";
GRANT SELECT ON "we""ird; DROP"."tab	le" TO "gl_new
line";
