-- since: 18
-- Keys without overlaps, and a foreign key over a period.
CREATE TABLE p (id int4range, valid daterange, PRIMARY KEY (id, valid WITHOUT OVERLAPS));
CREATE TABLE c (id int4range, p int4range, valid daterange, UNIQUE (id, valid WITHOUT OVERLAPS), FOREIGN KEY (p, PERIOD valid) REFERENCES p (id, PERIOD valid));
INSERT INTO p VALUES ('[1,1]', '[2026-01-01,2027-01-01)');
INSERT INTO c VALUES ('[1,1]', '[1,1]', '[2026-02-01,2026-03-01)');
