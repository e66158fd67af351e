SELECT f.oid,
       n.nspname AS schema,
       f.opfname AS name,
       pg_catalog.pg_get_userbyid(f.opfowner) AS owner,
       a.amname AS access_method,
       COALESCE(ops.list, '[]') AS operators,
       COALESCE(procs.list, '[]') AS functions
  FROM pg_catalog.pg_opfamily f
  JOIN pg_catalog.pg_namespace n ON n.oid = f.opfnamespace
  JOIN pg_catalog.pg_am a ON a.oid = f.opfmethod
  LEFT JOIN (SELECT d.refobjid AS oid,
                    json_agg(json_build_object(
                      'oid', m.oid, 'strategy', m.amopstrategy,
                      'operator', m.amopopr::pg_catalog.regoperator::text,
                      'sort_family', CASE WHEN s.oid IS NOT NULL
                                          THEN json_build_object('schema', sn.nspname, 'name', s.opfname) END)
                      ORDER BY m.amopstrategy, m.oid) AS list
               FROM pg_catalog.pg_depend d
               JOIN pg_catalog.pg_amop m ON m.oid = d.objid
               LEFT JOIN pg_catalog.pg_opfamily s ON s.oid = m.amopsortfamily
               LEFT JOIN pg_catalog.pg_namespace sn ON sn.oid = s.opfnamespace
              WHERE d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass
                AND d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass
                AND d.objid >= 16384
              GROUP BY d.refobjid) ops ON ops.oid = f.oid
  LEFT JOIN (SELECT d.refobjid AS oid,
                    json_agg(json_build_object(
                      'oid', m.oid, 'number', m.amprocnum,
                      'left', pg_catalog.format_type(m.amproclefttype, NULL),
                      'right', pg_catalog.format_type(m.amprocrighttype, NULL),
                      'function', m.amproc::pg_catalog.oid::pg_catalog.regprocedure::text)
                      ORDER BY m.amprocnum, m.oid) AS list
               FROM pg_catalog.pg_depend d
               JOIN pg_catalog.pg_amproc m ON m.oid = d.objid
              WHERE d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass
                AND d.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass
                AND d.objid >= 16384
              GROUP BY d.refobjid) procs ON procs.oid = f.oid
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass
                      AND d.objid = f.oid AND d.deptype = 'e')
 ORDER BY n.nspname, f.opfname, a.amname
