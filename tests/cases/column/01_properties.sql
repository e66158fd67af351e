-- Storage, statistics target, options, collation, typmods, comments.
CREATE TABLE cols (
  id integer, e text, m text, x text, p bytea, c text COLLATE "C", v varchar(7), b bit(3), vb varbit(9), n numeric(20, 4), n0 numeric,
  ch char, "char" "char", iv interval hour to minute, iv3 interval(3), ts timestamp(0), tz timestamptz(3), t time(1), a integer[][], nm name);
ALTER TABLE cols ALTER e SET STORAGE EXTERNAL;
ALTER TABLE cols ALTER m SET STORAGE MAIN;
ALTER TABLE cols ALTER p SET STORAGE PLAIN;
ALTER TABLE cols ALTER e SET STATISTICS 1000, ALTER x SET STATISTICS 0, ALTER n SET (n_distinct = -0.25, n_distinct_inherited = 7);
INSERT INTO cols VALUES (1, repeat('é', 3000), repeat('m', 9000), 'x', '\x00ff', 'c', 'v', B'101', B'1', 1.5, 1e100, 'c', 'd', '1:02', '1.5s', '2026-01-01 00:00:00.9', '2026-01-01 00:00:00.9876+00', '1:2:3.45', '{{1,2},{3,4}}', 'n');
COMMENT ON COLUMN cols.e IS 'external';
COMMENT ON COLUMN cols."char" IS 'one byte';
