-- since: 11
-- Hash partitions on an integer and on an enum, whose hash depends on OIDs.
CREATE TYPE kind AS ENUM ('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
CREATE TABLE by_int (id integer, t text) PARTITION BY HASH (id);
CREATE TABLE by_int_0 PARTITION OF by_int FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE by_int_1 PARTITION OF by_int FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE by_int_2 PARTITION OF by_int FOR VALUES WITH (MODULUS 3, REMAINDER 2);
CREATE TABLE by_enum (k kind, id integer) PARTITION BY HASH (k);
CREATE TABLE by_enum_0 PARTITION OF by_enum FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE by_enum_1 PARTITION OF by_enum FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO by_int SELECT i, 't' || i FROM generate_series(1, 100) i;
INSERT INTO by_enum SELECT k, i FROM unnest(enum_range(NULL::kind)) k, generate_series(1, 5) i;
