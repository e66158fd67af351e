-- Keys, foreign keys, other constraints, indexes.

ALTER TABLE bookings.aircrafts ADD CONSTRAINT aircrafts_pkey PRIMARY KEY (aircraft_code);
ALTER TABLE bookings.airports ADD CONSTRAINT airports_pkey PRIMARY KEY (airport_code);
ALTER TABLE bookings.seats ADD CONSTRAINT seats_pkey PRIMARY KEY (aircraft_code, seat_no) INCLUDE (fare_conditions);
ALTER TABLE bookings.flights ADD CONSTRAINT flights_pkey PRIMARY KEY (flight_id);
ALTER TABLE bookings.bookings ADD CONSTRAINT bookings_pkey PRIMARY KEY (book_ref);
ALTER TABLE bookings.tickets ADD CONSTRAINT tickets_pkey PRIMARY KEY (ticket_no);
ALTER TABLE bookings.ticket_flights ADD CONSTRAINT ticket_flights_pkey PRIMARY KEY (ticket_no, flight_id) WITH (fillfactor = 95);
ALTER TABLE bookings.boarding_passes ADD CONSTRAINT boarding_passes_pkey PRIMARY KEY (ticket_no, flight_id);
ALTER TABLE bookings.passenger_documents ADD CONSTRAINT passenger_documents_pkey PRIMARY KEY (document_id);
ALTER TABLE bookings.loyalty_accounts ADD CONSTRAINT loyalty_accounts_pkey PRIMARY KEY (account_no);
ALTER TABLE bookings.sparse ADD CONSTRAINT sparse_pkey PRIMARY KEY (id);
ALTER TABLE bookings.extremes ADD CONSTRAINT extremes_pkey PRIMARY KEY (id);
ALTER TABLE bookings.catalog_references ADD CONSTRAINT catalog_references_pkey PRIMARY KEY (id);
ALTER TABLE "we""ird näme"."select" ADD CONSTRAINT "select_pkey; --" PRIMARY KEY ("order");
ALTER TABLE "crew & ops".staff ADD CONSTRAINT staff_pkey PRIMARY KEY (id);
ALTER TABLE "crew & ops".pilots ADD CONSTRAINT pilots_pkey PRIMARY KEY (id);

ALTER TABLE bookings.boarding_passes ADD CONSTRAINT boarding_passes_no_key UNIQUE (flight_id, boarding_no);
ALTER TABLE bookings.boarding_passes ADD CONSTRAINT boarding_passes_seat_key UNIQUE (flight_id, seat_no);
ALTER TABLE bookings.tickets ADD CONSTRAINT tickets_seq_key UNIQUE (seq) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE bookings.loyalty_accounts ADD CONSTRAINT "one account for each" UNIQUE (passenger_id) INCLUDE (miles) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bookings.flight_events ADD CONSTRAINT flight_events_key UNIQUE (event_id, happened_at, kind, flight_id);
ALTER TABLE "we""ird näme"."select" ADD CONSTRAINT "unique ""tick""" UNIQUE ("tick""et", "ünïcödé_ünïcödé_ünïcödé_ünïcödé_ünïcödé");
\if :v15
CREATE UNIQUE INDEX sparse_nulls_key ON bookings.sparse (c01, id) NULLS NOT DISTINCT;
\endif

ALTER TABLE bookings.seats ADD CONSTRAINT seats_aircraft_fkey FOREIGN KEY (aircraft_code) REFERENCES bookings.aircrafts ON DELETE CASCADE ON UPDATE RESTRICT;
ALTER TABLE bookings.flights ADD CONSTRAINT flights_aircraft_fkey FOREIGN KEY (aircraft_code) REFERENCES bookings.aircrafts (aircraft_code);
ALTER TABLE bookings.flights ADD CONSTRAINT flights_departure_fkey FOREIGN KEY (departure_airport) REFERENCES bookings.airports;
ALTER TABLE bookings.flights ADD CONSTRAINT flights_arrival_fkey FOREIGN KEY (arrival_airport) REFERENCES bookings.airports ON UPDATE CASCADE;
ALTER TABLE bookings.tickets ADD CONSTRAINT tickets_booking_fkey FOREIGN KEY (book_ref) REFERENCES bookings.bookings MATCH FULL ON DELETE SET DEFAULT DEFERRABLE;
ALTER TABLE bookings.ticket_flights ADD CONSTRAINT ticket_flights_ticket_fkey FOREIGN KEY (ticket_no) REFERENCES bookings.tickets DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE bookings.ticket_flights ADD CONSTRAINT ticket_flights_flight_fkey FOREIGN KEY (flight_id) REFERENCES bookings.flights;
ALTER TABLE bookings.boarding_passes ADD CONSTRAINT boarding_passes_ticket_fkey FOREIGN KEY (ticket_no, flight_id) REFERENCES bookings.ticket_flights (ticket_no, flight_id);
ALTER TABLE bookings.refund_requests ADD CONSTRAINT refund_requests_fkey FOREIGN KEY (ticket_no, flight_id) REFERENCES bookings.ticket_flights MATCH FULL ON DELETE CASCADE NOT VALID;
ALTER TABLE bookings.loyalty_accounts ADD CONSTRAINT loyalty_accounts_referred_fkey FOREIGN KEY (referred_by) REFERENCES bookings.loyalty_accounts ON DELETE SET NULL;
ALTER TABLE bookings.flight_events ADD CONSTRAINT flight_events_flight_fkey FOREIGN KEY (flight_id) REFERENCES bookings.flights;

