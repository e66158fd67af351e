-- Names alone: the values may be anybody's, and a setting of an extension may hold a key.
SELECT pg_catalog.pg_get_userbyid(NULLIF(s.setrole, 0)) AS role,
       d.datname AS database,
       (SELECT pg_catalog.json_agg(split_part(c, '=', 1)) FROM pg_catalog.unnest(s.setconfig) AS c) AS settings
  FROM pg_catalog.pg_db_role_setting s
  LEFT JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
 ORDER BY 1, 2
