-- Without the options: those of LDAP and RADIUS hold passwords.
SELECT r.line_number AS line,
       r.type,
       r.database AS databases,
       r.user_name AS users,
       r.address,
       r.netmask,
       r.auth_method AS method,
       r.error
  FROM pg_catalog.pg_hba_file_rules r
 ORDER BY r.line_number
