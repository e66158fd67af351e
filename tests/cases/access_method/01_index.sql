-- For indexes: by a built-in handler, with a class, a family and an index.
CREATE ACCESS METHOD "we""ird mëthod" TYPE INDEX HANDLER bthandler;
COMMENT ON ACCESS METHOD "we""ird mëthod" IS 'it''s a method';
CREATE OPERATOR CLASS am_ops DEFAULT FOR TYPE integer USING "we""ird mëthod" AS
    OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE am_indexed (id integer);
