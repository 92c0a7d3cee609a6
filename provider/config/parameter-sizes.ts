/** Settings derived from the memory and the volumes of a member. */
import type { ClusterSpec } from '../cluster/spec';
import { isUnknown, UNKNOWN } from '../cluster/spec';
import type { Setting } from './parameters';
import { formatMemory, parseMemory, parseQuantity, parseSetting } from './quantity';

const kB = 2 ** 10;
const MB = 2 ** 20;
const GB = 2 ** 30;

/** What a connection takes at least besides work_mem: catalogue caches and stack [measured by many: 1 to 5 MB]. */
export const memoryPerConnection = MB;
/** Postmaster, background processes and Patroni's Python. */
export const memoryOfServer = 64 * MB;

/** `given` are the settings that win over these, since some depend on each other. */
export function sizeSettings(spec: ClusterSpec, given: ReadonlyMap<string, string>): Setting[] {
  return [...memorySettings(spec, given), ...volumeSettings(spec)];
}

function memorySettings(spec: ClusterSpec, given: ReadonlyMap<string, string>): Setting[] {
  const sizes = memorySizes(spec.resources.memory, given);
  const text = (size: keyof MemorySizes) => (sizes ? formatMemory(sizes[size]) : UNKNOWN);
  return [
    ['shared_buffers', text('sharedBuffers'), '25 % of memory'],
    [
      'effective_cache_size',
      text('cache'),
      '75 % of memory: shared_buffers and the page cache, which counts to the pod',
    ],
    [
      'maintenance_work_mem',
      text('maintenance'),
      '1/16 of memory, since three autovacuum workers may take it at once',
    ],
    [
      'work_mem',
      text('work'),
      'what is left, over four times max_connections: sorts of every connection fit before the pod is killed',
    ],
  ];
}

interface MemorySizes {
  readonly sharedBuffers: number;
  readonly cache: number;
  readonly maintenance: number;
  readonly work: number;
}

function memorySizes(quantity: string, given: ReadonlyMap<string, string>): MemorySizes | undefined {
  const connections = parseSetting(given.get('max_connections') ?? '100');
  const memory = isUnknown(quantity) ? undefined : parseQuantity(quantity);
  if (memory === undefined || connections === undefined) return undefined;
  const sharedBuffers = wholeMB(memory / 4);
  const used = parseMemory(given.get('shared_buffers') ?? '', '8kB') ?? sharedBuffers;
  return {
    sharedBuffers,
    cache: wholeMB((memory * 3) / 4),
    maintenance: clamp(wholeMB(memory / 16), 16 * MB, GB),
    work: clamp(multipleOf(64 * kB, (memory - used) / (4 * connections)), MB, 64 * MB),
  };
}

/**
 * WAL must never fill its volume: a slot of a member that is gone would keep all of it. Derived
 * from the size that is asked for, so growing a volume only reloads.
 */
function volumeSettings(spec: ClusterSpec): Setting[] {
  const own = spec.walStorage !== undefined;
  const quantity = (spec.walStorage ?? spec.storage).size;
  const size = isUnknown(quantity) ? undefined : parseQuantity(quantity);
  const part = (share: number, least: number, most: number) =>
    size === undefined ? UNKNOWN : formatMemory(clamp(wholeMB(size * share), least, most));
  const of = own ? 'the WAL volume' : 'the data volume';
  const [slots, wal] = own ? [0.5, 0.25] : [0.2, 0.1];
  return [
    [
      'max_slot_wal_keep_size',
      part(slots, 128 * MB, 1024 * GB),
      `${slots * 100} % of ${of}: a lost replica can't fill it`,
    ],
    ['max_wal_size', part(wal, 128 * MB, 16 * GB), `${wal * 100} % of ${of}, 16 GB at most`],
    ['min_wal_size', part(wal / 4, 80 * MB, GB), 'segments that are used again: a quarter of max_wal_size'],
  ];
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function multipleOf(unit: number, value: number): number {
  return Math.floor(value / unit) * unit;
}

function wholeMB(bytes: number): number {
  return multipleOf(MB, bytes);
}
