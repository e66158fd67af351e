SELECT l.classoid AS class,
       l.objoid AS oid,
       l.objsubid AS sub,
       l.provider,
       l.label
  FROM pg_catalog.pg_seclabel l
 WHERE l.objoid >= 16384
    OR l.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
    OR (l.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
        AND l.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'))
 ORDER BY l.classoid, l.objoid, l.objsubid, l.provider
