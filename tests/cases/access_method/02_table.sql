-- since: 12
-- For tables: by a built-in handler and by one of a schema; tables that use it.
CREATE SCHEMA am_s;
CREATE FUNCTION am_s."handler ""x"""(internal) RETURNS table_am_handler LANGUAGE internal AS 'heap_tableam_handler';
CREATE ACCESS METHOD "heap ""2""" TYPE TABLE HANDLER am_s."handler ""x""";
CREATE ACCESS METHOD am_heap TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE am_s.t (id integer) USING "heap ""2""";
CREATE MATERIALIZED VIEW am_s.m USING am_heap AS SELECT id FROM am_s.t;
INSERT INTO am_s.t VALUES (1);
