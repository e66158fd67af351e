SELECT g.rolname AS role,
       u.rolname AS member,
       bool_or(m.admin_option) AS admin,
       bool_or(m.inherit_option) AS inherit,
       bool_or(m.set_option) AS set
  FROM pg_catalog.pg_auth_members m
  JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
  JOIN pg_catalog.pg_roles u ON u.oid = m.member
 WHERE u.rolname !~ '^pg_'
 GROUP BY g.rolname, u.rolname
 ORDER BY g.rolname, u.rolname
