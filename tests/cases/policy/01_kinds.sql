-- Permissive and restrictive, for every command, for roles and for all; row security enabled, forced, neither.
DO $$ BEGIN CREATE ROLE case_policy_a; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE "case_policy ""b""; --"; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
CREATE TABLE t (id integer, owner name, "c ""x""" text);
CREATE TABLE u (id integer);
CREATE TABLE w (id integer);
INSERT INTO t VALUES (1, 'me', 'x'), (2, 'you', NULL);
INSERT INTO u VALUES (1);
ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE u ENABLE ROW LEVEL SECURITY;
ALTER TABLE u FORCE ROW LEVEL SECURITY;
CREATE POLICY sel ON t FOR SELECT TO case_policy_a, "case_policy ""b""; --" USING (owner = CURRENT_USER);
CREATE POLICY ins ON t FOR INSERT WITH CHECK ("c ""x""" <> 'it''s');
CREATE POLICY upd ON t AS RESTRICTIVE FOR UPDATE TO case_policy_a USING (id > 0) WITH CHECK (id < 100);
CREATE POLICY "del ""x""; --" ON t FOR DELETE USING (EXISTS (SELECT FROM u WHERE u.id = t.id));
CREATE POLICY everything ON u USING (true) WITH CHECK (false);
CREATE POLICY idle ON w USING (id > 1);
COMMENT ON POLICY sel ON t IS 'one''s own';
