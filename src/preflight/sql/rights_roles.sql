SELECT r.rolname AS name,
       r.rolsuper AS superuser,
       pg_catalog.pg_has_role(r.oid, 'USAGE') AND pg_catalog.pg_has_role(r.oid, 'SET') AS usable,
       pg_catalog.pg_has_role(r.oid, 'MEMBER WITH ADMIN OPTION') AS admin
  FROM pg_catalog.pg_roles r
 ORDER BY r.rolname
