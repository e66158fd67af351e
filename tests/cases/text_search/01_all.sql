-- Parsers, templates, dictionaries and configurations that use each other, in odd names, with owners and comments.
DO $$ BEGIN CREATE ROLE case_text_search; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE SCHEMA "ts we""ird näme";
GRANT CREATE, USAGE ON SCHEMA "ts we""ird näme" TO case_text_search;
CREATE TEXT SEARCH PARSER "ts we""ird näme"."parser; --" (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, HEADLINE = prsd_headline, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH PARSER tsp_plain (
    START = prsd_start, GETTOKEN = prsd_nexttoken, END = prsd_end, LEXTYPES = prsd_lextype);
CREATE TEXT SEARCH TEMPLATE "ts we""ird näme"."te""mplate" (INIT = dsimple_init, LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH TEMPLATE tst_plain (LEXIZE = dsimple_lexize);
CREATE TEXT SEARCH DICTIONARY "ts we""ird näme"."di""ct" (
    TEMPLATE = "ts we""ird näme"."te""mplate", STOPWORDS = english, ACCEPT = false);
CREATE TEXT SEARCH DICTIONARY tsd_simple (TEMPLATE = pg_catalog.simple);
CREATE TEXT SEARCH DICTIONARY tsd_stem (TEMPLATE = snowball, LANGUAGE = german, STOPWORDS = 'german');
ALTER TEXT SEARCH DICTIONARY tsd_stem OWNER TO case_text_search;
CREATE TEXT SEARCH CONFIGURATION "ts we""ird näme"."con""fig" (PARSER = "ts we""ird näme"."parser; --");
ALTER TEXT SEARCH CONFIGURATION "ts we""ird näme"."con""fig"
    ADD MAPPING FOR asciiword, word, url_path WITH "ts we""ird näme"."di""ct", tsd_simple, english_stem;
ALTER TEXT SEARCH CONFIGURATION "ts we""ird näme"."con""fig" OWNER TO case_text_search;
CREATE TEXT SEARCH CONFIGURATION tsc_copy (COPY = english);
ALTER TEXT SEARCH CONFIGURATION tsc_copy ALTER MAPPING FOR asciiword WITH tsd_stem;
CREATE TEXT SEARCH CONFIGURATION tsc_empty (PARSER = "default");
COMMENT ON TEXT SEARCH PARSER "ts we""ird näme"."parser; --" IS 'a parser';
COMMENT ON TEXT SEARCH TEMPLATE "ts we""ird näme"."te""mplate" IS 'a template';
COMMENT ON TEXT SEARCH DICTIONARY tsd_stem IS 'it''s a dictionary';
COMMENT ON TEXT SEARCH CONFIGURATION "ts we""ird näme"."con""fig" IS 'a configuration';
-- What needs them.
CREATE TABLE ts_docs (body text, words tsvector);
INSERT INTO ts_docs VALUES ('the quick fox', to_tsvector('public.tsc_copy', 'the quick fox'));
CREATE INDEX ts_docs_idx ON ts_docs USING gin (to_tsvector('public.tsc_copy', body));
CREATE VIEW ts_view AS SELECT to_tsvector('public.tsc_copy'::regconfig, body) AS v FROM ts_docs;
