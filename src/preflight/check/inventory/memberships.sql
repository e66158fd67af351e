SELECT pg_catalog.pg_get_userbyid(m.member) AS member,
       pg_catalog.pg_get_userbyid(m.roleid) AS role,
       m.admin_option
  FROM pg_catalog.pg_auth_members m
 WHERE pg_catalog.pg_get_userbyid(m.member) !~ '^pg_'
 ORDER BY 1, 2
