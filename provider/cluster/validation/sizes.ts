/** CPU, memory and volumes: quantities that are none, and memory that its settings don't fit in. */
import { memoryOfServer, memoryPerConnection } from '../../config/parameter-sizes';
import { parameterValues } from '../../config/parameters';
import {
  formatMemory,
  formatQuantity,
  parseMemory,
  parseQuantity,
  parseSetting,
} from '../../config/quantity';
import { defaultMemory, defaultStorageSize } from '../defaults';
import { normalise } from '../normalise';
import { isUnknown } from '../spec';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { shown } from './words';

const Mi = 2 ** 20;
/** A fresh database is 40 MB, and WAL needs the least max_wal_size and max_slot_wal_keep_size besides. */
const leastVolume = 512 * Mi;
const leastMemory = 64 * Mi;
/** Of a program beside PostgreSQL: the exporter of an empty cluster takes 20. */
const leastBeside = 32 * Mi;

export function* quantities({ args }: Parameters<Check>[0]): Iterable<Problem> {
  const { cpu, cpuLimit, memory } = args.resources ?? {};
  yield* quantity('resources.cpu', cpu, 0.001, 'CPU, for example "500m" or "2"');
  yield* quantity('resources.cpuLimit', cpuLimit, 0.001, 'CPU, for example "500m" or "2"');
  yield* quantity('resources.memory', memory, leastMemory, 'memory, at least 64Mi, for example "4Gi"');
  yield* beside('pooler.resources', args.pooler?.resources, '128Mi');
  yield* beside('metrics.resources', args.metrics?.resources, '96Mi');
  const size = 'a size, at least 512Mi, for example "100Gi"';
  yield* quantity('storage.size', args.storage?.size, leastVolume, size);
  yield* quantity('walStorage.size', args.walStorage?.size, leastVolume, size);
  for (const [n, repository] of items(args.repositories).entries())
    yield* quantity(`repositories[${n}].size`, repository.size, leastVolume, size);
  for (const [n, trial] of items(args.backup?.testRestore).entries())
    yield* quantity(`backup.testRestore[${n}].size`, trial.size, leastVolume, size);
  const [least, most] = [parseQuantity(known(cpu) ?? '100m'), parseQuantity(known(cpuLimit) ?? '')];
  if (!isUnknown(cpu) && least !== undefined && most !== undefined && most < least)
    yield {
      code: 'cpu-limit-below-request',
      path: 'resources.cpuLimit',
      found: shown(cpuLimit),
      allowed: `at least resources.cpu, ${shown(cpu ?? '100m')}`,
    };
}

/** CPU and memory of a program beside PostgreSQL. */
function* beside(
  path: string,
  given: { readonly cpu?: string; readonly memory?: string } | undefined,
  example: string,
): Iterable<Problem> {
  yield* quantity(`${path}.cpu`, given?.cpu, 0.001, 'CPU, for example "500m" or "2"');
  const allowed = `memory, at least 32Mi, for example "${example}"`;
  yield* quantity(`${path}.memory`, given?.memory, leastBeside, allowed);
}

function* quantity(
  path: string,
  given: string | undefined,
  least: number,
  allowed: string,
): Iterable<Problem> {
  if (known(given) === undefined) return;
  const value = parseQuantity(given!);
  // The usual slips: PostgreSQL's units, and "m", which means a thousandth.
  const slip =
    /^(\d+) *([KMGT])i?b?$/i.exec(given!) ??
    (value !== undefined && value < least ? /^(\d+)(m)$/.exec(given!) : null);
  const meant = slip && `${slip[1]}${slip[2]!.toUpperCase()}i`;
  const instead = meant && meant !== given && least > 1 ? { instead: `Did you mean "${meant}"?` } : {};
  if (value === undefined) yield { code: 'not-a-quantity', path, found: shown(given), allowed, ...instead };
  else if (value < least || !Number.isFinite(value))
    yield { code: 'quantity-too-small', path, found: shown(given), allowed, ...instead };
}

/** Memory is the limit at which the kernel kills; what surely is used must fit. */
export function* memoryFits({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const memory = parseQuantity(known(args.resources?.memory ?? defaultMemory) ?? '');
  const values = effectiveValues({ name, args });
  const buffers = parseMemory(values['shared_buffers'] ?? '', '8kB');
  const connections = parseSetting(values['max_connections'] ?? '');
  if (memory === undefined || memory < leastMemory || buffers === undefined || connections === undefined)
    return;
  const rest = connections * memoryPerConnection + memoryOfServer;
  // Ours is a quarter of memory (parameter-sizes.ts), so more memory means more of it too.
  const given = 'shared_buffers' in normalise(name, args).config.parameters;
  const needed = given ? buffers + rest : rest / 0.75;
  if (needed <= memory) return;
  yield {
    code: 'memory-too-small',
    path: 'resources.memory',
    found: formatQuantity(memory),
    allowed:
      `at least ${formatQuantity(Math.ceil(needed / Mi) * Mi)}: ` +
      `${given ? `shared_buffers ${formatMemory(buffers)}` : 'a quarter for shared_buffers'}, ` +
      `${connections} connections of 1MB, 64MB for the server`,
    instead: 'Give more memory, or lower shared_buffers or max_connections.',
  };
}

/** WAL that PostgreSQL is told to keep must fit on its volume. */
export function* walFits({ name, args }: Parameters<Check>[0]): Iterable<Problem> {
  const volume = args.walStorage ? 'walStorage.size' : 'storage.size';
  const size = parseQuantity(known((args.walStorage ?? args.storage)?.size ?? defaultStorageSize) ?? '');
  if (size === undefined || size < leastVolume) return;
  const given = effectiveValues({ name, args });
  for (const setting of ['max_wal_size', 'max_slot_wal_keep_size', 'wal_keep_size']) {
    const kept = parseMemory(given[setting] ?? '', 'MB');
    if (kept !== undefined && kept > size)
      yield {
        code: 'wal-beyond-volume',
        path: `config.parameters.${setting}`,
        found: shown(given[setting]),
        allowed: `less than ${volume}, ${formatQuantity(size)}, or the volume fills up`,
      };
  }
}

function effectiveValues({ name, args }: Parameters<Check>[0]): Record<string, string> {
  // Only what these settings depend on: the rest may be wrong, and is said elsewhere.
  const { resources, storage, walStorage, postgresVersion, config } = args;
  const usable = {
    resources,
    storage,
    walStorage,
    postgresVersion,
    config: { parameters: config?.parameters },
  };
  return parameterValues(normalise(name, usable));
}
