/** Lines of pg_hba.conf and pg_ident.conf: one that PostgreSQL can't read would keep the others from being taken up. */
import { ownMaps } from '../../config/hba';
import { defaultPostgresVersion } from '../defaults';
import type { Check } from './check';
import { items, known } from './check';
import type { Problem } from './problem';
import { anyOf, shown } from './words';

type Subject = Parameters<Check>[0];
type LineProblem = Omit<Problem, 'path'> | undefined;

const types = ['local', 'host', 'hostssl', 'hostgssenc', 'hostnogssenc'];
const methods = ['scram-sha-256', 'cert', 'ldap', 'radius', 'pam', 'gss', 'md5', 'reject', 'peer', 'oauth'];
const line =
  'a line "hostssl DATABASE USER ADDRESS METHOD", for example "hostssl app app 10.0.0.0/8 scram-sha-256"';

export function* hbaLines({ args }: Subject): Iterable<Problem> {
  for (const [n, text] of items(args.config?.hba).entries()) {
    const problem =
      known(text) === undefined
        ? undefined
        : hbaProblem(text, known(args.postgresVersion) ?? defaultPostgresVersion);
    if (problem) yield { ...problem, path: `config.hba[${n}]` };
  }
}

export function* identLines({ args }: Subject): Iterable<Problem> {
  for (const [n, text] of items(args.config?.ident).entries()) {
    const problem = known(text) === undefined ? undefined : identProblem(text);
    if (problem) yield { ...problem, path: `config.ident[${n}]` };
  }
}

function hbaProblem(text: string, version: number): LineProblem {
  const fields = fieldsOf(text);
  if (!Array.isArray(fields)) return fields;
  const [type = '', database = '', user = '', ...rest] = fields;
  if (fields.length === 0) return undefined;
  const code = 'hba-line';
  if (type === 'hostnossl')
    return {
      code,
      found: shown(text),
      allowed: 'connections with TLS; those without are rejected before this line',
    };
  if (!types.includes(type)) return { code, found: shown(text), allowed: line };
  const address = type === 'local' ? 0 : addressLength(rest);
  const method = address === undefined ? undefined : rest[address];
  if (database === '' || user === '' || method === undefined)
    return { code, found: shown(text), allowed: line };
  const options = rest.slice(address! + 1);
  return (
    methodProblem(text, type, method) ??
    optionsProblem(text, options) ??
    needsProblem(text, method, options, version)
  );
}

/** How many fields the address takes: two with a mask of its own; undefined when there is none. */
function addressLength([address = '', next = '']: readonly string[]): number | undefined {
  if (address === '') return undefined;
  const [host = '', bits, ...more] = address.split('/');
  const version = ipVersion(host);
  if (bits !== undefined) {
    const most = version === 4 ? 32 : 128;
    return version !== 0 && more.length === 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= most
      ? 1
      : undefined;
  }
  if (version !== 0) return ipVersion(next) === version ? 2 : undefined;
  // A host name, a suffix of one, or a keyword.
  return /^\.?[A-Za-z0-9]([-_.A-Za-z0-9]*[A-Za-z0-9])?$/.test(address) ? 1 : undefined;
}

/** 4, 6, or 0 for what is no address. */
function ipVersion(text: string): 0 | 4 | 6 {
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255)) return 4;
  return text.includes(':') && URL.canParse(`http://[${text}]/`) ? 6 : 0;
}

function methodProblem(text: string, type: string, method: string): LineProblem {
  const instead = 'Write scram-sha-256.';
  if (method === 'trust')
    return {
      code: 'hba-trust',
      found: `${shown(text)}: "trust" lets in anybody who reaches the server, as any user`,
      allowed: anyOf(methods),
      instead,
    };
  if (method === 'password' || method === 'ident')
    return {
      code: 'hba-method',
      found: `${shown(text)}: "${method}" trusts the other side with too much`,
      allowed: anyOf(methods),
      instead,
    };
  if (!methods.includes(method))
    return { code: 'hba-method', found: `${shown(text)}: method ${shown(method)}`, allowed: anyOf(methods) };
  if (method === 'peer' && type !== 'local')
    return { code: 'hba-method', found: shown(text), allowed: '"peer" on a line of type local' };
  if (method === 'cert' && type !== 'hostssl')
    return { code: 'hba-method', found: shown(text), allowed: '"cert" on a line of type hostssl' };
  return undefined;
}

function optionsProblem(text: string, options: readonly string[]): LineProblem {
  const strange = options.find((option) => !/^[a-z_]+=/.test(option));
  if (strange === undefined) return undefined;
  return {
    code: 'hba-line',
    found: `${shown(text)}: ${shown(strange)} after the method`,
    allowed: 'options as name=value after the method',
  };
}

/** Options without which PostgreSQL refuses the method (src/backend/libpq/hba.c); of each group one is enough. */
const needed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ldap: [['ldapbasedn', 'ldapprefix', 'ldapsuffix', 'ldapurl']],
  radius: [['radiusservers'], ['radiussecrets']],
  oauth: [['issuer'], ['scope']],
};

function needsProblem(
  text: string,
  method: string,
  options: readonly string[],
  version: number,
): LineProblem {
  if (method === 'oauth' && version < 18)
    return { code: 'hba-method', found: shown(text), allowed: '"oauth" with PostgreSQL 18' };
  const missing = needed[method]?.find(
    (group) => !group.some((name) => options.some((option) => option.startsWith(`${name}=`))),
  );
  if (!missing) return undefined;
  return { code: 'hba-line', found: shown(text), allowed: `"${method}" with the option ${anyOf(missing)}` };
}

function identProblem(text: string): LineProblem {
  const fields = fieldsOf(text);
  if (!Array.isArray(fields)) return fields;
  if (fields.length === 0) return undefined;
  if (fields.length !== 3)
    return { code: 'ident-line', found: shown(text), allowed: 'a line "MAP SYSTEM-USER DATABASE-USER"' };
  if (!ownMaps.includes(fields[0]!)) return undefined;
  return {
    code: 'ident-map',
    found: shown(text),
    allowed: `maps of other names than ${anyOf(ownMaps)}, by which the cluster itself logs in`,
  };
}

/** The fields of a line, as PostgreSQL splits it (src/backend/libpq/hba.c, next_token), or what is wrong with it. */
function fieldsOf(text: string): string[] | LineProblem {
  const code = 'access-line';
  if (/[\0\n\r]/.test(text) || text.trimEnd().endsWith('\\'))
    return {
      code,
      found: shown(text),
      allowed: 'one line an item, without a line end in it or a "\\" at its end',
    };
  const fields: string[] = [];
  let rest = text.trimStart();
  while (rest !== '' && !rest.startsWith('#')) {
    const field = /^(?:"[^"]*"|[^\s"#,]|,\s*)+/.exec(rest)?.[0];
    if (field === undefined) return { code, found: shown(text), allowed: 'quotes in pairs' };
    fields.push(field.trimEnd());
    rest = rest.slice(field.length).trimStart();
  }
  const included =
    /^(include|include_if_exists|include_dir)$/.test(fields[0] ?? '') ||
    fields.some((field) => /(^|,)\s*@/.test(field));
  if (included)
    return {
      code,
      found: shown(text),
      allowed: 'the rules themselves: there is no file in the pod to include',
    };
  return fields;
}
