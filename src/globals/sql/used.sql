SELECT r.rolname::pg_catalog.text
  FROM pg_catalog.pg_roles r
 WHERE r.oid IN (SELECT d.refobjid
                   FROM pg_catalog.pg_shdepend d
                  WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
                    AND d.classid NOT IN ('pg_catalog.pg_authid'::pg_catalog.regclass,
                                          'pg_catalog.pg_auth_members'::pg_catalog.regclass)
                  UNION ALL
                 SELECT b.datdba FROM pg_catalog.pg_database b
                  UNION ALL
                 SELECT s.setrole FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase <> 0)
