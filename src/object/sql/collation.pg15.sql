SELECT c.oid,
       n.nspname AS schema,
       c.collname AS name,
       pg_catalog.pg_get_userbyid(c.collowner) AS owner,
       c.collprovider AS provider,
       c.collisdeterministic AS deterministic,
       c.colliculocale AS locale,
       c.collcollate AS lc_collate,
       c.collctype AS lc_ctype,
       NULL AS rules
  FROM pg_catalog.pg_collation c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.collnamespace
 WHERE c.collencoding IN (-1, (SELECT b.encoding FROM pg_catalog.pg_database b WHERE b.datname = current_database()))
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_collation'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.collname
