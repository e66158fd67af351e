-- since: 14
-- A DETACH CONCURRENTLY that was interrupted: the partition is still one, and comes attached.
CREATE TABLE p (id integer) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);
CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20);
INSERT INTO p VALUES (1), (11);
UPDATE pg_inherits SET inhdetachpending = true WHERE inhrelid = 'p2'::regclass;
