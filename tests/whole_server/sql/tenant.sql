-- A database of which nearly all that it is lies in catalogs of the whole server. It is read only for who connects.
SET default_transaction_read_only = off; SET transaction_read_only = off;
CREATE TABLE public.account (id integer PRIMARY KEY, owner name NOT NULL DEFAULT current_user);
INSERT INTO public.account (id) SELECT generate_series(1, 50);
ALTER TABLE public.account OWNER TO gl_unused;
GRANT SELECT ON public.account TO gl_top;