CREATE TABLE bookings.event_remarks (event_id bigint, happened_at timestamptz, kind bookings.event_kind, flight_id integer, remark text);
INSERT INTO bookings.event_remarks
SELECT event_id, happened_at, kind, flight_id, 'remark on ' || event_id FROM bookings.flight_events WHERE event_id % 50 = 7;
\if :v12
ALTER TABLE bookings.event_remarks ADD CONSTRAINT event_remarks_fkey FOREIGN KEY (event_id, happened_at, kind, flight_id)
  REFERENCES bookings.flight_events (event_id, happened_at, kind, flight_id);
\endif

-- Holds for new rows only: some old ones break it.
ALTER TABLE bookings.bookings ADD CONSTRAINT bookings_amount_check CHECK (total_amount >= 10) NOT VALID;
ALTER TABLE bookings.tickets ADD CONSTRAINT "tickets ""name"" check" CHECK (bookings.fold_name(passenger_name) <> '');

ALTER TABLE "crew & ops".gate_assignments ADD CONSTRAINT "one flight at a gate" EXCLUDE USING gist (gate WITH =, period WITH &&)
  WHERE (NOT cancelled) DEFERRABLE INITIALLY IMMEDIATE;

CREATE INDEX tickets_book_ref_idx ON bookings.tickets (book_ref);
CREATE INDEX tickets_name_idx ON bookings.tickets (bookings.fold_name(passenger_name) text_pattern_ops, (contact_data ->> 'phone') DESC NULLS LAST);
CREATE INDEX ticket_flights_flight_idx ON bookings.ticket_flights (flight_id) INCLUDE (amount);
CREATE INDEX ticket_flights_business_idx ON bookings.ticket_flights (flight_id, ticket_no DESC) WHERE fare_conditions = 'Business';
CREATE INDEX bookings_date_brin ON bookings.bookings USING brin (book_date) WITH (pages_per_range = 32);
CREATE INDEX bookings_labels_gin ON bookings.bookings USING gin (labels) WITH (fastupdate = off);
CREATE INDEX bookings_stay_gist ON bookings.bookings USING gist (stay);
CREATE INDEX flights_status_hash ON bookings.flights USING hash (status);
CREATE INDEX "flights departures" ON bookings.flights (departure_airport, scheduled_departure DESC) WITH (fillfactor = 80);
CREATE INDEX flights_expr_idx ON bookings.flights ((scheduled_arrival - scheduled_departure), (actual_arrival IS NULL));
ALTER INDEX bookings.flights_expr_idx ALTER COLUMN 1 SET STATISTICS 400;
CREATE UNIQUE INDEX flights_unique_no ON bookings.flights (flight_no, scheduled_departure) WHERE status <> 'Cancelled';
CREATE INDEX airports_place_spgist ON bookings.airports USING spgist (place);
CREATE INDEX airports_city_idx ON bookings.airports (city COLLATE "POSIX", lower(city));
CREATE INDEX passenger_documents_profile_gin ON bookings.passenger_documents USING gin (profile jsonb_path_ops);
CREATE INDEX passenger_documents_fts ON bookings.passenger_documents USING gin (to_tsvector('simple', letter));
CREATE INDEX "i ""quoted""" ON "we""ird näme"."select" ("späce ; --" DESC, ("$1" + 1)) WHERE "two
lines" IS NOT NULL;

-- On all partitions at once; and by hand, each with its own name.
CREATE INDEX flight_events_flight_idx ON bookings.flight_events (flight_id, happened_at);
CREATE INDEX events_kind ON ONLY bookings.flight_events (kind);
CREATE INDEX january_kind ON bookings.flight_events_2026_01 (kind);
CREATE INDEX february_kind ON bookings.flight_events_2026_02 (kind) WITH (fillfactor = 60);
CREATE INDEX march_kind ON bookings.flight_events_2026_03 (kind);
CREATE INDEX rest_kind ON bookings.flight_events_rest (kind);
ALTER INDEX bookings.events_kind ATTACH PARTITION bookings.january_kind;
ALTER INDEX bookings.events_kind ATTACH PARTITION bookings.february_kind;
ALTER INDEX bookings.events_kind ATTACH PARTITION bookings.march_kind;
ALTER INDEX bookings.events_kind ATTACH PARTITION bookings.rest_kind;
CREATE INDEX only_february ON bookings.flight_events_2026_02 USING gin (payload);

ALTER TABLE bookings.flights CLUSTER ON flights_pkey;
ALTER TABLE bookings.airports REPLICA IDENTITY FULL;
ALTER TABLE bookings.sparse REPLICA IDENTITY NOTHING;
ALTER TABLE bookings.boarding_passes REPLICA IDENTITY USING INDEX boarding_passes_no_key;
