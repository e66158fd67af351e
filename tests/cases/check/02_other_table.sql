-- A check whose function reads another table: fails if rows come before that table's.
CREATE TABLE z_allowed (v integer);
CREATE FUNCTION allowed(i integer) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT EXISTS (SELECT FROM public.z_allowed WHERE v = i)';
INSERT INTO z_allowed SELECT generate_series(1, 5);
CREATE TABLE a_checked (v integer CHECK (allowed(v)));
INSERT INTO a_checked VALUES (1), (5);
