/** All of this project's own lint rules over all its files. */
import { stalePages } from '../docs/arguments';
import { docProblems } from './docstrings';
import { lengthProblems } from './file-length';
import { layerProblems } from './layers';
import { machineProblems, machineTexts } from './machine-text';
import type { Problem } from './problem';
import { sources } from './sources';

export function check(root: string): Problem[] {
  const forbidden = machineTexts(root);
  const problems = sources(root).flatMap((source) => [
    ...layerProblems(source.path, source.text),
    ...lengthProblems(source),
    ...machineProblems(source, forbidden),
  ]);
  return [...problems, ...docProblems(root), ...stalePages(root)];
}
