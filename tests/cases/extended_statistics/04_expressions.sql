-- since: 14
-- One expression alone, several, mixed with columns; through functions of one's own.
CREATE TABLE ex (a integer, b text, t timestamptz);
INSERT INTO ex SELECT i, i::text, '2020-01-01' FROM generate_series(1, 50) i;
CREATE FUNCTION ex_f(i integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT i % 10';
CREATE STATISTICS ex_one ON (a + 1) FROM ex;
CREATE STATISTICS ex_more (mcv, dependencies) ON (lower(b)), a, (public.ex_f(a)) FROM ex;
CREATE STATISTICS ex_date ON (date_trunc('month', t AT TIME ZONE 'UTC')), (b || 'it''s') FROM ex;
