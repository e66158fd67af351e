SELECT s.oid,
       s.subname AS name,
       pg_catalog.pg_get_userbyid(s.subowner) AS owner,
       s.subconninfo AS connection,
       s.subslotname AS slot,
       s.subpublications AS publications,
       s.subsynccommit AS synchronous_commit,
       s.subbinary AS binary,
       CASE WHEN s.substream THEN 't' ELSE 'f' END AS streaming,
       s.subtwophasestate <> 'd' AS two_phase,
       s.subdisableonerr AS disable_on_error
  FROM pg_catalog.pg_subscription s
  JOIN pg_catalog.pg_database b ON b.oid = s.subdbid
 WHERE b.datname = pg_catalog.current_database()
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_subscription'::pg_catalog.regclass
                      AND d.objid = s.oid AND d.deptype = 'e')
 ORDER BY s.subname
