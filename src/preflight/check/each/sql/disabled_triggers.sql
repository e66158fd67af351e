SELECT pg_catalog.format('%I ON %I.%I', x.name, n.nspname, c.relname) AS object,
       n.nspname AS schema,
       CASE x.mode WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'replica' ELSE 'always' END AS detail
  FROM (SELECT t.tgname AS name, t.tgrelid AS relation, t.tgenabled AS mode
          FROM pg_catalog.pg_trigger t
         WHERE NOT t.tgisinternal AND t.tgenabled <> 'O'
         UNION ALL
        SELECT r.rulename, r.ev_class, r.ev_enabled
          FROM pg_catalog.pg_rewrite r
         WHERE r.ev_enabled <> 'O') x
  JOIN pg_catalog.pg_class c ON c.oid = x.relation
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 ORDER BY 1
