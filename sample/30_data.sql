-- Rows: arithmetic on row numbers only.

INSERT INTO bookings.aircrafts (aircraft_code, model, range, bought, photo) VALUES
  ('773', '{"en": "Boeing 777-300", "ru": "Боинг 777-300"}', 11100, '2011-02-28', decode(repeat('89504e470d0a1a0a', 400), 'hex')),
  ('763', '{"en": "Boeing 767-300", "ru": "Боинг 767-300"}', 7900, '2009-12-31', '\x'),
  ('320', '{"en": "Airbus A320-200", "ja": "エアバス"}', 5700, '-infinity', '\x00ff00'),
  ('SU9', '{"en": "Sukhoi Superjet-100", "ru": "Сухой Суперджет-100"}', 3000, NULL, NULL),
  ('CN1', '{"en": "Cessna 208 Caravan", "de": "Größe: klein"}', 1200, 'infinity', NULL);

INSERT INTO bookings.airports (airport_code, airport_name, city, coordinates, place, timezone, runways, gates, open_at, closed_on) VALUES
  ('ZRH', '{"en": "Zurich", "de": "Zürich"}', 'Zürich', ROW(8.548056, 47.464722), '(8.548056,47.464722)', 'Europe/Zurich', '{10,14,16}', '{{A1,A2},{B1,"B \"2\""}}', '[06:00,23:00)', '{"[2026-01-01,2026-01-02)"}'),
  ('CDG', '{"en": "Charles de Gaulle", "fr": "Roissy-Charles-de-Gaulle"}', 'Paris', ROW(2.55, 49.009722), '(2.55,49.009722)', 'Europe/Paris', '{8,9,26,27}', '{}', DEFAULT, NULL),
  ('SVO', '{"en": "Sheremetyevo", "ru": "Шереметьево"}', 'Москва', ROW(37.4146, 55.972599), '(37.4146,55.972599)', 'Europe/Moscow', '{6,24}', NULL, DEFAULT, NULL),
  ('NRT', '{"en": "Narita", "ja": "成田国際空港"}', '東京', ROW(140.385556, 35.763889), '(140.385556,35.763889)', 'Asia/Tokyo', '{16,34}', '[0:1][5:6]={{x,NULL},{"NULL",""}}', '[06:00,24:00]', '{empty,"[2026-12-31,)"}'),
  ('KEF', '{"en": "Keflavík", "is": "Keflavíkurflugvöllur"}', 'Reykjavík', ROW(-22.605556, 63.985), '(-22.605556,63.985)', 'Atlantic/Reykjavik', '{1,10}', '{{"{}"}}', DEFAULT, '{}'),
  ('TLV', '{"en": "Ben Gurion", "he": "נמל התעופה בן גוריון"}', 'תל אביב', NULL, NULL, 'Asia/Jerusalem', '{3,8,12}', NULL, NULL, NULL),
  ('EZE', '{"en": "Ezeiza"}', 'Buenos Aires', ROW(NULL, -34.8), '(-58.535833,-34.822222)', 'America/Argentina/Buenos_Aires', '{11,17,NULL}', NULL, 'empty', NULL),
  ('XXX', '{}', '', ROW(NULL, NULL), '(0,-0)', 'UTC', '{}', NULL, '(,)', NULL);
ALTER TABLE bookings.airports ADD COLUMN opened date DEFAULT '1948-06-05';      -- the rows above only get it by its default
ALTER TABLE bookings.airports ADD COLUMN note text;

INSERT INTO bookings.seats
SELECT a.aircraft_code, r || l, (CASE WHEN r <= 3 THEN 'Business' WHEN r <= 8 THEN 'Comfort' ELSE 'Economy' END)::bookings.fare_conditions
FROM bookings.aircrafts a, generate_series(1, 40) r, unnest(ARRAY['A', 'B', 'C', 'D', 'E', 'F']) l
WHERE r <= a.range / 250;

-- 100 days of flights.
INSERT INTO bookings.flights (flight_id, flight_no, scheduled_departure, scheduled_arrival, departure_airport, arrival_airport, status, aircraft_code,
                              actual_departure, actual_arrival, crew_notes)
SELECT f, 'PM' || lpad((f % 997)::text, 4, '0'), dep, dep + len, (ARRAY['ZRH', 'CDG', 'SVO', 'NRT', 'KEF', 'TLV', 'EZE'])[1 + f % 7],
       (ARRAY['ZRH', 'CDG', 'SVO', 'NRT', 'KEF', 'TLV', 'EZE'])[1 + (f + 1 + f / 7 % 6) % 7],
       (CASE WHEN f % 53 = 0 THEN 'Cancelled' WHEN f < :flights * 0.9 THEN 'Arrived' WHEN f < :flights * 0.91 THEN 'Departed' ELSE 'Scheduled' END)::bookings.flight_status,
       (ARRAY['773', '763', '320', 'SU9', 'CN1'])[1 + f % 5],
       CASE WHEN f % 53 <> 0 AND f < :flights * 0.91 THEN dep + f % 17 * interval '1 minute' END,
       CASE WHEN f % 53 <> 0 AND f < :flights * 0.9 THEN dep + len + f % 31 * interval '1 minute' END,
       CASE f % 400 WHEN 0 THEN E'tab\there, newline\nthere, backslash \\ and \\N' WHEN 1 THEN '' WHEN 2 THEN '"quoted", ''twice'', 東京 ✈' WHEN 3 THEN '\.' END
