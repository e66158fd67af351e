-- Dropped columns at every place, columns added later with a default, a type changed.
CREATE TABLE moved (d1 integer, a integer, d2 text, b text, d3 jsonb);
INSERT INTO moved SELECT i, i, 'x', 'b' || i, '{}' FROM generate_series(1, 10) i;
ALTER TABLE moved DROP COLUMN d1, DROP COLUMN d2, DROP COLUMN d3;
ALTER TABLE moved ADD COLUMN later text DEFAULT 'missing', ADD COLUMN nul integer;
ALTER TABLE moved ALTER COLUMN a TYPE bigint;
INSERT INTO moved (a, b) VALUES (11, NULL);
CREATE UNIQUE INDEX moved_idx ON moved (later, a);
CREATE TABLE all_gone (x integer);
INSERT INTO all_gone VALUES (1), (2);
ALTER TABLE all_gone DROP COLUMN x;
