SELECT pg_catalog.quote_ident(d.datname) AS object,
       d.datcollversion || ', now ' || pg_catalog.pg_database_collation_actual_version(d.oid) AS detail
  FROM pg_catalog.pg_database d
 WHERE d.datname = pg_catalog.current_database()
   AND d.datcollversion <> pg_catalog.pg_database_collation_actual_version(d.oid)
