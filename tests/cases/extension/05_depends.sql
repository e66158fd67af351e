-- needs: extension hstore
-- What goes when an extension goes, of each kind that can; one of them with two extensions.
CREATE SCHEMA "goes ""with""";
CREATE EXTENSION hstore WITH SCHEMA "goes ""with""";
CREATE FUNCTION "goes ""with""".f(a integer, OUT b text) LANGUAGE sql AS 'SELECT $1::text';
ALTER FUNCTION "goes ""with""".f(integer) DEPENDS ON EXTENSION hstore;
ALTER FUNCTION "goes ""with""".f(integer) DEPENDS ON EXTENSION plpgsql;
CREATE FUNCTION "goes ""with""".fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE "goes ""with""".t (n integer, t text);
CREATE INDEX "t's n" ON "goes ""with""".t (n);
ALTER INDEX "goes ""with"""."t's n" DEPENDS ON EXTENSION hstore;
CREATE TRIGGER "t ""fires""" BEFORE INSERT ON "goes ""with""".t FOR EACH ROW EXECUTE PROCEDURE "goes ""with""".fires();
ALTER TRIGGER "t ""fires""" ON "goes ""with""".t DEPENDS ON EXTENSION hstore;
CREATE MATERIALIZED VIEW "goes ""with""".m AS SELECT n FROM "goes ""with""".t;
ALTER MATERIALIZED VIEW "goes ""with""".m DEPENDS ON EXTENSION hstore;
INSERT INTO "goes ""with""".t VALUES (1, 'one');
