-- Refreshing it calls a function that reads another table.
CREATE TABLE z_late (n integer);
INSERT INTO z_late VALUES (1), (2), (3);
CREATE FUNCTION total() RETURNS bigint LANGUAGE plpgsql STABLE AS 'BEGIN RETURN (SELECT sum(n) FROM public.z_late); END';
CREATE MATERIALIZED VIEW a_early AS SELECT total() AS total;
CREATE VIEW reads AS SELECT total FROM a_early;
