-- The schema public exists everywhere already: what was changed about it must be kept.
DO $$ BEGIN CREATE ROLE case_public_guest; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
COMMENT ON SCHEMA public IS 'not the standard one';
GRANT CREATE ON SCHEMA public TO case_public_guest;
CREATE TABLE public.here (id integer);
INSERT INTO public.here VALUES (1);
