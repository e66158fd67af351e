-- since: 11
-- INCLUDE, statistics targets of expressions, many at once on one table.
CREATE TABLE i (a integer, b text, c numeric);
INSERT INTO i SELECT n, n::text, n FROM generate_series(1, 100) n;
CREATE INDEX covering ON i (a) INCLUDE (b, c);
CREATE UNIQUE INDEX covering_u ON i (b) INCLUDE (c) WHERE a > 5;
CREATE INDEX expr ON i ((a % 10), b, (c * 2));
ALTER INDEX expr ALTER COLUMN 1 SET STATISTICS 321;
ALTER INDEX expr ALTER COLUMN 3 SET STATISTICS 0;
