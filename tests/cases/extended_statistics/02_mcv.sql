-- since: 12
CREATE TABLE em (a integer, b text);
INSERT INTO em SELECT i % 5, i % 5 FROM generate_series(1, 100) i;
CREATE STATISTICS em_mcv (mcv) ON a, b FROM em;
CREATE STATISTICS em_two (mcv, ndistinct) ON a, b FROM em;
