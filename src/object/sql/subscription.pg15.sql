SELECT s.oid,
       s.subname AS name,
       pg_catalog.pg_get_userbyid(s.subowner) AS owner,
       CASE WHEN s.subconninfo ~* '^\s*postgres(ql)?://'
            THEN regexp_replace(regexp_replace(s.subconninfo, '(://[^/:@]*):[^@]*@', '\1@'),
                                '([?&])(ssl)?password=[^&]*', '\1', 'gi')
            ELSE regexp_replace(s.subconninfo,
                                '\m(ssl)?password\s*=\s*(''([^''\\]|\\.)*''|([^\s\\]|\\.)+)', '', 'gi') END AS connection,
       s.subslotname AS slot,
       s.subpublications AS publications,
       s.subsynccommit AS synchronous_commit,
       array_remove(ARRAY[
         CASE WHEN s.subbinary THEN 'binary = true' END,
         CASE WHEN s.substream THEN 'streaming = on' ELSE 'streaming = off' END,
         CASE WHEN s.subtwophasestate <> 'd' THEN 'two_phase = on' END,
         CASE WHEN s.subdisableonerr THEN 'disable_on_error = true' END], NULL) AS options,
       json_build_array(json_build_object('since', 16, 'option', 'run_as_owner = true')) AS later
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
 WHERE b.datname = pg_catalog.current_database()
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_subscription'::pg_catalog.regclass
                      AND d.objid = s.oid AND d.deptype = 'e')
 ORDER BY s.subname
