/** The CLI as a test calls it. */
import assert from 'node:assert/strict';
import { run } from '../../provider/cmd/pgha/program';

/** What `pgha` prints; it must end well. */
export function pghaIn(namespace: string, kubeconfig: string): (...args: string[]) => Promise<string> {
  return async (...args) => {
    let text = '';
    const write = (more: string): void => void (text += more);
    const options = [...args, '-n', namespace, '--kubeconfig', kubeconfig];
    assert.equal(await run(options, { write, colour: false }, write), 0, text);
    return text;
  };
}
