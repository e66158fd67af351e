-- Each event, tags, states, owner and comment. One writes down what happens, one forbids it: neither may meet the run.
CREATE SCHEMA "et we""ird näme";
CREATE TABLE et_seen (event text, tag text);
CREATE FUNCTION "et we""ird näme"."no""te"() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN IF current_setting(''application_name'') LIKE ''pgmigrate%'' THEN
         INSERT INTO public.et_seen VALUES (TG_EVENT, TG_TAG); END IF; END';
CREATE FUNCTION et_refuse() RETURNS event_trigger LANGUAGE plpgsql AS
    'BEGIN IF current_setting(''application_name'') LIKE ''pgmigrate%'' THEN
         RAISE EXCEPTION ''% is forbidden'', TG_TAG; END IF; END';
CREATE TABLE et_table (id integer PRIMARY KEY, x text);
CREATE INDEX et_index ON et_table (x);
CREATE VIEW et_view AS SELECT id FROM et_table;
CREATE MATERIALIZED VIEW et_matview AS SELECT id FROM et_table;
INSERT INTO et_table VALUES (1, 'x');
COMMENT ON TABLE et_table IS 'made before the triggers';
CREATE EVENT TRIGGER et_disabled ON ddl_command_end EXECUTE PROCEDURE et_refuse();
ALTER EVENT TRIGGER et_disabled DISABLE;
CREATE EVENT TRIGGER et_replica ON table_rewrite WHEN TAG IN ('ALTER TABLE') EXECUTE PROCEDURE et_refuse();
ALTER EVENT TRIGGER et_replica ENABLE REPLICA;
CREATE EVENT TRIGGER et_rewrite ON table_rewrite EXECUTE PROCEDURE "et we""ird näme"."no""te"();
ALTER EVENT TRIGGER et_rewrite ENABLE ALWAYS;
COMMENT ON EVENT TRIGGER et_rewrite IS 'it''s always there';
CREATE EVENT TRIGGER "et no""te; --" ON ddl_command_end EXECUTE PROCEDURE "et we""ird näme"."no""te"();
CREATE EVENT TRIGGER et_drop ON sql_drop WHEN TAG IN ('DROP TABLE', 'DROP VIEW')
    EXECUTE PROCEDURE "et we""ird näme"."no""te"();
CREATE EVENT TRIGGER et_start ON ddl_command_start WHEN TAG IN ('CREATE INDEX', 'CREATE TABLE', 'DROP TABLE')
    EXECUTE PROCEDURE et_refuse();
