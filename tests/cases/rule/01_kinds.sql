-- ALSO, INSTEAD, NOTHING, several actions, conditions, on a view, states.
CREATE TABLE t (id integer, "c ""x""" text);
CREATE TABLE log (id integer, what text);
INSERT INTO t VALUES (1, 'a');
CREATE VIEW v AS SELECT id, "c ""x""" FROM t;
CREATE RULE also AS ON INSERT TO t DO ALSO INSERT INTO log VALUES (new.id, 'it''s');
CREATE RULE "keep ""it""; --" AS ON DELETE TO t WHERE old.id = 1 AND old."c ""x""" <> '\' DO INSTEAD NOTHING;
CREATE RULE many AS ON UPDATE TO t DO (INSERT INTO log VALUES (old.id, 'old'); DELETE FROM log WHERE id = new.id);
CREATE RULE v_insert AS ON INSERT TO v DO INSTEAD INSERT INTO t VALUES (new.id, new."c ""x""") RETURNING id, "c ""x""";
CREATE RULE v_update AS ON UPDATE TO v DO INSTEAD UPDATE t SET "c ""x""" = new."c ""x""" WHERE t.id = old.id;
CREATE RULE off AS ON INSERT TO log DO ALSO NOTIFY "ch ""x""", 'payload';
ALTER TABLE log DISABLE RULE off;
ALTER TABLE t ENABLE ALWAYS RULE many;
ALTER TABLE t ENABLE REPLICA RULE also;
COMMENT ON RULE "keep ""it""; --" ON t IS 'keeps it';
