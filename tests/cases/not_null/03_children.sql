-- since: 18
-- Children with a name of their own, with an automatic name beside their parent's, of a parent not validated; partitions; comments.
CREATE TABLE nn_parent (a integer NOT NULL);
CREATE TABLE nn_named (CONSTRAINT "own ""name""" NOT NULL a) INHERITS (nn_parent);
CREATE TABLE nn_key (PRIMARY KEY (a)) INHERITS (nn_parent);
CREATE TABLE nn_plain () INHERITS (nn_parent);
CREATE TABLE nn_parted (a integer NOT NULL, b integer GENERATED ALWAYS AS (a + 1) STORED NOT NULL) PARTITION BY RANGE (a);
CREATE TABLE nn_part PARTITION OF nn_parted FOR VALUES FROM (1) TO (9);
CREATE TABLE nn_unchecked (a integer);
CREATE TABLE nn_checked (a integer) INHERITS (nn_unchecked);
ALTER TABLE nn_unchecked ADD CONSTRAINT nn_unchecked_a_not_null NOT NULL a NOT VALID;
COMMENT ON CONSTRAINT "own ""name""" ON nn_named IS 'it''s named';
COMMENT ON CONSTRAINT nn_parent_a_not_null ON nn_plain IS 'inherited';
COMMENT ON CONSTRAINT nn_unchecked_a_not_null ON nn_unchecked IS 'not validated';
INSERT INTO nn_parted VALUES (2);
