SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS object,
       n.nspname AS schema,
       'ON ' || pg_catalog.format('%I.%I', n.nspname, t.relname) AS detail
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_class t ON t.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND EXISTS (SELECT FROM pg_catalog.pg_index o
                 JOIN pg_catalog.pg_class oc ON oc.oid = o.indexrelid
                WHERE o.indrelid = i.indrelid
                  AND o.indexrelid < i.indexrelid
                  AND oc.relam = c.relam
                  AND (o.indkey::text, o.indclass::text, o.indoption::text, o.indcollation::text, o.indisunique)
                    = (i.indkey::text, i.indclass::text, i.indoption::text, i.indcollation::text, i.indisunique)
                  AND pg_catalog.pg_get_expr(o.indexprs, o.indrelid)
                      IS NOT DISTINCT FROM pg_catalog.pg_get_expr(i.indexprs, i.indrelid)
                  AND pg_catalog.pg_get_expr(o.indpred, o.indrelid)
                      IS NOT DISTINCT FROM pg_catalog.pg_get_expr(i.indpred, i.indrelid))
 ORDER BY n.nspname, c.relname
