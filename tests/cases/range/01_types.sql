-- Subtype, operator class, collation, a difference function; columns of them.
CREATE FUNCTION time_apart(a time, b time) RETURNS float8 LANGUAGE sql IMMUTABLE STRICT AS 'SELECT extract(epoch FROM a - b)::float8';
CREATE TYPE time_range AS RANGE (subtype = time, subtype_diff = time_apart);
CREATE TYPE "text ""range""" AS RANGE (subtype = text, subtype_opclass = text_pattern_ops, collation = "C");
CREATE TYPE float_range AS RANGE (subtype = float8, subtype_diff = float8mi);
CREATE TABLE ranges (id integer, t time_range, x "text ""range""", f float_range[]);
INSERT INTO ranges VALUES (1, '[00:00,24:00]', '[a,"b,c")', '{"[1.5,Infinity)",empty}'), (2, 'empty', '(,)', NULL);
CREATE INDEX ranges_t ON ranges USING gist (t);
COMMENT ON TYPE time_range IS 'of a day';
