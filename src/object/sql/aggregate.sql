SELECT p.oid,
       n.nspname AS schema,
       p.proname AS name,
       pg_catalog.pg_get_userbyid(p.proowner) AS owner,
       pg_catalog.pg_get_function_arguments(p.oid) AS arguments,
       pg_catalog.pg_get_function_identity_arguments(p.oid) AS identity_arguments,
       p.proparallel AS parallel,
       a.aggkind AS kind,
       a.aggtransfn::text AS sfunc,
       pg_catalog.format_type(a.aggtranstype, NULL) AS stype,
       a.aggtransspace AS sspace,
       NULLIF(a.aggfinalfn::text, '-') AS finalfunc,
       a.aggfinalextra AS finalfunc_extra,
       NULLIF(a.aggcombinefn::text, '-') AS combinefunc,
       NULLIF(a.aggserialfn::text, '-') AS serialfunc,
       NULLIF(a.aggdeserialfn::text, '-') AS deserialfunc,
       a.agginitval AS initcond,
       NULLIF(a.aggmtransfn::text, '-') AS msfunc,
       NULLIF(a.aggminvtransfn::text, '-') AS minvfunc,
       CASE WHEN a.aggmtranstype <> 0
            THEN pg_catalog.format_type(a.aggmtranstype, NULL) END AS mstype,
       a.aggmtransspace AS msspace,
       NULLIF(a.aggmfinalfn::text, '-') AS mfinalfunc,
       a.aggmfinalextra AS mfinalfunc_extra,
       a.aggminitval AS minitcond,
       a.aggfinalmodify, a.aggmfinalmodify,
       CASE WHEN a.aggsortop <> 0
            THEN (SELECT format('OPERATOR(%I.%s)', opn.nspname, o.oprname)
                    FROM pg_catalog.pg_operator o
                    JOIN pg_catalog.pg_namespace opn ON opn.oid = o.oprnamespace
                   WHERE o.oid = a.aggsortop) END AS sortop
  FROM pg_catalog.pg_aggregate a
  JOIN pg_catalog.pg_proc p ON p.oid = a.aggfnoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                      AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY n.nspname, p.proname,
          pg_catalog.pg_get_function_identity_arguments(p.oid) COLLATE "C"
