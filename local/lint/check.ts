/** All of this project's own lint rules over all its files. */
import { stalePages } from '../docs/arguments';
import { staleSchema } from '../schema/schema';
import { staleSdks } from '../sdk/generate';
import { docProblems } from './docstrings';
import { lengthProblems } from './file-length';
import { layerProblems } from './layers';
import { linkProblems } from './links';
import { machineProblems, machineTexts } from './machine-text';
import type { Problem } from './problem';
import { sources } from './sources';

export function check(root: string): Problem[] {
  const forbidden = machineTexts(root);
  const all = sources(root);
  const problems = all.flatMap((source) => [
    ...layerProblems(source.path, source.text),
    ...lengthProblems(source),
    ...machineProblems(source, forbidden),
  ]);
  const stale = [...stalePages(root), ...staleSchema(root), ...staleSdks(root)];
  return [...problems, ...linkProblems(all), ...docProblems(root), ...stale];
}
