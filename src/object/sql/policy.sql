SELECT p.oid,
       p.polname AS name,
       p.polrelid AS relation,
       n.nspname AS schema,
       c.relname AS table_name,
       p.polcmd AS command,
       p.polpermissive AS permissive,
       ARRAY(SELECT a.rolname
               FROM pg_catalog.pg_roles a
              WHERE a.oid = ANY (p.polroles)
              ORDER BY a.rolname) AS roles,
       pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS using_expression,
       pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS check_expression
  FROM pg_catalog.pg_policy p
  JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.relname, p.polname
