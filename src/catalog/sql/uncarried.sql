SELECT pg_catalog.pg_describe_object(o.class, o.oid, 0) AS object,
       COALESCE(n.nspname, '') AS schema
  FROM (SELECT 'pg_catalog.pg_event_trigger'::pg_catalog.regclass::oid AS class, oid, 0::oid AS schema FROM pg_catalog.pg_event_trigger
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_foreign_data_wrapper
         UNION ALL
        SELECT 'pg_catalog.pg_foreign_server'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_foreign_server
         UNION ALL
        SELECT 'pg_catalog.pg_user_mapping'::pg_catalog.regclass, umid, 0 FROM pg_catalog.pg_user_mappings
         UNION ALL
        SELECT 'pg_catalog.pg_publication'::pg_catalog.regclass, oid, 0 FROM pg_catalog.pg_publication
         UNION ALL
        SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, oid, stxnamespace FROM pg_catalog.pg_statistic_ext
         UNION ALL
        SELECT 'pg_catalog.pg_ts_config'::pg_catalog.regclass, oid, cfgnamespace FROM pg_catalog.pg_ts_config
         UNION ALL
        SELECT 'pg_catalog.pg_ts_dict'::pg_catalog.regclass, oid, dictnamespace FROM pg_catalog.pg_ts_dict
         UNION ALL
        SELECT 'pg_catalog.pg_ts_parser'::pg_catalog.regclass, oid, prsnamespace FROM pg_catalog.pg_ts_parser
         UNION ALL
        SELECT 'pg_catalog.pg_ts_template'::pg_catalog.regclass, oid, tmplnamespace FROM pg_catalog.pg_ts_template
         UNION ALL
        SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, c.oid, c.relnamespace
          FROM pg_catalog.pg_class c
         WHERE c.relkind = 'f'
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
SELECT count(*) || ' large objects', ''
  FROM pg_catalog.pg_largeobject_metadata
HAVING count(*) > 0
 ORDER BY 2, 1
