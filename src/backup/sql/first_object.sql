-- What somebody made in this database: objects of initdb have OIDs below 16384 (FirstNormalObjectId), and large objects are
-- none of them.
SELECT pg_catalog.pg_describe_object(o.class, o.oid, 0)
  FROM (SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS class, c.oid
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT LIKE 'pg\_t%'
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
        UNION ALL
        SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid FROM pg_catalog.pg_proc p
        UNION ALL
        SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, t.oid
          FROM pg_catalog.pg_type t
          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace AND n.nspname NOT LIKE 'pg\_t%'
        UNION ALL
        SELECT 'pg_catalog.pg_namespace'::pg_catalog.regclass, n.oid
          FROM pg_catalog.pg_namespace n
         WHERE n.nspname <> 'public' AND n.nspname NOT LIKE 'pg\_t%'
        UNION ALL
        SELECT 'pg_catalog.pg_extension'::pg_catalog.regclass, e.oid FROM pg_catalog.pg_extension e
        UNION ALL
        SELECT 'pg_catalog.pg_language'::pg_catalog.regclass, l.oid FROM pg_catalog.pg_language l
        UNION ALL
        SELECT 'pg_catalog.pg_cast'::pg_catalog.regclass, c.oid FROM pg_catalog.pg_cast c
        UNION ALL
        SELECT 'pg_catalog.pg_operator'::pg_catalog.regclass, c.oid FROM pg_catalog.pg_operator c
        UNION ALL
        SELECT 'pg_catalog.pg_collation'::pg_catalog.regclass, c.oid FROM pg_catalog.pg_collation c
        UNION ALL
        SELECT 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass, f.oid FROM pg_catalog.pg_foreign_data_wrapper f
        UNION ALL
        SELECT 'pg_catalog.pg_event_trigger'::pg_catalog.regclass, e.oid FROM pg_catalog.pg_event_trigger e
        UNION ALL
        SELECT 'pg_catalog.pg_publication'::pg_catalog.regclass, p.oid FROM pg_catalog.pg_publication p
        UNION ALL
        SELECT 'pg_catalog.pg_largeobject'::pg_catalog.regclass, l.oid FROM pg_catalog.pg_largeobject_metadata l) o
 WHERE o.oid >= 16384 OR o.class = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
 LIMIT 1
