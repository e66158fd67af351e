-- Why the schema `pgmigrate` cannot hold the journal: a row for each reason. Whoever owns what we read or write there
-- could let his code run as us: a view or a trigger in place of a plain table, a default with a function of his.
WITH trusted AS (
    SELECT r.oid FROM pg_catalog.pg_roles r WHERE r.rolsuper OR r.rolname = current_user
), relation AS (
    SELECT c.oid, c.relname, c.relkind, c.relowner, c.relrowsecurity
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'pgmigrate' AND c.relname IN ('run', 'step', 'no_crash', 'snapshot')
), part AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS classid, r.oid AS objid, r.relname FROM relation r
     UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid, r.relname
      FROM relation r JOIN pg_catalog.pg_index i ON i.indrelid = r.oid
     UNION ALL
    SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, a.oid, r.relname
      FROM relation r JOIN pg_catalog.pg_attrdef a ON a.adrelid = r.oid
     UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, o.oid, r.relname
      FROM relation r JOIN pg_catalog.pg_constraint o ON o.conrelid = r.oid
)
SELECT 'it belongs to ' || pg_catalog.pg_get_userbyid(n.nspowner)::text AS what
  FROM pg_catalog.pg_namespace n
 WHERE n.nspname = 'pgmigrate' AND n.nspowner NOT IN (SELECT oid FROM trusted)
 UNION ALL
SELECT r.relname || ' belongs to ' || pg_catalog.pg_get_userbyid(r.relowner)::text
  FROM relation r
 WHERE r.relowner NOT IN (SELECT oid FROM trusted)
 UNION ALL
SELECT r.relname || ' is no table' FROM relation r WHERE r.relkind <> 'r'
 UNION ALL
SELECT r.relname || ' has row security' FROM relation r WHERE r.relrowsecurity
 UNION ALL
SELECT r.relname || ' has the trigger ' || t.tgname
  FROM relation r JOIN pg_catalog.pg_trigger t ON t.tgrelid = r.oid
 UNION ALL
SELECT r.relname || ' has the rule ' || w.rulename
  FROM relation r JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid
 WHERE r.relkind = 'r'
 UNION ALL
SELECT r.relname || ' inherits or is inherited'
  FROM relation r
 WHERE EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE r.oid IN (i.inhrelid, i.inhparent))
 UNION ALL
-- What is PostgreSQL's own is pinned: pg_depend does not mention it.
SELECT DISTINCT p.relname || ' uses ' || pg_catalog.pg_describe_object(d.refclassid, d.refobjid, 0)
  FROM part p
  JOIN pg_catalog.pg_depend d ON d.classid = p.classid AND d.objid = p.objid
 WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_type'::pg_catalog.regclass,
                        'pg_catalog.pg_operator'::pg_catalog.regclass, 'pg_catalog.pg_opclass'::pg_catalog.regclass)
