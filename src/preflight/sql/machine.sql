-- The size of these files is 0 for the file system, so the length must be given; a file that is missing is NULL.
-- A limit can stand at each level above the server's own control group.
WITH cgroup AS (
  SELECT string_to_array(substring(pg_catalog.pg_read_file('/proc/self/cgroup', 0, 4096, true) FROM '(?n)^0::/(.+)$'),
                         '/') AS path),
levels AS (
  SELECT '/sys/fs/cgroup/' || COALESCE(array_to_string(c.path[1:depth], '/'), '') AS directory
    FROM cgroup c
   CROSS JOIN generate_series(0, COALESCE(cardinality(c.path), 0)) AS depth)
SELECT (SELECT count(*)
          FROM regexp_matches(pg_catalog.pg_read_file('/proc/cpuinfo', 0, 4194304, true),
                              '^processor[ \t]*[:0-9]', 'gn')) AS processors,
       pg_catalog.pg_read_file('/proc/meminfo', 0, 8192, true) AS meminfo,
       pg_catalog.pg_read_file('/proc/sys/kernel/random/boot_id', 0, 100, true) AS boot_id,
       (SELECT count(*) FROM levels) > 1 AS in_group,
       (SELECT array_agg(pg_catalog.pg_read_file(l.directory || '/cpu.max', 0, 100, true)) FROM levels l) AS cpu_max,
       (SELECT array_agg(pg_catalog.pg_read_file(l.directory || '/memory.max', 0, 100, true)) FROM levels l)
         AS memory_max,
       pg_catalog.pg_read_file('/sys/fs/cgroup/cpu/cpu.cfs_quota_us', 0, 100, true) AS cpu_quota,
       pg_catalog.pg_read_file('/sys/fs/cgroup/cpu/cpu.cfs_period_us', 0, 100, true) AS cpu_period,
       pg_catalog.pg_read_file('/sys/fs/cgroup/memory/memory.limit_in_bytes', 0, 100, true) AS memory_limit
