-- Default, NOT NULL, collation, named checks, one not validated; a domain over a domain.
CREATE DOMAIN percent AS numeric(5, 2) DEFAULT 0 NOT NULL CONSTRAINT "0 to 100" CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN code AS varchar(4) COLLATE "C" CHECK (VALUE ~ '^[A-Z]+$') CHECK (length(VALUE) > 1);
CREATE DOMAIN "strict ""code""" AS code CONSTRAINT "no; X" CHECK (VALUE <> 'X''X');
CREATE DOMAIN late AS integer;
CREATE TABLE uses (p percent, c code, s "strict ""code""", l late);
INSERT INTO uses VALUES (1.5, 'AB', 'CD', -1), (DEFAULT, NULL, NULL, NULL);
ALTER DOMAIN late ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
COMMENT ON DOMAIN percent IS 'a share';
COMMENT ON CONSTRAINT "0 to 100" ON DOMAIN percent IS 'its limits';
