-- since: 14
-- A multirange type with a name of its own, and one with the automatic name.
CREATE TYPE span AS RANGE (subtype = numeric, multirange_type_name = "many ""spans""");
CREATE TYPE date_span AS RANGE (subtype = timestamp);
CREATE TABLE spans (id integer, m "many ""spans""", d date_span_multirange DEFAULT '{}', i int4multirange);
INSERT INTO spans VALUES (1, '{[1,2),(3,4]}', DEFAULT, '{}'), (2, NULL, '{(,2026-01-01),[2026-02-01,)}', '{(,)}');
