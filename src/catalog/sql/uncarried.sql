SELECT pg_catalog.pg_describe_object('pg_catalog.pg_class'::pg_catalog.regclass, c.oid, 0) AS object,
       n.nspname AS schema,
       NULL AS reason
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT i.indisvalid
   AND c.relkind = 'i'
   AND c.oid >= 16384
   AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
                      AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT count(*) || ' large objects', '', 'left out: only a role that may read pg_largeobject can read them'
  FROM pg_catalog.pg_largeobject_metadata
 WHERE NOT has_table_privilege('pg_catalog.pg_largeobject', 'SELECT')
HAVING count(*) > 0
UNION ALL
SELECT 'subscription ' || s.subname, '', 'left out: only a role that may read pg_subscription sees what it connects to'
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
 WHERE b.datname = pg_catalog.current_database()
   AND NOT has_table_privilege('pg_catalog.pg_subscription', 'SELECT')
UNION ALL
SELECT 'security label by ' || l.provider || ' on '
       || pg_catalog.pg_describe_object(l.classoid, l.objoid, l.objsubid), '', 'left out: its object comes with an extension'
  FROM pg_catalog.pg_seclabel l
 WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = l.classoid AND d.objid = l.objoid AND d.deptype = 'e')
UNION ALL
SELECT 'setting ' || split_part(u.setting, '=', 1) || ' of database ' || b.datname
       || COALESCE(' for role ' || r.rolname, ''), '', 'left out: settings of a database are not carried yet'
  FROM pg_catalog.pg_db_role_setting s
  JOIN pg_catalog.pg_database b ON b.oid = s.setdatabase
  LEFT JOIN pg_catalog.pg_roles r ON r.oid = s.setrole
 CROSS JOIN unnest(s.setconfig) u(setting)
 WHERE b.datname = pg_catalog.current_database()
UNION ALL
SELECT 'privileges of database ' || b.datname, '', 'left out: privileges of a database are not carried yet'
  FROM pg_catalog.pg_database b
 WHERE b.datname = pg_catalog.current_database()
   AND EXISTS (SELECT unnest(b.datacl) EXCEPT SELECT unnest(pg_catalog.acldefault('d', b.datdba))
               UNION ALL
               SELECT unnest(pg_catalog.acldefault('d', b.datdba)) EXCEPT SELECT unnest(b.datacl))
   AND b.datacl IS NOT NULL
UNION ALL
SELECT 'comment on database ' || b.datname, '', 'left out: the comment of a database is not carried yet'
  FROM pg_catalog.pg_database b
 WHERE b.datname = pg_catalog.current_database()
   AND b.oid >= 16384
   AND pg_catalog.shobj_description(b.oid, 'pg_database') IS NOT NULL
UNION ALL
SELECT 'security label by ' || l.provider || ' on ' || pg_catalog.pg_describe_object(l.classoid, l.objoid, 0), '',
       'left out: labels of roles, databases and tablespaces are not carried yet'
  FROM pg_catalog.pg_shseclabel l
 WHERE l.classoid <> 'pg_catalog.pg_database'::pg_catalog.regclass
    OR l.objoid = (SELECT b.oid FROM pg_catalog.pg_database b WHERE b.datname = pg_catalog.current_database())
UNION ALL
SELECT DISTINCT pg_catalog.pg_describe_object('pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, 0), n.nspname,
       'carried with its triggers enabled: they are disabled on the source'
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_constraint k ON k.oid = t.tgconstraint
  JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
 WHERE t.tgisinternal
   AND t.tgenabled <> 'O'
   AND k.contype IN ('f', 'p', 'u', 'x')
 ORDER BY 2, 1
