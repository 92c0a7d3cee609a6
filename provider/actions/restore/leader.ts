/** Waiting for the restored member: it goes on by itself, for hours if need be, and says how. */
import { LiveError } from '../../live/errors';
import type { MemberState } from '../../live/patroni';
import { podName } from '../../manifests/names';
import { find, leaderOf } from '../members/find';
import { observation, watchedBy, type Observed } from '../members/observe';
import { restoreLine } from '../members/restoring';
import { isUp } from '../members/up';
import type { Choice } from './choice';
import type { RestoreContext } from './execute';

const foreverMs = 30 * 86_400_000;
/** The same trouble for so long does not pass by itself. The member goes on trying all the same. */
const troubleMs = 60_000;
/** Between two signs of life: a pod that is scheduled and starts, or a volume that is attached. */
const silenceMs = 600_000;

export async function leads(choice: Choice, attempt: number, context: RestoreContext): Promise<void> {
  const { live, inputs, progress, signal, run } = context;
  const { namespace, cluster } = inputs;
  const { leader } = choice;
  let trouble = { text: '', since: Date.now() };
  let heard = Date.now();
  await live.until(
    watchedBy(namespace, cluster),
    async (seen) => {
      const observed = observation(cluster, seen.of('Pod'), seen.of('Endpoints'));
      if (isLed(observed, leader)) return true;
      const member = find(observed, leader);
      const inPlace = member?.agent.inPlace;
      const own = inPlace?.id === run && inPlace.attempt === attempt ? inPlace : undefined;
      if (own?.state === 'failed')
        throw new LiveError('Other', await failure(own.text ?? '', choice, context));
      const now = member?.trouble ?? (own?.text?.startsWith('backup ') === false ? own.text : '') ?? '';
      if (now !== trouble.text) trouble = { text: now, since: Date.now() };
      if (now !== '' && Date.now() - trouble.since > troubleMs)
        throw new LiveError('Other', await failure(now, choice, context));
      if (own || (member && member.state !== '')) heard = Date.now();
      if (Date.now() - heard > silenceMs)
        throw new LiveError(
          'DeadlineExceeded',
          await failure(`${leader} gives no sign of life`, choice, context),
        );
      progress.show(`${leader}: ${situation(member, choice, `${run} ${attempt}`)}`);
      return undefined;
    },
    { deadline: foreverMs, what: `${leader} leads the restored cluster`, signal },
  );
}

function isLed(observed: Observed, leader: string): boolean {
  const member = leaderOf(observed);
  return member?.member === leader && member.role === 'primary' && isUp(member, leader);
}

function situation(member: MemberState | undefined, { backup }: Choice, now: string): string {
  if (!member) return 'no pod yet';
  const { inPlace, restore } = member.agent;
  if (member.trouble) return member.trouble;
  if (inPlace)
    return inPlace.state === 'copying' ? `copying ${inPlace.text ?? `backup ${backup}`}` : inPlace.state;
  const replay = restore?.inPlace === now ? restoreLine(restore) : undefined;
  return replay ?? (member.state === '' ? 'starting' : `recovering (${member.state})`);
}

/** With what PostgreSQL or pgBackRest said last, and the ways on. */
async function failure(text: string, { leader }: Choice, { live, inputs }: RestoreContext): Promise<string> {
  const log = await live.logs(inputs.namespace, podName(leader), 'database', 200).catch(() => '');
  const said = log
    .split('\n')
    .filter((line) => /FATAL|ERROR:|PANIC/.test(line) && !/STATEMENT|password/i.test(line));
  return [
    `${text}.`,
    ...said.slice(-3).map((line) => `  log of ${podName(leader)}: ${line.trim().slice(0, 300)}`),
    `The data of before are kept. Restore with another target, or go back: undo: true with another trigger (pgha restore ${inputs.cluster} --undo).`,
  ].join('\n');
}
