-- Owners, privileges, comments.

-- What lies in a schema belongs to its owner, but for a few.
CREATE TEMPORARY TABLE owners (schema name, owner name);
INSERT INTO owners VALUES ('bookings', 'airline_owner'), ('crew & ops', 'airline_chief'), ('we"ird näme', 'airline_Night "shift"; --');
SELECT format('ALTER SCHEMA %I OWNER TO %I', schema, owner) FROM owners ORDER BY schema \gexec
SELECT format('ALTER %s %I.%I OWNER TO %I', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, o.schema, c.relname, o.owner)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN owners o ON o.schema = n.nspname
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND c.relkind = 'S')
ORDER BY 1 \gexec
SELECT format('ALTER TYPE %I.%I OWNER TO %I', o.schema, t.typname, o.owner)
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN owners o ON o.schema = n.nspname LEFT JOIN pg_class c ON c.oid = t.typrelid
WHERE t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c' ORDER BY 1 \gexec
SELECT format('ALTER %s %s OWNER TO %I', CASE p.prokind WHEN 'a' THEN 'AGGREGATE' WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, p.oid::regprocedure, o.owner)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN owners o ON o.schema = n.nspname
WHERE p.proname <> 'pick' AND NOT (n.nspname = 'bookings' AND p.proname LIKE '%hours%') ORDER BY 1 \gexec
DROP TABLE owners;
ALTER AGGREGATE bookings.pick(integer ORDER BY text) OWNER TO airline_owner;
ALTER TABLE bookings.sparse OWNER TO airline_größe;
ALTER TYPE "we""ird näme".nothing OWNER TO airline_auditor;

GRANT USAGE ON SCHEMA bookings TO airline_reader, airline_auditor WITH GRANT OPTION;
GRANT USAGE, CREATE ON SCHEMA "we""ird näme" TO PUBLIC;
GRANT SELECT ON ALL TABLES IN SCHEMA bookings TO airline_reader;
GRANT INSERT, UPDATE, DELETE ON bookings.bookings, bookings.tickets, bookings.ticket_flights TO airline_writer;
GRANT SELECT (passenger_id, profile), UPDATE (letter) ON bookings.passenger_documents TO airline_agent;
GRANT REFERENCES (flight_id), INSERT (crew_notes) ON bookings.flights TO airline_chief WITH GRANT OPTION;
GRANT SELECT, TRIGGER ON bookings.airports TO airline_writer WITH GRANT OPTION;
SET ROLE airline_writer;
GRANT SELECT ON bookings.airports TO airline_agent;
RESET ROLE;
REVOKE ALL ON bookings.catalog_references FROM airline_owner, airline_reader;   -- nobody at all
REVOKE TRUNCATE, TRIGGER ON bookings.extremes FROM airline_owner;
GRANT ALL ON TABLE "we""ird näme"."select" TO "airline_größe" WITH GRANT OPTION;
GRANT SELECT ("späce ; --") ON "we""ird näme"."select" TO PUBLIC;
GRANT USAGE ON SEQUENCE bookings.flight_numbers, bookings.tickets_seq_seq TO airline_writer;
GRANT SELECT, UPDATE ON SEQUENCE "we""ird näme"."down; DROP" TO airline_agent WITH GRANT OPTION;
REVOKE EXECUTE ON FUNCTION bookings.next_flight_no() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bookings.next_flight_no() TO airline_writer;
REVOKE ALL ON PROCEDURE bookings.postpone(integer, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bookings.product(numeric) TO airline_agent WITH GRANT OPTION;
REVOKE USAGE ON TYPE bookings.flight_status FROM PUBLIC;
GRANT USAGE ON TYPE bookings.flight_status TO airline_reader;
GRANT USAGE ON DOMAIN bookings.email TO airline_agent WITH GRANT OPTION;

ALTER DEFAULT PRIVILEGES FOR ROLE airline_owner IN SCHEMA bookings GRANT SELECT ON TABLES TO airline_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE airline_owner IN SCHEMA bookings GRANT USAGE ON SEQUENCES TO airline_writer WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE airline_chief REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE airline_chief GRANT USAGE ON TYPES TO airline_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE airline_chief GRANT USAGE ON SCHEMAS TO airline_reader;

COMMENT ON SCHEMA bookings IS 'Bookings of an airline: tickets, flights, passengers';
COMMENT ON SCHEMA "we""ird näme" IS 'names that need quoting: "''\; 東京';
COMMENT ON TABLE bookings.flights IS E'Flights.\nA second line; with ''quotes'', "more" and a \\ backslash.';
COMMENT ON COLUMN bookings.flights.status IS 'see type flight_status';
COMMENT ON COLUMN "we""ird näme"."select"."späce ; --" IS 'ein Kommentar';
COMMENT ON TABLE bookings.flight_events IS 'partitioned by month';
COMMENT ON TABLE bookings.flight_events_2026_02 IS 'attached, with another order of columns';
COMMENT ON VIEW bookings.flights_v IS 'flights with cities';
COMMENT ON COLUMN bookings.flights_v.lat IS 'of the arrival';
COMMENT ON MATERIALIZED VIEW bookings.route_stats IS 'refreshed at night';
COMMENT ON SEQUENCE bookings.flight_numbers IS '1 to 9999 and again';
COMMENT ON INDEX bookings.tickets_name_idx IS 'for the search form';
COMMENT ON CONSTRAINT flights_order_check ON bookings.flights IS 'time goes forward';
COMMENT ON CONSTRAINT flights_pkey ON bookings.flights IS 'the key';
COMMENT ON CONSTRAINT "one flight at a gate" ON "crew & ops".gate_assignments IS 'exclusion';
COMMENT ON TYPE bookings.fare_conditions IS 'travel class';
COMMENT ON TYPE bookings.contact IS 'composite';
COMMENT ON COLUMN bookings.contact.phone IS 'E.164';
COMMENT ON TYPE bookings.opening_hours IS 'a range of times';
COMMENT ON DOMAIN bookings.email IS 'address';
COMMENT ON CONSTRAINT "not negative" ON DOMAIN bookings.money_amount IS 'no debts';
COMMENT ON FUNCTION bookings.flight_count(text) IS 'by text';
COMMENT ON PROCEDURE bookings.postpone(integer, integer) IS 'later';
COMMENT ON AGGREGATE bookings.product(numeric) IS 'of all';
COMMENT ON AGGREGATE bookings.pick(integer ORDER BY text) IS 'the n-th';
COMMENT ON TRIGGER flights_before ON bookings.flights IS 'logs';
COMMENT ON RULE keep_extremes ON bookings.extremes IS 'keep';
COMMENT ON POLICY own_account ON bookings.loyalty_accounts IS 'one''s own';
