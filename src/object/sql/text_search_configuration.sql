SELECT c.oid,
       n.nspname AS schema,
       c.cfgname AS name,
       pg_catalog.pg_get_userbyid(c.cfgowner) AS owner,
       json_build_object('schema', pn.nspname, 'name', p.prsname) AS parser,
       COALESCE((SELECT json_agg(json_build_object('token', k.alias, 'dictionaries', k.dictionaries)
                                 ORDER BY k.tokid)
                   FROM (SELECT y.tokid, y.alias,
                                json_agg(json_build_object('schema', dn.nspname, 'name', t.dictname)
                                         ORDER BY m.mapseqno) AS dictionaries
                           FROM pg_catalog.ts_token_type(c.cfgparser) y
                           JOIN pg_catalog.pg_ts_config_map m ON m.mapcfg = c.oid AND m.maptokentype = y.tokid
                           JOIN pg_catalog.pg_ts_dict t ON t.oid = m.mapdict
                           JOIN pg_catalog.pg_namespace dn ON dn.oid = t.dictnamespace
                          GROUP BY y.tokid, y.alias) k), '[]') AS mappings
  FROM pg_catalog.pg_ts_config c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace
  JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser
  JOIN pg_catalog.pg_namespace pn ON pn.oid = p.prsnamespace
 WHERE n.nspname !~ '^pg_'
   AND n.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_ts_config'::pg_catalog.regclass
                      AND d.objid = c.oid AND d.deptype = 'e')
 ORDER BY n.nspname, c.cfgname
