-- The language that is there anyway, with a changed comment.
COMMENT ON EXTENSION plpgsql IS 'a changed comment';
CREATE FUNCTION uses_it() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
