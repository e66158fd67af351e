-- Functions, aggregates, views, materialized views, triggers, rules, policies.

-- Functions and procedures.

CREATE FUNCTION bookings.flight_count(airport bookings.airport_code, since timestamptz DEFAULT '2026-01-01 00:00+00', VARIADIC states bookings.flight_status[] DEFAULT '{}')
  RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE COST 5000 SECURITY DEFINER SET search_path = bookings, pg_temp SET work_mem = '16MB'
  AS $$ SELECT count(*) FROM flights WHERE departure_airport = airport AND scheduled_departure >= since AND (states = '{}' OR status = ANY (states)) $$;

CREATE FUNCTION bookings.flight_count(airport text) RETURNS bigint LANGUAGE plpgsql STABLE LEAKPROOF STRICT AS $function$
BEGIN
  RETURN bookings.flight_count(airport::bookings.airport_code); -- it's an overload: $$ and 'quotes' inside
EXCEPTION WHEN check_violation THEN
  RETURN 0;
END
$function$;

CREATE FUNCTION bookings.passengers_of(flight integer, OUT seat text, OUT passenger text) RETURNS SETOF record
  LANGUAGE sql STABLE ROWS 150 AS $$
  SELECT b.seat_no, t.passenger_name FROM bookings.boarding_passes b JOIN bookings.tickets t USING (ticket_no) WHERE b.flight_id = flight $$;

CREATE FUNCTION bookings.timetable(day date) RETURNS TABLE (no char(6), "from" bookings.airport_code, departs time)
  LANGUAGE sql STABLE AS $$
  SELECT flight_no, departure_airport, (scheduled_departure AT TIME ZONE 'UTC')::time FROM bookings.flights
  WHERE scheduled_departure >= day AND scheduled_departure < day + 1 $$;

CREATE FUNCTION bookings.either(a anyelement, b anyelement) RETURNS anyelement LANGUAGE sql IMMUTABLE PARALLEL RESTRICTED AS 'SELECT coalesce(a, b)';
CREATE FUNCTION bookings.whole(f bookings.flights) RETURNS text LANGUAGE sql STABLE AS $$ SELECT f.flight_no || ' to ' || f.arrival_airport $$;
CREATE FUNCTION "we""ird näme"."fn ""x"" ;"("arg ""1""" text DEFAULT E'\\''', "späce" integer = NULL) RETURNS void LANGUAGE plpgsql AS 'BEGIN NULL; END';

CREATE PROCEDURE bookings.postpone(flight integer, INOUT minutes integer DEFAULT 15) LANGUAGE plpgsql SET timezone = 'UTC' AS $$
BEGIN
  UPDATE bookings.flights SET scheduled_arrival = scheduled_arrival + minutes * interval '1 minute', status = 'Delayed' WHERE flight_id = flight;
  minutes := minutes * 2;
END
$$;
CREATE PROCEDURE "crew & ops".forget() LANGUAGE sql SECURITY DEFINER AS $$ DELETE FROM "crew & ops".session_cache $$;

\if :v14
CREATE FUNCTION bookings.ticket_total(no char(13), "add" numeric DEFAULT 0) RETURNS numeric LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT sum(f.amount) + "add" FROM bookings.ticket_flights f WHERE f.ticket_no = no;
  END;
-- Depends on the primary key: the columns beside it are grouped by it alone.
CREATE FUNCTION bookings.big_bookings(lowest numeric) RETURNS TABLE (ref text, total numeric, people bigint) LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT b.book_ref, b.total_amount, count(*) FROM bookings.bookings b JOIN bookings.tickets t USING (book_ref)
    WHERE b.total_amount >= lowest GROUP BY b.book_ref;
  END;
CREATE FUNCTION bookings.plus_one(i integer) RETURNS integer LANGUAGE sql IMMUTABLE RETURN i + 1;
CREATE PROCEDURE bookings.count_out(OUT total bigint) LANGUAGE sql AS 'SELECT count(*) FROM bookings.airports';
\endif

-- Aggregates: with every kind of support function, and over an ordered set.

