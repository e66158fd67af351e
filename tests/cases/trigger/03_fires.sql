-- A trigger that would change or refuse the rows if it fired while they are copied.
CREATE TABLE t (id integer, n integer);
INSERT INTO t SELECT i, i FROM generate_series(1, 10) i;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more'; END $$;
CREATE TRIGGER refuse_all BEFORE INSERT ON t FOR EACH ROW EXECUTE PROCEDURE refuse();
ALTER TABLE t ENABLE ALWAYS TRIGGER refuse_all;
