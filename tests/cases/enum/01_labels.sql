-- Labels with quotes, spaces and none; an array column, a default, a comment, an owner.
DO $$ BEGIN CREATE ROLE case_enum_owner; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TYPE "mood ""x""" AS ENUM ('sad', 'o''k', 'very "happy"', '', ' ', 'größe', E'back\\slash', 'a,b{c}');
CREATE TYPE empty AS ENUM ();
CREATE TABLE moods (id integer, m "mood ""x""" DEFAULT 'o''k', a "mood ""x"""[]);
INSERT INTO moods VALUES (1, DEFAULT, '{}'), (2, '', ARRAY['', 'a,b{c}', NULL]::"mood ""x"""[]), (3, E'back\\slash', NULL);
CREATE INDEX moods_idx ON moods (m) WHERE m > 'sad';
COMMENT ON TYPE "mood ""x""" IS 'moods';
ALTER TYPE "mood ""x""" OWNER TO case_enum_owner;
GRANT USAGE ON TYPE empty TO case_enum_owner WITH GRANT OPTION;
