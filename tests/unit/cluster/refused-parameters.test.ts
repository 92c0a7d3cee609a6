import { refuses } from './refused';

refuses('parameters', [
  [
    'a list where a map is meant',
    { config: { parameters: ['a'] } },
    'config.parameters: found ["a"]; allowed: a map of names to texts. [wrong-type]',
  ],
  [
    'a parameter with a typo, in capitals',
    { config: { parameters: { MAX_CONECTIONS: '10' } } },
    'config.parameters.MAX_CONECTIONS: found "max_conections", which PostgreSQL 18 does not have; allowed: the parameters of PostgreSQL 18, or "module.parameter". Did you mean "max_connections"? [unknown-parameter]',
  ],
  [
    'a parameter of old',
    { config: { parameters: { wal_keep_segments: '10' } } },
    'config.parameters.wal_keep_segments: found "wal_keep_segments", which PostgreSQL 18 does not have; allowed: the parameters of PostgreSQL 18, or "module.parameter". It is now "wal_keep_size". [unknown-parameter]',
  ],
  [
    'a parameter of another version',
    { postgresVersion: 17, config: { parameters: { io_method: 'worker' } } },
    'config.parameters.io_method: found "io_method", which PostgreSQL 17 does not have; allowed: the parameters of PostgreSQL 17, or "module.parameter". PostgreSQL 18 has it. [unknown-parameter]',
  ],
  [
    'a parameter of a module with a typo',
    { config: { parameters: { 'pgaudit.logs': 'ddl' } } },
    'config.parameters.pgaudit.logs: found "pgaudit.logs", which PostgreSQL 18 does not have; allowed: the parameters of PostgreSQL 18, or "module.parameter". Did you mean "pgaudit.log"? [unknown-parameter]',
  ],
  [
    'a blocked parameter, in mixed letters',
    { config: { parameters: { Archive_Command: 'cp' } } },
    'config.parameters.Archive_Command: found a parameter of the cluster itself; allowed: parameters that the cluster does not set; archive_command belongs to the backups. Write repositories. [parameter-owned]',
  ],
  [
    'a blocked parameter with an argument of its own',
    { config: { parameters: { synchronous_standby_names: '*' } } },
    'config.parameters.synchronous_standby_names: found a parameter of the cluster itself; allowed: parameters that the cluster does not set; synchronous_standby_names is set by Patroni at each change of members. Write synchronous and synchronousNumber. [parameter-owned]',
  ],
  [
    'a dangerous parameter',
    { config: { parameters: { fsync: 'off' } } },
    'config.parameters.fsync: found a parameter of the cluster itself; allowed: parameters that the cluster does not set; fsync can destroy data. Leave it out. [parameter-owned]',
  ],
  [
    'a parameter that only shows',
    { config: { parameters: { block_size: '8192' } } },
    'config.parameters.block_size: found "block_size"; allowed: parameters that can be set; this one only shows a fact. [parameter-read-only]',
  ],
  [
    'a parameter in two spellings',
    { config: { parameters: { work_mem: '8MB', WORK_MEM: '9MB' } } },
    'config.parameters.WORK_MEM: found "WORK_MEM" again; allowed: each parameter once; capital and small letters mean the same. [parameter-twice]',
  ],
  [
    'a value that is no number',
    { config: { parameters: { work_mem: 'lots' } } },
    'config.parameters.work_mem: found "lots"; allowed: a whole number, from 64kB to 2147483647kB, with a unit: B, kB, MB, GB or TB. [parameter-value]',
  ],
  [
    'a unit in the wrong letters',
    { config: { parameters: { work_mem: '64mb' } } },
    'config.parameters.work_mem: found "64mb"; allowed: a whole number, from 64kB to 2147483647kB, with a unit: B, kB, MB, GB or TB. Did you mean "64MB"? [parameter-value]',
  ],
  [
    'a unit of Kubernetes',
    { config: { parameters: { shared_buffers: '64Mi' } } },
    'config.parameters.shared_buffers: found "64Mi"; allowed: a whole number, from 128kB to 8589934584kB, with a unit: B, kB, MB, GB or TB. Did you mean "64MB"? [parameter-value]',
  ],
  [
    'a unit of time for memory',
    { config: { parameters: { work_mem: '5min' } } },
    'config.parameters.work_mem: found "5min"; allowed: a whole number, from 64kB to 2147483647kB, with a unit: B, kB, MB, GB or TB. [parameter-value]',
  ],
  [
    'a value too small',
    { config: { parameters: { work_mem: '1kB' } } },
    'config.parameters.work_mem: found "1kB"; allowed: a whole number, from 64kB to 2147483647kB, with a unit: B, kB, MB, GB or TB. [parameter-value]',
  ],
  [
    'a value that Patroni would raise',
    { config: { parameters: { max_connections: '20' } } },
    'config.parameters.max_connections: found "20"; allowed: a whole number, from 25 to 262143 (for less, Patroni silently takes its default). [parameter-value]',
  ],
  [
    'a share of more than one',
    { config: { parameters: { checkpoint_completion_target: '2' } } },
    'config.parameters.checkpoint_completion_target: found "2"; allowed: a number, from 0 to 1. [parameter-value]',
  ],
  [
    'a switch',
    { config: { parameters: { jit: 'maybe' } } },
    'config.parameters.jit: found "maybe"; allowed: on or off. [parameter-value]',
  ],
  [
    'a choice',
    { config: { parameters: { wal_compression: 'zip' } } },
    'config.parameters.wal_compression: found "zip"; allowed: pglz, lz4, zstd, on or off. [parameter-value]',
  ],
  [
    'a value with a line end',
    { config: { parameters: { search_path: 'a\nb' } } },
    'config.parameters.search_path: found "a\\nb"; allowed: a text on one line, without NUL. [parameter-value]',
  ],
  [
    'wal_level',
    { config: { parameters: { wal_level: 'minimal' } } },
    'config.parameters.wal_level: found "minimal"; allowed: replica or logical: a replica streams WAL. [parameter-value]',
  ],
  [
    'an old TLS',
    { config: { parameters: { ssl_min_protocol_version: 'TLSv1' } } },
    'config.parameters.ssl_min_protocol_version: found "TLSv1"; allowed: TLSv1.2 or TLSv1.3. [parameter-value]',
  ],
  [
    'commits that would not wait',
    { synchronous: 'strict', config: { parameters: { synchronous_commit: 'local' } } },
    'config.parameters.synchronous_commit: found "local" with synchronous: "strict"; allowed: on, remote_apply or remote_write, or commits would not wait for a replica. SET synchronous_commit in the transactions that may be lost. [synchronous-commit-defeats-mode]',
  ],
  [
    'a library',
    { config: { parameters: { shared_preload_libraries: 'pg_stat_statements, timescaledb' } } },
    'config.parameters.shared_preload_libraries: found "timescaledb", which is not in the image: PostgreSQL would not start; allowed: auth_delay, auto_explain, passwordcheck, pg_cron, pg_partman_bgw, pg_prewarm, pg_stat_statements or pgaudit. [library-not-in-image]',
  ],
  [
    'a time zone',
    { config: { parameters: { timezone: 'Europe/Belrin' } } },
    'config.parameters.timezone: found "Europe/Belrin"; allowed: a time zone, for example "UTC" or "Europe/Berlin". [parameter-value]',
  ],
  [
    'a locale',
    { config: { parameters: { lc_messages: 'de_DE.UTF-8' } } },
    'config.parameters.lc_messages: found "de_DE.UTF-8", a locale that is not in the image; allowed: C, C.UTF-8, C.utf8 or POSIX. [parameter-value]',
  ],
  [
    'a member that is not there',
    { config: { memberParameters: { 'hippo-3': { work_mem: '8MB' } } } },
    'config.memberParameters.hippo-3: found "hippo-3"; allowed: a member of this cluster: hippo-1 or hippo-2. Did you mean "hippo-1"? [no-such-member]',
  ],
  [
    'a cluster-wide parameter for a member',
    { config: { memberParameters: { 'hippo-2': { Max_Connections: '200' } } } },
    'config.memberParameters.hippo-2.Max_Connections: found a parameter of one member; allowed: one value for the whole cluster; Patroni ignores it for a member. Write config.parameters.max_connections. [parameter-not-per-member]',
  ],
  [
    'WAL beyond its volume',
    { walStorage: { size: '1Gi' }, config: { parameters: { max_wal_size: '2GB' } } },
    'config.parameters.max_wal_size: found "2GB"; allowed: less than walStorage.size, 1Gi, or the volume fills up. [wal-beyond-volume]',
  ],
]);
