SELECT r.rolname AS name,
       r.rolcanlogin AS login,
       r.rolsuper AS superuser,
       r.rolcreaterole AS creates_roles,
       r.rolcreatedb AS creates_databases,
       r.rolreplication AS replicates,
       r.rolbypassrls AS bypasses_row_security,
       r.rolinherit AS inherits,
       r.rolconnlimit AS connection_limit,
       r.rolvaliduntil AS valid_until
  FROM pg_catalog.pg_roles r
 WHERE r.rolname !~ '^pg_'
 ORDER BY r.rolname
