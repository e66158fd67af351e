-- needs: extension pg_trgm
-- Not the newest version that the server has: an update may change results, so it is the user's to make.
CREATE SCHEMA "older ""version""";
CREATE EXTENSION pg_trgm WITH SCHEMA "older ""version""" VERSION '1.3';
CREATE TABLE older_words (w text);
CREATE INDEX older_words_w ON older_words USING gin (w "older ""version""".gin_trgm_ops);
INSERT INTO older_words VALUES ('word'), ('wort');