FROM generate_series(1, :flights) f
CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01 04:00+00' + (f::bigint * 8640000 / :flights) * interval '1 second' AS dep,
                           (60 + f * 37 % 720) * interval '1 minute' AS len) t;
SELECT setval('bookings."flights id"', :flights + 1000, false);

INSERT INTO bookings.bookings (book_ref, book_date, total_amount, payer, labels, stay)
SELECT upper(lpad(to_hex(b), 6, '0')), timestamptz '2025-10-01 00:00+00' + b % 10000000 * interval '1.000123 seconds', (b * 7919::bigint % 900000) / 100.0,
       CASE WHEN b % 4 = 0 THEN ROW('user' || b || '@example.com', '+41 44 ' || b % 10000000, ARRAY['de', 'français'], ROW(b % 360 - 180, b % 180 - 90.5))::bookings.contact END,
       CASE b % 10 WHEN 0 THEN ARRAY['vip', 'größe', NULL, 'a "b" {c}'] WHEN 1 THEN '{}' END,
       CASE WHEN b % 5 = 0 THEN tstzrange(timestamptz '2026-01-01 00:00+00' + b % 100 * interval '1 day', CASE WHEN b % 15 > 0 THEN timestamptz '2026-05-01 00:00+00' END) END
FROM generate_series(1, :bookings) b;

-- Two or three tickets a booking, four flights each.
INSERT INTO bookings.tickets (ticket_no, book_ref, passenger_id, passenger_name, contact_data)
SELECT lpad((5432000000 + t)::text, 13, '0'), upper(lpad(to_hex(1 + t % :bookings), 6, '0')), lpad((t * 7919::bigint % 1000003)::text, 10, '0'),
       (ARRAY['MARIA', 'Jürg', 'Зоя', '花子', 'O''Brien', 'Ana María'])[1 + t % 6] || ' ' || (ARRAY['MUSTER', 'Ångström', 'Иванова', '山田', 'de  la Cruz'])[1 + t % 5],
       CASE WHEN t % 3 > 0 THEN jsonb_build_object('phone', '+7' || lpad((t * 31::bigint % 10000000000)::text, 10, '0'), 'n', t) END
FROM generate_series(1, :tickets) t;

INSERT INTO bookings.ticket_flights (ticket_no, flight_id, fare_conditions, amount)
SELECT lpad((5432000000 + t)::text, 13, '0'), 1 + (t * 31 + k * (:flights / 4)) % :flights,
       (CASE t % 20 WHEN 0 THEN 'Business' WHEN 1 THEN 'Comfort' ELSE 'Economy' END)::bookings.fare_conditions, (3000 + (t * 17 + k * 4999) % 190000) / 10.0
FROM generate_series(1, :tickets) t, generate_series(0, 3) k;

INSERT INTO bookings.boarding_passes (ticket_no, flight_id, boarding_no, seat_no, boarded_at)
SELECT ticket_no, flight_id, no, (1 + (no - 1) / 6) || substr('ABCDEF', 1 + (no - 1) % 6, 1), CASE WHEN no % 8 = 0 THEN timetz '04:05:06.7+05:30' END
FROM (SELECT ticket_no, flight_id, (row_number() OVER (PARTITION BY flight_id ORDER BY ticket_no))::int AS no
      FROM bookings.ticket_flights WHERE flight_id <= :flights / 6) p
WHERE no <= 240;

-- From the end of December to the beginning of May: the first and the last are in the partitions at the ends.
INSERT INTO bookings.flight_events (event_id, flight_id, happened_at, kind, payload)
SELECT e, CASE WHEN e % 100 > 0 THEN 1 + e % :flights END, timestamptz '2025-12-25 00:00+00' + (e::bigint * 11232000 / :events) * interval '1 second',
       (ARRAY['gate', 'boarding', 'off-block', 'take''off', 'landed'])[1 + e % 5]::bookings.event_kind,
       CASE WHEN e % 4 = 0 THEN jsonb_build_object('gate', 'B' || e % 60, 'delay', e % 90 / 7.0) END
FROM generate_series(1, :events) e;

-- Documents: most of a few kB, some of a hundred; the last one is large.
INSERT INTO bookings.passenger_documents (passenger_id, profile, scan, letter, thumbnail)
SELECT lpad((d * 7919::bigint % 1000003)::text, 10, '0'),
       jsonb_build_object('id', d, 'notes', (SELECT jsonb_agg(jsonb_build_object('k' || i, md5(d || ' ' || i), 'nested', jsonb_build_array(i, i / 3.0, NULL, true, 'ж')))
                                              FROM generate_series(1, CASE WHEN d % 50 = 0 THEN 2000 ELSE 20 + d % 100 END) i)),
       (SELECT decode(string_agg(md5(i || ':' || d), ''), 'hex') FROM generate_series(1, CASE WHEN d % 25 = 0 THEN 6000 ELSE 100 + d % 400 END) i),
       CASE WHEN d % 3 = 0 THEN repeat('Sehr geehrte Damen und Herren,' || E'\n' || d || ' ', 20 + d % 300) END,
       CASE WHEN d % 7 > 0 THEN decode(md5(d::text), 'hex') END
