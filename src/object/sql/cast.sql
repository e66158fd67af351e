SELECT c.oid,
       COALESCE(CASE WHEN sn.nspname <> 'pg_catalog' THEN sn.nspname END,
                CASE WHEN tn.nspname <> 'pg_catalog' THEN tn.nspname END,
                CASE WHEN pn.nspname <> 'pg_catalog' THEN pn.nspname END, '') AS schema,
       pg_catalog.format_type(c.castsource, NULL) AS source,
       pg_catalog.format_type(c.casttarget, NULL) AS target,
       CASE WHEN c.castfunc <> 0 THEN c.castfunc::pg_catalog.regprocedure::text END AS function,
       c.castmethod AS method,
       c.castcontext AS context
  FROM pg_catalog.pg_cast c
  JOIN pg_catalog.pg_type s ON s.oid = c.castsource
  JOIN pg_catalog.pg_namespace sn ON sn.oid = s.typnamespace
  JOIN pg_catalog.pg_type t ON t.oid = c.casttarget
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_proc p ON p.oid = c.castfunc
  LEFT JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace
 WHERE c.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_cast'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
 ORDER BY sn.nspname, s.typname, tn.nspname, t.typname
