// The few requests that the platform itself makes to its API server, with the administrator's
// certificate. A client library would cost a second at every start.
import * as fs from 'node:fs';
import * as https from 'node:https';
import { pkiFile } from './pki';
import { apiUrl } from './settings';

export interface Answer {
  status: number;
  body: string;
}

export function request(method: string, url: string, body?: unknown, timeout = 5000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = https.request(
      `${apiUrl}${url}`,
      {
        method,
        agent: false,
        ca: fs.readFileSync(pkiFile('ca.crt')),
        cert: fs.readFileSync(pkiFile('admin.crt')),
        key: fs.readFileSync(pkiFile('admin.key')),
        headers: body === undefined ? {} : { 'content-type': 'application/apply-patch+yaml' },
        timeout,
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => (text += part));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
        answer.on('error', reject);
      },
    );
    outgoing.on('timeout', () =>
      outgoing.destroy(new Error(`no answer from ${apiUrl}${url} within ${timeout} ms`)),
    );
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Server-side apply of one object. */
export async function apply(url: string, object: object): Promise<void> {
  const answer = await request('PATCH', `${url}?fieldManager=local&force=true`, object);
  if (answer.status >= 300) throw new Error(`${url} could not be applied: ${answer.status} ${answer.body}`);
}

interface NodeList {
  items: {
    metadata: { name: string };
    status: { conditions?: { type: string; status: string; message?: string }[] };
  }[];
}

export async function nodeReadiness(): Promise<{ name: string; ready: boolean; message: string }[]> {
  const answer = await request('GET', '/api/v1/nodes');
  if (answer.status !== 200)
    throw new Error(`the list of nodes could not be read: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as NodeList).items.map((node) => {
    const condition = node.status.conditions?.find(({ type }) => type === 'Ready');
    return {
      name: node.metadata.name,
      ready: condition?.status === 'True',
      message: condition?.message ?? 'no condition yet',
    };
  });
}
