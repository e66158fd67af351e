SELECT e.oid,
       e.evtname AS name,
       pg_catalog.pg_get_userbyid(e.evtowner) AS owner,
       e.evtevent AS event,
       COALESCE(e.evttags, '{}') AS tags,
       json_build_object('schema', n.nspname, 'name', p.proname) AS function,
       e.evtenabled AS enabled
  FROM pg_catalog.pg_event_trigger e
  JOIN pg_catalog.pg_proc p ON p.oid = e.evtfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_event_trigger'::pg_catalog.regclass
                      AND d.objid = e.oid AND d.deptype = 'e')
 ORDER BY e.evtname
