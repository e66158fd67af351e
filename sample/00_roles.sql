-- Roles belong to the whole cluster: made where absent, then given the same attributes, memberships and settings whatever they had.

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['airline_owner', 'airline_chief', 'airline_reader', 'airline_writer', 'airline_agent', 'airline_auditor',
                  'airline_Night "shift"; --', 'airline_größe']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE airline_owner NOLOGIN INHERIT;
ALTER ROLE airline_chief LOGIN CREATEDB CREATEROLE;
ALTER ROLE airline_reader NOLOGIN;
ALTER ROLE airline_writer NOLOGIN;
-- The password is "demo".
ALTER ROLE airline_agent LOGIN CONNECTION LIMIT 20 VALID UNTIL '2038-01-19 03:14:07+00'
  PASSWORD 'SCRAM-SHA-256$4096:YWlybGluZS1zYW1wbGUhIQ==$2ciy+GTus7kSRgGp0li4+3opqU1ZFljzgixwY8dMR6I=:cs0UUXiPr3ZYndruHDcLkNXA4zrPsQ7nGriJC/LeM4k=';
ALTER ROLE airline_auditor LOGIN NOINHERIT BYPASSRLS VALID UNTIL 'infinity';
ALTER ROLE "airline_Night ""shift""; --" LOGIN;

GRANT airline_reader TO airline_writer;
GRANT airline_writer TO airline_agent, "airline_Night ""shift""; --";
GRANT airline_reader TO airline_auditor WITH ADMIN OPTION;
GRANT airline_owner TO airline_chief;
GRANT pg_read_all_settings TO airline_auditor;
\if :v16
GRANT airline_owner TO airline_größe WITH INHERIT FALSE, SET TRUE;
\endif

ALTER ROLE airline_agent SET statement_timeout = '5min';
ALTER ROLE airline_agent SET search_path = bookings, "we""ird näme", public;
ALTER ROLE airline_auditor SET default_transaction_read_only = on;
ALTER ROLE airline_agent IN DATABASE :"DBNAME" SET lock_timeout = '10s';
COMMENT ON ROLE airline_agent IS 'sells tickets; it''s the one with a password';
COMMENT ON ROLE airline_größe IS 'Größe, 大きさ, 📏';
