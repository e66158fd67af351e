SELECT d.classoid AS class,
       d.objoid AS oid,
       d.objsubid AS sub,
       d.description AS comment
  FROM pg_catalog.pg_description d
 WHERE d.objoid >= 16384
    OR d.classoid = 'pg_catalog.pg_largeobject'::pg_catalog.regclass
    OR (d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
        AND d.objoid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'public'))
