-- since: 18
-- Columns of the child's own under a parent's constraint: of a key, validated in the child alone, twice inherited.
CREATE TABLE nn_keyed (a integer PRIMARY KEY, b integer);
CREATE TABLE nn_own_column (a integer, b integer) INHERITS (nn_keyed);
CREATE TABLE nn_open (a integer);
CREATE TABLE nn_other (a integer NOT NULL);
CREATE TABLE nn_valid () INHERITS (nn_open);
CREATE TABLE nn_valid_column (a integer) INHERITS (nn_open);
CREATE TABLE nn_both () INHERITS (nn_open, nn_other);
ALTER TABLE nn_open ADD CONSTRAINT nn NOT NULL a NOT VALID;
ALTER TABLE nn_valid VALIDATE CONSTRAINT nn;
ALTER TABLE nn_valid_column VALIDATE CONSTRAINT nn;
COMMENT ON CONSTRAINT nn ON nn_valid_column IS 'valid';
