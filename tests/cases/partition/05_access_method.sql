-- since: 17
-- The access method that partitions are made with.
CREATE ACCESS METHOD "he ap" TYPE TABLE HANDLER heap_tableam_handler;
CREATE TABLE plain (id integer) PARTITION BY RANGE (id);
CREATE TABLE said (id integer) PARTITION BY RANGE (id) USING heap;
CREATE TABLE "own" (id integer) PARTITION BY RANGE (id) USING "he ap";
CREATE TABLE own_part PARTITION OF "own" FOR VALUES FROM (0) TO (10);
CREATE TABLE own_other PARTITION OF "own" FOR VALUES FROM (10) TO (20) USING heap;
INSERT INTO "own" VALUES (1), (11);
