SELECT g.rolname AS role,
       u.rolname AS member,
       b.rolname AS grantor,
       m.admin_option AS admin,
       m.inherit_option AS inherit,
       m.set_option AS set
  FROM pg_catalog.pg_auth_members m
  JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
  JOIN pg_catalog.pg_roles u ON u.oid = m.member
  LEFT JOIN pg_catalog.pg_roles b ON b.oid = m.grantor
 WHERE NOT (g.rolname ~ '^pg_' AND u.rolname ~ '^pg_')
 ORDER BY g.rolname, u.rolname, b.rolname
