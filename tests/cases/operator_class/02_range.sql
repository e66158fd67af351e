-- A range of a type whose operator class is not its default, and of one with a default of its own.
CREATE SCHEMA opc_range;
CREATE FUNCTION opc_range.cmp(integer, integer) RETURNS integer LANGUAGE sql IMMUTABLE STRICT AS 'SELECT pg_catalog.btint4cmp($2, $1)';
CREATE OPERATOR CLASS opc_range.backwards FOR TYPE integer USING btree AS
    OPERATOR 1 > , OPERATOR 2 >= , OPERATOR 3 = , OPERATOR 4 <= , OPERATOR 5 < , FUNCTION 1 opc_range.cmp(integer, integer);
CREATE TYPE opc_range.down AS RANGE (subtype = integer, subtype_opclass = opc_range.backwards);
CREATE TABLE opc_range.t (r opc_range.down);
INSERT INTO opc_range.t VALUES ('[5,1)');
