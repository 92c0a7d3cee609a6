/** Actions as custom resources: the engine's calls, with the same check, plan and execution as the dynamic resources of a TypeScript program. */
import { join } from 'node:path';
import { connectionKeys } from '../../actions/core/inputs';
import type { DynamicProvider } from '../../actions/core/provider';
import { detailedDiff, type Change } from './detailed-diff';
import { holdsSecret, marked, plain, type Properties } from './properties';

/** A call of the engine for one resource. */
export interface Called {
  readonly urn: string;
  readonly id: string;
}

export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** An error of an update that was begun: the resource keeps these properties. */
export interface Begun extends Error {
  readonly id: string;
  readonly properties: Properties;
  readonly reasons: readonly string[];
}

export interface Actions {
  check(
    called: Called,
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: readonly Failure[] }>;
  diff(
    called: Called,
    state: Properties,
    olds: Properties | undefined,
    news: Properties,
  ): Promise<{ changes: boolean; detailed: ReadonlyMap<string, Change> }>;
  create(called: Called, inputs: Properties): Promise<{ id: string; properties: Properties }>;
  read(called: Called, state: Properties): Promise<{ id: string; properties: Properties }>;
  update(called: Called, state: Properties, news: Properties): Promise<Properties>;
  delete(called: Called, state: Properties): Promise<void>;
}

/** The provider of the action with this token, `postgres-ha:index:Restart`. */
export type Find = (type: string) => DynamicProvider;

/** `types` are the tokens that there are. */
export function installed(types: readonly string[]): Find {
  return (type) => {
    const name = type.split(':').at(-1)!;
    if (!types.includes(type))
      throw new Error(`The package postgres-ha has no resource ${type}. Its resources: ${types.join(', ')}.`);
    // By the paths that are in the state of TypeScript's stacks, and that stay for ever for that reason.
    const folder = name.replace(/[A-Z]/g, (letter, at: number) => (at > 0 ? '-' : '') + letter.toLowerCase());
    const { provider } = require(join(__dirname, '..', '..', 'actions', folder, 'provider')) as {
      provider: DynamicProvider;
    };
    return provider;
  };
}

/** Not about what is done: how it is reached, and what a run leaves. */
const left = [...connectionKeys, 'identity', 'unfinished'];

export function actions(find: Find): Actions {
  const of = ({ urn }: Called): DynamicProvider => find(typeOf(urn));
  return {
    async check(called, olds, news) {
      const result = await of(called).check(plain(olds), told(called, news));
      return { inputs: marked(withoutRow(result.inputs), news), failures: result.failures };
    },

    async diff(called, state, olds, news) {
      const { changes } = await of(called).diff(called.id, plain(state), told(called, news));
      const whole = Object.keys(news).filter((key) => holdsSecret(news[key]));
      const detailed = detailedDiff(plain(olds ?? state), plain(news), left, whole);
      return { changes, detailed: changes ? detailed : new Map() };
    },

    async create(called, inputs) {
      const { id, outs } = await of(called).create(told(called, inputs));
      return { id, properties: marked(withoutRow(outs), inputs) };
    },

    async read(called, state) {
      const given = told(called, state);
      if (given['cluster'] === undefined)
        throw new Error(
          `${typeOf(called.urn)} can't be imported or read by its ID: it is a run, which is over, and no object. The runs of a cluster: pgha show events.`,
        );
      const { id, props } = await of(called).read(called.id, given);
      return { id, properties: marked(withoutRow(props), state) };
    },

    async update(called, state, news) {
      try {
        const { outs } = await of(called).update(called.id, plain(state), told(called, news));
        return marked(withoutRow(outs), news);
      } catch (error) {
        if (!isBegun(error)) throw error;
        throw Object.assign(error, { properties: marked(withoutRow(error.properties), state) });
      }
    },

    async delete(called, state) {
      await of(called).delete(called.id, told(called, state));
    },
  };
}

export function isBegun(error: unknown): error is Begun {
  return error instanceof Error && 'id' in error && 'properties' in error;
}

/** `urn:pulumi:stack::project::parent$type::name`. */
function typeOf(urn: string): string {
  return urn.split('::')[2]!.split('$').at(-1)!;
}

/** A dynamic resource has to be told its own URN, as an input; the plugin knows it by the call. */
function told({ urn }: Called, properties: Properties): Properties {
  return { ...plain(properties), row: urn };
}

function withoutRow({ row: _row, ...rest }: Properties): Properties {
  return rest;
}
