-- Another encoding: names and values with characters of two bytes in UTF-8 and of one here.
SET client_encoding = 'UTF8';
CREATE SCHEMA "größe";
CREATE TABLE "größe"."straße" ("schlüssel" integer PRIMARY KEY, wert text COLLATE "C");
INSERT INTO "größe"."straße" SELECT n, chr(192 + n % 64) || 'äöüß' || n FROM generate_series(1, 800) n;
CREATE INDEX "straße_wert" ON "größe"."straße" (wert);
CREATE FUNCTION "größe"."über"(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT 'ü' || $1 $$;
COMMENT ON TABLE "größe"."straße" IS 'Größe der Straße';
RESET client_encoding;
