-- since: 14
-- A multirange type in another schema than its range type.
CREATE SCHEMA "z other";
CREATE TYPE span2 AS RANGE (subtype = numeric, multirange_type_name = "many ""of"" them");
ALTER TYPE "many ""of"" them" SET SCHEMA "z other";
CREATE TABLE spans2 (id integer, m "z other"."many ""of"" them");
INSERT INTO spans2 VALUES (1, '{[1,2),(3,4]}');