FROM generate_series(1, :documents) d;
UPDATE bookings.passenger_documents SET scan = (SELECT decode(string_agg(md5(i::text), ''), 'hex') FROM generate_series(1, 250000) i) WHERE document_id = 1;

INSERT INTO bookings.loyalty_accounts (passenger_id, referred_by, miles, level, secret)
SELECT lpad(a::text, 10, '0'), CASE WHEN a % 3 = 0 THEN 1000 + (a / 3 - 1) * 10 END, a * 997 % 100000, (ARRAY['blue', 'silver', 'gold'])[1 + a % 3], md5(a::text)
FROM generate_series(1, 1000) a;

INSERT INTO bookings.sparse (id) SELECT generate_series(1, 20000);
UPDATE bookings.sparse SET c03 = id, c18 = '[]', c20 = '::1/128' WHERE id % 1000 = 0;

\ir 31_extremes.sql

INSERT INTO bookings.catalog_references (id, rel, typ, fun, op, cfg, role, ns, many) VALUES
  (1, 'bookings.flights', 'bookings.fare_conditions', 'bookings.fold_name(text)', '+(integer,integer)', 'simple', 'airline_owner', 'bookings', NULL),
  (2, '"we""ird näme"."select"', 'timestamp with time zone[]', 'pg_catalog.now()', '||(text,text)', 'pg_catalog.english', '"airline_Night ""shift""; --"', '"we""ird näme"',
   ARRAY['bookings.tickets', '"crew & ops".pilots']::regclass[]),
  (3, NULL, '"crew & ops".staff', NULL, NULL, NULL, NULL, NULL, '{}');

INSERT INTO "we""ird näme".nowt SELECT FROM generate_series(1, 3);
INSERT INTO "we""ird näme"."select" ("order", "tick""et", "two
lines", "$1", "Tab	stop", "ünïcödé_ünïcödé_ünïcödé_ünïcödé_ünïcödé", "user")
SELECT i, CASE WHEN i % 3 > 0 THEN 'tick"et ' || i END, repeat(E'line\r\n', i % 4), i / 8.0, E'\t\\t\b\f\x0b', 'ünïcödé 🛫 ' || i, 'nobody' FROM generate_series(1, 100) i;
INSERT INTO "we""ird näme"."a name as long as names can be, sixty-three bytes of it, no more" VALUES (1, '%s'), (2, NULL);

INSERT INTO "crew & ops".staff (full_name, hired, nickname) SELECT 'Staff ' || i, date '2010-01-01' + i, nick FROM generate_series(1, 40) i, (VALUES ('none'), (NULL)) v (nick);
INSERT INTO "crew & ops".licensed VALUES ('paper', '2030-01-01'), ('cloud', 'infinity');
INSERT INTO "crew & ops".pilots (full_name, licence, valid_to, hours) SELECT 'Pilot ' || i, 'ATPL-' || i, date '2027-01-01' + i, i * 100 FROM generate_series(1, 30) i;
INSERT INTO "crew & ops".captains (full_name, licence, hours, stripes) SELECT 'Captain ' || i, 'ATPL-C' || i, 5000 + i, 4 FROM generate_series(1, 10) i;
INSERT INTO "crew & ops".attendants (full_name, languages) SELECT 'Attendant ' || i, ARRAY['de', 'en', 'ελληνικά'] FROM generate_series(1, 50) i;
INSERT INTO "crew & ops".gate_assignments (gate, period, flight_id, cancelled)
SELECT int4range(i % 20, i % 20, '[]'), tstzrange(t, t + interval '50 minutes'), i, false
FROM generate_series(1, 40) i CROSS JOIN LATERAL (SELECT timestamptz '2026-01-01 00:00+00' + i / 20 * interval '1 hour' AS t) t;
INSERT INTO "crew & ops".session_cache SELECT 'session ' || i, decode(md5(i::text), 'hex'), timestamptz '2026-01-01 00:00+00' + i * interval '1 microsecond' FROM generate_series(1, 500) i;
INSERT INTO "crew & ops".roster SELECT date '2026-01-01' + i, i % 40 + 1, CASE WHEN i % 2 = 0 THEN 'flying' END FROM generate_series(0, 99) i;
\if :v18
INSERT INTO bookings.virtual_columns (id, price) SELECT i, i * 1.5 FROM generate_series(1, 50) i;
\endif

SELECT setval('bookings.flight_numbers', 4711), setval('"we""ird näme"."down; DROP"', -10, false), nextval('bookings.refund_requests_request_id_seq');
