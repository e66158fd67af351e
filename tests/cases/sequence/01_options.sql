-- Every option, types, directions, states: never called, called, at its end.
CREATE SEQUENCE plain;
CREATE SEQUENCE used AS smallint INCREMENT BY 3 MINVALUE -5 MAXVALUE 100 START WITH -2 CACHE 7 CYCLE;
CREATE SEQUENCE "down; ""--""" AS integer INCREMENT BY -1 START WITH -10;
CREATE SEQUENCE at_end AS bigint MAXVALUE 9223372036854775807;
CREATE SEQUENCE reset START WITH 50;
SELECT nextval('used'), setval('"down; ""--"""', -77), setval('at_end', 9223372036854775807), setval('reset', 12, false);
COMMENT ON SEQUENCE used IS 'used''s';
