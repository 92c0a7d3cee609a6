/** The connection to an API server: kubeconfig, credentials, one request. */
import * as https from 'node:https';
import * as http from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import type { KubeConfig } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { statusError, unreachable, LiveError, type Attempt } from './errors';

export interface ConnectionOptions {
  /** Path or content. Default: as kubectl finds it (KUBECONFIG, ~/.kube/config, in-cluster). */
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly attempt: Attempt;
}

const timeoutMs = 30_000;
/** Credentials of an exec plugin (EKS) last minutes; those of a file never change. */
const credentialsMs = 60_000;

export class Connection {
  private options?: { value: https.RequestOptions; until: number };

  private constructor(
    readonly config: KubeConfig,
    readonly server: string,
  ) {}

  static async open(options: ConnectionOptions): Promise<Connection> {
    // Loaded here, not at the top: it takes half a second, and an unchanged resource needs no connection.
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const config = new KubeConfig();
    const given = options.kubeconfig;
    if (!given) config.loadFromDefault();
    else if (
      /^\s*(apiVersion|kind|clusters|users|contexts|current-context|preferences|\{|---|#)/m.test(given)
    )
      config.loadFromString(given);
    else if (existsSync(given)) config.loadFromString(readFileSync(given, 'utf8'));
    else
      throw new LiveError(
        'Other',
        `kubeconfig: there is no file ${given}, and it is not the content of a kubeconfig. Give a path or the content.`,
      );
    if (options.context) {
      const contexts = config.getContexts().map((context) => context.name);
      if (!contexts.includes(options.context))
        throw new LiveError(
          'Other',
          `context: the kubeconfig has no context "${options.context}". Allowed: ${contexts.join(', ') || 'none'}.`,
        );
      config.setCurrentContext(options.context);
    }
    const cluster = config.getCurrentCluster();
    if (!cluster)
      throw new LiveError(
        'Other',
        'The kubeconfig names no cluster. Set its current-context, or give `context`.',
      );
    return new Connection(config, cluster.server);
  }

  /** Request options with credentials and an agent that keeps its connections. */
  private async credentials(): Promise<https.RequestOptions> {
    if (this.options && this.options.until > Date.now()) return this.options.value;
    const value: https.RequestOptions = {};
    await this.config.applyToHTTPSOptions(value as Parameters<KubeConfig['applyToHTTPSOptions']>[0]);
    if (value.agent instanceof https.Agent && value.agent.constructor === https.Agent)
      value.agent = new https.Agent({ ...value.agent.options, keepAlive: true });
    else if (value.agent instanceof http.Agent && value.agent.constructor === http.Agent)
      value.agent = new http.Agent({ keepAlive: true });
    this.options = { value, until: Date.now() + credentialsMs };
    return value;
  }

  /** Sends a request and gives the response as soon as its head is there; a status of 300 or more is an error. */
  async open(call: Call, signal?: AbortSignal, idleMs = timeoutMs): Promise<http.IncomingMessage> {
    const options = await this.credentials();
    const url = new URL(this.server.replace(/\/$/, '') + call.path);
    for (const [key, value] of Object.entries(call.query ?? {}))
      if (value !== undefined) url.searchParams.set(key, value);
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const headers: http.OutgoingHttpHeaders = {
      ...(options.headers as http.OutgoingHttpHeaders),
      Accept: 'application/json',
    };
    if (body) {
      headers['Content-Type'] = call.contentType ?? 'application/json';
      headers['Content-Length'] = body.length;
    }
    return await new Promise((resolve, reject) => {
      const module = url.protocol === 'https:' ? https : http;
      const request = module.request(
        url,
        { ...options, method: call.method, headers, signal },
        (response) => {
          if ((response.statusCode ?? 500) < 300) return resolve(response);
          text(response).then(
            (answer) => reject(statusError(call.attempt, response.statusCode ?? 500, answer, this.server)),
            (error: Error) => reject(unreachable(call.attempt, this.server, error)),
          );
        },
      );
      request.setTimeout(idleMs, () => request.destroy(new Error(`no answer for ${idleMs / 1000} s`)));
      request.on('error', (error) => reject(unreachable(call.attempt, this.server, error)));
      request.end(body);
    });
  }

  async request(call: Call): Promise<string> {
    // A kept connection that the server has just closed fails at once; reading again is safe, writing is not always.
    for (let tries = 1; ; tries++) {
      try {
        return await text(await this.open(call));
      } catch (error) {
        const transient =
          error instanceof LiveError &&
          error.reason === 'Unreachable' &&
          /ECONNRESET|EPIPE|socket hang up/.test(error.message);
        if (!transient || tries > 3 || call.method !== 'GET') throw error;
      }
    }
  }
}

async function text(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
