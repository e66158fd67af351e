-- load.sql: the sample database, an airline's bookings, for PostgreSQL 11 and later.
--
--   psql -X -v ON_ERROR_STOP=1 -v scale=1 -d demo_airlines -f sample/load.sql
--
-- scale 1 is 1.5 million rows in bookings.ticket_flights; 0.01 is enough to look at. The same scale gives the same rows on every server: no random
-- numbers, no clock. Needs a superuser and an empty database; the roles (airline_…) may exist already.

\set ON_ERROR_STOP on
\if :{?scale}
\else
  \set scale 1
\endif

SET client_min_messages = warning;
SET client_encoding = 'UTF8';
SET timezone = 'UTC';
SET datestyle = 'ISO, YMD';
SET standard_conforming_strings = on;
SET search_path = pg_catalog;
SET synchronous_commit = off;
SET maintenance_work_mem = '256MB';
SET work_mem = '128MB';

SELECT current_setting('server_version_num')::int >= 120000 AS v12,
       current_setting('server_version_num')::int >= 140000 AS v14,
       current_setting('server_version_num')::int >= 150000 AS v15,
       current_setting('server_version_num')::int >= 160000 AS v16,
       current_setting('server_version_num')::int >= 180000 AS v18,
       greatest(40, (20000 * :scale)::int)   AS flights,
       greatest(25, (150000 * :scale)::int)  AS bookings,
       greatest(50, (375000 * :scale)::int)  AS tickets,
       greatest(20, (1000 * :scale)::int)    AS documents,
       greatest(100, (60000 * :scale)::int)  AS events \gset

\ir 00_roles.sql
\ir 10_types.sql
\ir 20_tables.sql
\ir 30_data.sql
\ir 40_constraints.sql
\ir 50_logic.sql
\ir 60_access.sql

ANALYZE;
