SELECT session_user AS login,
       pg_catalog.current_setting('is_superuser') = 'on' AS is_superuser,
       (SELECT r.rolname FROM pg_catalog.pg_roles r WHERE r.oid = 10) AS bootstrap,
       has_table_privilege('pg_catalog.pg_authid', 'SELECT') AS passwords_readable
