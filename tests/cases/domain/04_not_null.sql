-- since: 17
-- A NOT NULL constraint with a name and a comment.
CREATE DOMAIN d AS text CONSTRAINT nn NOT NULL CONSTRAINT c CHECK (VALUE <> '');
COMMENT ON CONSTRAINT nn ON DOMAIN d IS 'not null';
