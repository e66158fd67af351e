-- since: 13
CREATE TABLE pubr (id integer, x text) PARTITION BY RANGE (id);
CREATE TABLE pubr_1 PARTITION OF pubr FOR VALUES FROM (1) TO (10);
INSERT INTO pubr VALUES (1, 'x');
CREATE PUBLICATION pub_root FOR TABLE pubr WITH (publish_via_partition_root = true);
CREATE PUBLICATION pub_leaf FOR TABLE pubr_1;
