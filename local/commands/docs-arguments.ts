/** `npm run docs:arguments`: writes docs/arguments.md anew from the doc comments; the lint fails when it is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argumentsPage, argumentsText } from '../docs/arguments';
import { publicDeclarations } from '../docs/declarations';

const root = join(__dirname, '..', '..');
writeFileSync(join(root, argumentsPage), argumentsText(publicDeclarations(root)));
console.log(`${argumentsPage} is written`);
