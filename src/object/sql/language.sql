SELECT l.oid,
       l.lanname AS name,
       pg_catalog.pg_get_userbyid(l.lanowner) AS owner,
       l.lanpltrusted AS trusted,
       NULLIF(l.lanplcallfoid::pg_catalog.regproc::text, '-') AS handler,
       NULLIF(l.laninline::pg_catalog.regproc::text, '-') AS inline,
       NULLIF(l.lanvalidator::pg_catalog.regproc::text, '-') AS validator
  FROM pg_catalog.pg_language l
 WHERE l.oid >= 16384
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_language'::pg_catalog.regclass
                      AND d.objid = l.oid AND d.deptype = 'e')
 ORDER BY l.lanname
