-- Schemas, types and the functions that tables need.

CREATE SCHEMA bookings;
CREATE SCHEMA "crew & ops";
CREATE SCHEMA "we""ird näme";

CREATE TYPE bookings.fare_conditions AS ENUM ('Economy', 'Business');
ALTER TYPE bookings.fare_conditions ADD VALUE 'Comfort' BEFORE 'Business'; -- so that the labels' order isn't that of their OIDs
CREATE TYPE bookings.flight_status AS ENUM ('Scheduled', 'On Time', 'Delayed', 'Departed', 'Arrived', 'Cancelled');
CREATE TYPE bookings.event_kind AS ENUM ('gate', 'boarding', 'off-block', 'take''off', 'landed');
CREATE TYPE "we""ird näme".nothing AS ENUM ();

CREATE DOMAIN bookings.airport_code AS char(3) CONSTRAINT three_letters CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN bookings.email AS text COLLATE "C" CHECK (VALUE LIKE '%_@_%');
CREATE DOMAIN bookings.contact_email AS bookings.email DEFAULT 'nobody@example.com' NOT NULL;
CREATE DOMAIN bookings.money_amount AS numeric(12, 2) DEFAULT 0 CONSTRAINT "not negative" CHECK (VALUE >= 0);
ALTER DOMAIN bookings.money_amount ADD CONSTRAINT "not absurd" CHECK (VALUE < 1e9) NOT VALID;

CREATE TYPE bookings.geo_point AS (longitude double precision, latitude double precision);
CREATE TYPE bookings.contact AS (mail bookings.email, phone varchar(20), "speaks / écrit" text[] , home bookings.geo_point);

CREATE FUNCTION bookings.time_distance(a time, b time) RETURNS double precision
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT extract(epoch FROM a - b)::double precision $$;
\if :v14
CREATE TYPE bookings.opening_hours AS RANGE
  (subtype = time, subtype_diff = bookings.time_distance, multirange_type_name = bookings.weekly_hours);
\else
CREATE TYPE bookings.opening_hours AS RANGE (subtype = time, subtype_diff = bookings.time_distance);
\endif

-- Sequences of their own, one used by a default, one with every option.
CREATE SEQUENCE bookings.flight_numbers AS integer START WITH 100 INCREMENT BY 7 MINVALUE 1 MAXVALUE 9999 CACHE 5 CYCLE;
CREATE SEQUENCE "we""ird näme"."down; DROP" INCREMENT BY -3 MAXVALUE -1 MINVALUE -1000000 START WITH -10;

CREATE FUNCTION bookings.next_flight_no() RETURNS char(6)
  LANGUAGE sql VOLATILE SET search_path = bookings, pg_temp
  AS $$ SELECT 'PM' || lpad(nextval('flight_numbers')::text, 4, '0') $$;

-- Used by an expression index, a check and a generated column: must be there before them.
CREATE FUNCTION bookings.fold_name(name text) RETURNS text
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10
  AS $_$ SELECT pg_catalog.lower(pg_catalog.btrim(name)) $_$;
