-- bookings.extremes: a row of lows, of highs, of oddities, of nulls.

INSERT INTO bookings.extremes (id, note, i2, i4, i8, n, n2, f4, f8, b, d, ts, tstz, t, ttz, iv, iv2) VALUES
  (1, 'lowest', -32768, -2147483648, -9223372036854775808, ('-' || repeat('9', 4000))::numeric, -99999999999999999999.9999999999, '-3.4028235e38', '-1.7976931348623157e308', false,
   '4713-01-01 BC', '4713-01-01 00:00:00 BC', '4713-01-01 00:00:00+00 BC', '00:00', '00:00:00+15:59', '-178000000 years', '-106751991 days'),
  (2, 'highest', 32767, 2147483647, 9223372036854775807, repeat('9', 4000)::numeric, 99999999999999999999.9999999999, '3.4028235e38', '1.7976931348623157e308', true,
   '5874897-12-31', '294276-12-31 23:59:59.999999', '294276-12-31 23:59:59.999999+00', '24:00', '24:00:00-15:59', '178000000 years', '106751991 days 23:59:59.99'),
  (3, 'infinite', 0, 0, 0, 'NaN', 'NaN', 'Infinity', '-Infinity', NULL, 'infinity', '-infinity', 'infinity', '00:00:00.000001', '12:34:56.789-00:30', '1 mon -1 day 00:00:01', '0'),
  (4, 'small', -1, 1, -1, ('0.' || repeat('0', 4000) || '1')::numeric, 0.0000000001, '1e-45', '5e-324', NULL, '-infinity', '0001-12-31 23:59:59.999999 BC', '1582-10-15 00:00+00',
   '23:59:59.999999', '00:00+00', '00:00:00.000001', '-00:00:00.01'),
  (5, 'not a number', NULL, NULL, NULL, 0.00, 1.50, 'NaN', 'NaN', NULL, '1900-02-28', '2000-02-29', '1999-12-31 23:59:59.5-12:34', NULL, NULL, '1 year 2 mons 3 days 04:05:06.789', NULL),
  (6, 'minus nothing', NULL, NULL, NULL, 1e131071, -0.0, '-0', '-0', NULL, NULL, NULL, NULL, NULL, NULL, '-1 day 24:00:00', NULL),
  (7, 'shortest digits', NULL, NULL, NULL, 100.000, NULL, '0.1', '0.1', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (8, 'longest digits', NULL, NULL, NULL, 1e-16383, NULL, '16777217', '0.30000000000000004', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
\if :v14
INSERT INTO bookings.extremes (id, note, n) VALUES (9, 'infinite numeric', 'Infinity'), (10, 'infinite numeric', '-Infinity');
\endif

INSERT INTO bookings.extremes (id, note, c, ch, vc, tx, nm, by, bi, vb, ip, net, mac, mac8, u, j, jb, x) VALUES
  (20, 'empty', '', '', '', '', '', '\x', B'00000', B'', '0.0.0.0', '0.0.0.0/0', '00:00:00:00:00:00', '00:00:00:00:00:00:00:00', '00000000-0000-0000-0000-000000000000', '{}', '{}', ''),
  (21, 'odd', '\', 'pad  ', 'trail  ', E'\\N \\. \t\r\n\b\f\x0b \x7f \u00a0\u200b\ufeff\U0001F6EB', 'näme', '\x000102ff5c2e5c4e0a', B'10101', B'1', '::ffff:1.2.3.4/96', '2001:db8::/32',
   'ff:ff:ff:ff:ff:ff', '08:00:2b:ff:fe:01:02:03', 'ffffffff-ffff-ffff-ffff-ffffffffffff', E'{ "a" : 1,\n "a" : 2, "e":"\\u0000" }', '{"b": 1e400, "a": [-0.0, 1.10, "é\u00e9", {"": null}], "n": 12345678901234567890.123}', '<a href="x">&amp;</a>'),
  (22, 'end of data?', '.', '\.', '\.', E'\\.\n\\.\n', '\.', '\x5c2e0a', NULL, repeat('10', 500)::bit varying, NULL, NULL, NULL, NULL, NULL, 'null', 'null', 'NULL'),
  (23, 'normal forms', NULL, 'é', E'e\u0301', E'\u00e9 e\u0301 \ufb03 \u1e9e', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '"\ud83d\udeeb"', '"\ud83d\udeeb"', NULL);

INSERT INTO bookings.extremes (id, note, p, l, ls, bx, pa, po, ci, tv, tq, lsn, m) VALUES
  (30, 'shapes', '(1e-300,-1e300)', '{1,-1,0}', '[(0,0),(1,1)]', '(2,2),(-1,-1)', '[(0,0),(1,2.5),(3,0)]', '((0,0),(0,1),(1,0))', '<(0.1,0.2),3>', 'a:1A ''fat '''' cat'':2B,3 b', 'fat & (rat | !''c at'':*AB) <2> x',
   'FFFFFFFF/FFFFFFFF', '-92233720368547758.08'),
  (31, 'shapes', '(Infinity,NaN)', '{0,1,5}', '[(1,1),(1,1)]', '(0,0),(0,0)', '((0,0))', '((0,0))', '<(0,0),0>', '', '', '0/0', '92233720368547758.07');

INSERT INTO bookings.extremes (id, note, ir, nr, tr, hours, ia, ta, ca, e, dom, comp) VALUES
  (40, 'empty', 'empty', 'empty', 'empty', 'empty', '{}', '{}', '{}', '{}', 0, ROW(NULL, NULL, NULL, NULL)),
  (41, 'endless', '(,)', '(,)', '(,infinity]', '(,12:00]', '[-3:-1]={1,NULL,3}', '{{NULL,"NULL"},{"",","}}', ARRAY[NULL, ROW('a@b', NULL, ARRAY['x'], ROW(1, NULL))::bookings.contact], '{Business,NULL,Economy,Comfort}', 999999999.99, NULL),
  (42, 'bounds', '(1,5]', '(1.10,5.0]', '["2026-01-01 00:00+00","2026-01-02 00:00+00")', '["24:00","24:00"]', '{{{1,2},{3,4}},{{5,6},{7,8}}}', ARRAY[E'\\', '"', '{}', E'\n'], NULL, NULL, 0.01,
   ROW('"quoted, (x)"@example.com', '', ARRAY[]::text[], ROW('NaN', '-Infinity'))),
  (43, 'all null', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
