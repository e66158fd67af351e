SELECT pg_catalog.pg_describe_object(o.class, o.oid, 0) AS object,
       COALESCE(n.nspname, '') AS schema,
       NULL AS reason
  FROM (SELECT 'pg_catalog.pg_am'::pg_catalog.regclass::oid AS class, oid, 0::oid AS schema FROM pg_catalog.pg_am
         UNION ALL
        SELECT 'pg_catalog.pg_cast'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_cast
         UNION ALL
        SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, oid, collnamespace FROM pg_catalog.pg_collation
         UNION ALL
        SELECT 'pg_catalog.pg_conversion'::pg_catalog.regclass, oid, connamespace FROM pg_catalog.pg_conversion
         UNION ALL
        SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_language
         UNION ALL
        SELECT 'pg_catalog.pg_opclass'::pg_catalog.regclass, oid, opcnamespace FROM pg_catalog.pg_opclass
         UNION ALL
        SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, oid, oprnamespace FROM pg_catalog.pg_operator
         UNION ALL
        SELECT 'pg_catalog.pg_opfamily'::pg_catalog.regclass, oid, opfnamespace FROM pg_catalog.pg_opfamily
         UNION ALL
        SELECT 'pg_catalog.pg_transform'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_transform
         UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid, t.typnamespace
          FROM pg_catalog.pg_type t
         WHERE (t.typtype = 'b' AND NOT (t.typlen = -1 AND t.typelem <> 0)) OR (t.typtype = 'p' AND NOT t.typisdefined)
         UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, c.relnamespace
          FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
         WHERE NOT i.indisvalid AND c.relkind = 'i') o
  LEFT JOIN pg_catalog.pg_namespace n ON n.oid = o.schema
 WHERE o.oid >= 16384
   AND COALESCE(n.nspname, '') !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = o.class AND d.objid = o.oid AND d.deptype IN ('e', 'i'))
UNION ALL
SELECT count(*) || ' large objects', '', NULL
  FROM pg_catalog.pg_largeobject_metadata
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
 ORDER BY 2, 1
