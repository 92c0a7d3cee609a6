/**
 * From the stack's arguments, which may be Outputs, to plain data and back.
 *
 * An unknown value must make unknown only what uses it, but `apply` does not run at all while
 * anything in its Output is unknown. So unknown values are carried through the pure code as the
 * text `UNKNOWN`, by which Pulumi's own protocol writes them, and what was made with it becomes
 * exactly that text again: the engine then shows those properties, and only those, as unknown.
 */
import * as pulumi from '@pulumi/pulumi';
import type { PostgresClusterArgs } from './args';
import type { ResolvedArgs } from './resolved';
import { superuser } from './defaults';
import { isUnknown, UNKNOWN } from './spec';
import type { Problem } from './validation';
import { validatePasswords } from './validation';

/**
 * `apply` with unknown values in place. The second argument is what Pulumi's own `output()` uses
 * (sdk/nodejs/output.ts, "runWithUnknowns"); it is not in the type declarations.
 */
export function applyWithUnknowns<T, U>(value: pulumi.Output<T>, run: (value: T) => U): pulumi.Output<U> {
  type Apply = (run: (value: T) => U, runWithUnknowns: boolean) => pulumi.Output<U>;
  return (value.apply as unknown as Apply).call(value, run, true);
}

/** The arguments with every Output resolved and nothing secret among them. Keeps the resources that they depend on. */
export function resolveArgs(args: PostgresClusterArgs): pulumi.Output<ResolvedArgs> {
  const { superuserPassword: _superuser, kubeconfig: _kubeconfig, users, repositories, ...open } = args;
  const openUsers = users?.map(({ password: _password, ...user }) => user);
  const openRepositories = repositories?.map(({ key, keySecret, ...repository }) => ({
    ...repository,
    ...(key === undefined ? {} : { key: givenKey }),
    ...(keySecret === undefined ? {} : { keySecret: givenKey }),
  }));
  const all = pulumi.output({
    ...open,
    ...(openUsers ? { users: openUsers } : {}),
    ...(openRepositories ? { repositories: openRepositories } : {}),
  });
  return applyWithUnknowns(all as pulumi.Output<unknown>, (value) => withMarks(value) as ResolvedArgs);
}

/** In place of a key to S3, for validation: it is there. */
const givenKey = 'given';

/** The given keys to S3 by pgBackRest's name of the option, as one secret. */
export function givenKeys(args: PostgresClusterArgs): pulumi.Output<Record<string, string>> {
  const all = (args.repositories ?? []).flatMap(({ key, keySecret }, index) =>
    Object.entries({ [`repo${index + 1}-s3-key`]: key, [`repo${index + 1}-s3-key-secret`]: keySecret }),
  );
  const present = pulumi.output(Object.fromEntries(all.filter(([, value]) => value !== undefined)));
  return pulumi.secret(
    applyWithUnknowns(present as pulumi.Output<unknown>, (value) =>
      toUnknowns(withMarks(value) as Record<string, string>),
    ),
  );
}

/** Pulumi's unknown objects as `UNKNOWN`. */
export function withMarks(value: unknown): unknown {
  if (pulumi.isUnknown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(withMarks);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withMarks(inner)]));
}

/** A thing made of marked data, as the engine reads it: a text that holds the mark *is* the mark, a map with a marked key is unknown as a whole. */
export function toUnknowns<T>(value: T): T {
  return marksOnly(value) as T;
}

function marksOnly(value: unknown): unknown {
  if (isUnknown(value)) return UNKNOWN;
  if (Array.isArray(value)) return value.map(marksOnly);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  if (entries.some(([key]) => isUnknown(key))) return UNKNOWN;
  return Object.fromEntries(entries.map(([key, inner]) => [key, marksOnly(inner)]));
}

/** A password that the program gives, and the argument that it came from. */
interface Given {
  readonly path: string;
  readonly user: string;
  readonly value: string;
}

/** The given passwords; secret. One that is not known yet is `UNKNOWN`. */
function given(args: PostgresClusterArgs): pulumi.Output<Given[]> {
  const all = (args.users ?? []).map(({ name, password }, index) => ({
    path: `users[${index}].password`,
    user: name,
    value: password,
  }));
  all.push({ path: 'superuserPassword', user: superuser, value: args.superuserPassword });
  const present = pulumi.output(all.filter(({ value }) => value !== undefined)) as pulumi.Output<unknown>;
  return pulumi.secret(applyWithUnknowns(present, (value) => withMarks(value) as Given[]));
}

/** The given passwords by user name, as one secret. */
export function givenPasswords(args: PostgresClusterArgs): pulumi.Output<Record<string, string>> {
  return applyWithUnknowns(given(args), (all) =>
    toUnknowns(Object.fromEntries(all.map(({ user, value }) => [user, value]))),
  );
}

/** What is wrong with them. Not secret: a problem holds nothing of a password. */
export function passwordProblems(args: PostgresClusterArgs): pulumi.Output<Problem[]> {
  return pulumi.unsecret(applyWithUnknowns(given(args), validatePasswords));
}
