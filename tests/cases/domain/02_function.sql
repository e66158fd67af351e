-- A check that calls a function, a function that takes the domain, and a domain over it whose check calls that.
CREATE FUNCTION is_even(i integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT i % 2 = 0';
CREATE DOMAIN even AS integer CHECK (is_even(VALUE));
CREATE FUNCTION half(e even) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT e / 2';
CREATE DOMAIN small_even AS even CHECK (half(VALUE) < 100);
CREATE TABLE evens (e even DEFAULT 2, s small_even);
INSERT INTO evens VALUES (DEFAULT, 6), (4, NULL), (NULL, 198);
