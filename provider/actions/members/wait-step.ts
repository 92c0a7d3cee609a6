import type { Step } from '../core/steps';
import type { ObservedCluster } from './cluster';

/** The last step of what took members down. Pure. */
export function waitForAll({ declared, fenced }: ObservedCluster): Step {
  const members = declared.filter((name) => !fenced.includes(name));
  return {
    kind: 'wait',
    text: `wait until ${members.join(', ')} ${members.length > 1 ? 'are' : 'is'} up`,
  };
}
