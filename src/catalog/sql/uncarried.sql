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
SELECT 'security label by ' || l.provider || ' on ' || pg_catalog.pg_describe_object(l.classoid, l.objoid, 0), '',
       'left out: `pgmigrate globals` carries labels of roles and tablespaces'
  FROM pg_catalog.pg_shseclabel l
 WHERE l.classoid <> 'pg_catalog.pg_database'::pg_catalog.regclass
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
