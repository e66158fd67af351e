-- The size of these files is 0 for the file system, so the length must be given; a file that is missing is NULL.
SELECT (SELECT count(*)
          FROM regexp_matches(pg_catalog.pg_read_file('/proc/cpuinfo', 0, 4194304, true),
                              '^processor[ \t]*[:0-9]', 'gn')) AS processors,
       pg_catalog.pg_read_file('/proc/meminfo', 0, 8192, true) AS meminfo,
       pg_catalog.pg_read_file('/proc/sys/kernel/random/boot_id', 0, 100, true) AS boot_id,
       pg_catalog.pg_read_file('/sys/fs/cgroup/cpu.max', 0, 100, true) AS cpu_max,
       pg_catalog.pg_read_file('/sys/fs/cgroup/memory.max', 0, 100, true) AS memory_max
