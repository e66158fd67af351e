SELECT d.datname AS database,
       age(d.datfrozenxid) AS transactions,
       pg_catalog.mxid_age(d.datminmxid) AS multixacts
  FROM pg_catalog.pg_database d
 ORDER BY d.datname
