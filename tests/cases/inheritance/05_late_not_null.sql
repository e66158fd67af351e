-- since: 18
-- Comments on the NOT NULL constraints of a column that came after the children, and one that was never validated.
CREATE TABLE "above" (id integer);
CREATE TABLE below (own integer) INHERITS ("above");
ALTER TABLE "above" ADD COLUMN later text CONSTRAINT "not ""null""" NOT NULL;
ALTER TABLE "above" ADD COLUMN latest text;
INSERT INTO below VALUES (1, 2, 'b', NULL);
ALTER TABLE "above" ADD CONSTRAINT "some day" NOT NULL latest NOT VALID;
COMMENT ON CONSTRAINT "not ""null""" ON "above" IS 'of above';
COMMENT ON CONSTRAINT "not ""null""" ON below IS 'of below';
COMMENT ON CONSTRAINT "some day" ON "above" IS 'perhaps';
