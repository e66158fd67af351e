SELECT t.oid,
       t.typnamespace AS namespace,
       n.nspname AS schema,
       t.typname AS name,
       pg_catalog.pg_get_userbyid(t.typowner) AS owner,
       t.typlen AS length,
       t.typbyval AS by_value,
       t.typalign AS alignment,
       t.typstorage AS storage,
       t.typcategory AS category,
       t.typispreferred AS preferred,
       t.typdelim AS delimiter,
       t.typdefault AS default_value,
       CASE WHEN t.typelem <> 0 THEN pg_catalog.format_type(t.typelem, NULL) END AS element,
       t.typcollation <> 0 AS collatable,
       t.typinput::text AS input,
       t.typoutput::text AS output,
       NULLIF(t.typreceive::text, '-') AS receive,
       NULLIF(t.typsend::text, '-') AS send,
       NULLIF(t.typmodin::text, '-') AS typmod_in,
       NULLIF(t.typmodout::text, '-') AS typmod_out,
       NULLIF(t.typanalyze::text, '-') AS analyze,
       NULL AS subscript
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype = 'b'
   AND n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e
                    WHERE e.oid = t.typelem AND e.typarray = t.oid)
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass
                      AND d.objid = t.oid AND d.deptype = 'e')
 ORDER BY n.nspname, t.typname
