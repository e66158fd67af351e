-- since: 11
-- A window function; functions over row types; trigger functions that nobody uses.
CREATE TABLE t (id integer);
CREATE FUNCTION of_row(t) RETURNS integer LANGUAGE sql STABLE AS 'SELECT $1.id';
CREATE FUNCTION of_rows(t[]) RETURNS t LANGUAGE sql STABLE AS 'SELECT $1[1]';
CREATE FUNCTION unused() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE FUNCTION on_event() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION int_row_number() RETURNS bigint LANGUAGE internal WINDOW AS 'window_row_number';
