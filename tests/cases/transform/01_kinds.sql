-- Both ways, one way; comment; a function that uses it.
CREATE SCHEMA "tra ""s""";
CREATE FUNCTION "tra ""s"""."from ""x"""(internal) RETURNS internal LANGUAGE internal STRICT IMMUTABLE AS 'int4recv';
CREATE TYPE "tra ""s"""."pair ""x""" AS (a integer);
CREATE FUNCTION "tra ""s"""."to ""x"""(internal) RETURNS "tra ""s"""."pair ""x""" LANGUAGE internal STRICT IMMUTABLE AS 'record_recv';
CREATE TRANSFORM FOR "tra ""s"""."pair ""x""" LANGUAGE plpgsql (FROM SQL WITH FUNCTION "tra ""s"""."from ""x"""(internal), TO SQL WITH FUNCTION "tra ""s"""."to ""x"""(internal));
CREATE TRANSFORM FOR integer LANGUAGE sql (TO SQL WITH FUNCTION int4recv(internal));
COMMENT ON TRANSFORM FOR "tra ""s"""."pair ""x""" LANGUAGE plpgsql IS 'it''s a transform';
CREATE FUNCTION "tra ""s""".uses("tra ""s"""."pair ""x""") RETURNS integer LANGUAGE plpgsql TRANSFORM FOR TYPE "tra ""s"""."pair ""x""" AS 'BEGIN RETURN 1; END';
