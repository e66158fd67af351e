SELECT DISTINCT d.classid AS class,
       d.objid AS oid,
       d.refobjid AS extension,
       e.extname AS extension_name,
       i.type AS object_type,
       i.identity AS identity,
       COALESCE(o.schema, '') AS schema,
       o.relation
  FROM pg_catalog.pg_depend d
  JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
  JOIN (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::oid AS class, c.oid, n.nspname AS schema, x.indrelid AS relation
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
         UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, f.oid, n.nspname, NULL
          FROM pg_catalog.pg_proc f
          JOIN pg_catalog.pg_namespace n ON n.oid = f.pronamespace
         UNION ALL
        SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, t.oid, n.nspname, t.tgrelid
          FROM pg_catalog.pg_trigger t
          JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace) o ON o.class = d.classid AND o.oid = d.objid
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) i
 WHERE d.deptype = 'x'
   AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
   AND o.schema !~ '^pg_'
 ORDER BY e.extname, i.type, i.identity