CREATE FUNCTION bookings.product_step(state numeric, value numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS 'SELECT state * value';
CREATE FUNCTION bookings.product_back(state numeric, value numeric) RETURNS numeric LANGUAGE sql IMMUTABLE STRICT AS 'SELECT CASE WHEN value <> 0 THEN state / value END';
CREATE FUNCTION bookings.product_end(state numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round(state, 4)';
CREATE AGGREGATE bookings.product(numeric) (SFUNC = bookings.product_step, STYPE = numeric, INITCOND = '1', COMBINEFUNC = bookings.product_step,
  FINALFUNC = bookings.product_end, MSFUNC = bookings.product_step, MINVFUNC = bookings.product_back, MSTYPE = numeric, MINITCOND = '1', PARALLEL = SAFE);
CREATE FUNCTION bookings.pick_step(state text[], value text) RETURNS text[] LANGUAGE sql IMMUTABLE AS 'SELECT state || value';
CREATE FUNCTION bookings.pick_end(state text[], n integer) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT state[n]';
CREATE AGGREGATE bookings.pick(integer ORDER BY text) (SFUNC = bookings.pick_step, STYPE = text[], SSPACE = 200, INITCOND = '{}', FINALFUNC = bookings.pick_end);

-- Views.

CREATE VIEW bookings.flights_v WITH (security_barrier) AS
  SELECT f.flight_id, f.flight_no, f.scheduled_departure, d.city AS "from", a.city AS "to", f.status, (a.coordinates).latitude AS lat
  FROM bookings.flights f
  JOIN bookings.airports d ON d.airport_code::bpchar = f.departure_airport::bpchar
  JOIN bookings.airports a ON a.airport_code::bpchar = f.arrival_airport::bpchar;

CREATE VIEW bookings.booking_sizes AS -- rests on the primary key of bookings
  SELECT b.book_ref, b.total_amount, b.payer, count(t.ticket_no) AS tickets
  FROM bookings.bookings b LEFT JOIN bookings.tickets t ON t.book_ref = b.book_ref GROUP BY b.book_ref;

CREATE VIEW bookings.large_bookings (ref, amount, "how many") AS
  SELECT book_ref, total_amount, tickets FROM bookings.booking_sizes WHERE tickets > 1 AND total_amount > 5000;

CREATE VIEW bookings.delayed AS
  SELECT flight_id, flight_no, status, crew_notes FROM bookings.flights WHERE status = 'Delayed' WITH LOCAL CHECK OPTION;
CREATE VIEW bookings.delayed_notes AS SELECT * FROM bookings.delayed WHERE crew_notes IS NOT NULL WITH CASCADED CHECK OPTION;
ALTER VIEW bookings.delayed ALTER COLUMN status SET DEFAULT 'Delayed';

CREATE RECURSIVE VIEW bookings.referral_chain (account_no, referred_by, depth) AS
    SELECT account_no, referred_by, 0 FROM bookings.loyalty_accounts WHERE referred_by IS NULL
  UNION ALL
    SELECT l.account_no, l.referred_by, c.depth + 1 FROM bookings.loyalty_accounts l JOIN referral_chain c ON c.account_no = l.referred_by;

CREATE VIEW "we""ird näme"."view" AS SELECT "order" AS "ORDER", "tick""et", 'it''s' || E'\\' AS "expr ""e""" FROM "we""ird näme"."select";
CREATE VIEW "we""ird näme".no_columns AS SELECT FROM "we""ird näme".nowt;
\if :v15
CREATE VIEW bookings.my_account WITH (security_invoker = true) AS SELECT * FROM bookings.loyalty_accounts WHERE passenger_id = CURRENT_USER;
\endif

CREATE MATERIALIZED VIEW bookings.route_stats WITH (fillfactor = 75) AS
  SELECT departure_airport, arrival_airport, count(*) AS flights, max(scheduled_arrival - scheduled_departure) AS longest
  FROM bookings.flights GROUP BY departure_airport, arrival_airport;
CREATE UNIQUE INDEX route_stats_key ON bookings.route_stats (departure_airport, arrival_airport);
CREATE MATERIALIZED VIEW bookings.top_routes AS
  SELECT rank() OVER (ORDER BY flights DESC, departure_airport, arrival_airport) AS place, departure_airport || '-' || arrival_airport AS route, flights
  FROM bookings.route_stats;
CREATE INDEX top_routes_idx ON bookings.top_routes (place DESC) INCLUDE (route);
ALTER MATERIALIZED VIEW bookings.top_routes ALTER COLUMN route SET STATISTICS 50;
CREATE MATERIALIZED VIEW bookings.never_filled AS SELECT * FROM bookings.top_routes WITH NO DATA;
CREATE VIEW bookings.on_top AS SELECT route FROM bookings.top_routes WHERE place = 1;

-- Triggers.

CREATE FUNCTION bookings.log_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE NOTICE '% % on %.%: %', TG_WHEN, TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV;
  RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE FUNCTION bookings.through_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE bookings.flights SET status = NEW.status WHERE flight_id = OLD.flight_id;
  RETURN NEW;
END
$$;

CREATE TRIGGER flights_before BEFORE INSERT OR UPDATE OF status, scheduled_departure ON bookings.flights
  FOR EACH ROW WHEN (NEW.status <> 'Cancelled' AND NEW.flight_id > 0) EXECUTE PROCEDURE bookings.log_change('it''s', 'a "b"', E'\\');
CREATE TRIGGER "zz after; --" AFTER DELETE ON bookings.flights FOR EACH STATEMENT EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER tickets_transition AFTER UPDATE ON bookings.tickets REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER tickets_truncate BEFORE TRUNCATE ON bookings.tickets FOR EACH STATEMENT EXECUTE PROCEDURE bookings.log_change();
CREATE CONSTRAINT TRIGGER bookings_checked AFTER INSERT OR UPDATE ON bookings.bookings FROM bookings.tickets DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (NEW.total_amount > 100) EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER events_after AFTER INSERT ON bookings.flight_events FOR EACH ROW EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER flights_v_update INSTEAD OF UPDATE ON bookings.flights_v FOR EACH ROW EXECUTE PROCEDURE bookings.through_view();
CREATE TRIGGER seats_off BEFORE UPDATE ON bookings.seats FOR EACH ROW EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER seats_always BEFORE DELETE ON bookings.seats FOR EACH ROW EXECUTE PROCEDURE bookings.log_change();
CREATE TRIGGER seats_replica BEFORE INSERT ON bookings.seats FOR EACH ROW EXECUTE PROCEDURE bookings.log_change();
ALTER TABLE bookings.seats DISABLE TRIGGER seats_off;
ALTER TABLE bookings.seats ENABLE ALWAYS TRIGGER seats_always;
ALTER TABLE bookings.seats ENABLE REPLICA TRIGGER seats_replica;

-- Rules.

CREATE RULE keep_extremes AS ON DELETE TO bookings.extremes WHERE old.id < 100 DO INSTEAD NOTHING;
CREATE RULE "note refunds" AS ON INSERT TO bookings.refund_requests DO ALSO
  INSERT INTO bookings.event_remarks (flight_id, remark) VALUES (new.flight_id, 'refund: ' || new.reason);
CREATE RULE add_large AS ON INSERT TO bookings.large_bookings DO INSTEAD INSERT INTO bookings.bookings (book_ref, total_amount) VALUES (new.ref, new.amount);
CREATE RULE sleeping AS ON UPDATE TO bookings.extremes DO ALSO NOTIFY extremes;
ALTER TABLE bookings.extremes DISABLE RULE sleeping;

-- Row-level policies.

ALTER TABLE bookings.loyalty_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE bookings.loyalty_accounts FORCE ROW LEVEL SECURITY;
ALTER TABLE bookings.passenger_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_account ON bookings.loyalty_accounts FOR SELECT TO airline_reader, airline_agent USING (passenger_id = CURRENT_USER OR miles < 1000);
CREATE POLICY "insert; --" ON bookings.loyalty_accounts FOR INSERT TO airline_writer WITH CHECK (level = 'blue');
CREATE POLICY never_gold ON bookings.loyalty_accounts AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (level <> 'gold') WITH CHECK (miles >= 0);
CREATE POLICY everything ON bookings.loyalty_accounts TO "airline_Night ""shift""; --" USING (true);
CREATE POLICY documents ON bookings.passenger_documents
  USING (EXISTS (SELECT FROM bookings.loyalty_accounts l WHERE l.passenger_id = passenger_documents.passenger_id));
