-- Foreign tables as partitions, and as parents and children of plain tables.
CREATE FOREIGN DATA WRAPPER fti_wrapper;
CREATE SERVER fti_server FOREIGN DATA WRAPPER fti_wrapper;
CREATE TABLE fti_parts (id integer NOT NULL, x text) PARTITION BY RANGE (id);
CREATE TABLE fti_parts_1 PARTITION OF fti_parts FOR VALUES FROM (1) TO (10);
CREATE FOREIGN TABLE fti_parts_2 PARTITION OF fti_parts FOR VALUES FROM (10) TO (20)
    SERVER fti_server OPTIONS (a 'b');
ALTER FOREIGN TABLE fti_parts_2 ALTER x OPTIONS (ADD c 'd');
-- Through the partitioned table, servers before 14 would ask the wrapper's handler.
INSERT INTO fti_parts_1 VALUES (1, 'x');
CREATE TABLE fti_parent (id integer NOT NULL DEFAULT 1, x text, CONSTRAINT fti_check CHECK (id > 0));
CREATE FOREIGN TABLE fti_child (y integer) INHERITS (fti_parent) SERVER fti_server;
ALTER FOREIGN TABLE fti_child ALTER x OPTIONS (ADD c 'd');
ALTER FOREIGN TABLE fti_child ALTER id SET DEFAULT 2;
CREATE FOREIGN TABLE fti_top (a integer) SERVER fti_server;
CREATE TABLE fti_bottom (b integer) INHERITS (fti_top);
INSERT INTO fti_parent VALUES (1, 'x');
INSERT INTO fti_bottom VALUES (1, 2);
