-- The database that every server has, with something in it.
CREATE TABLE public.job (id serial PRIMARY KEY, command text NOT NULL, at time);
INSERT INTO public.job (command, at) SELECT 'VACUUM t' || n, time '00:00' + n * interval '1 minute' FROM generate_series(1, 200) n;
CREATE VIEW public.next_job AS SELECT id, command FROM public.job ORDER BY at LIMIT 1;
GRANT SELECT ON public.job TO gl_admin;
