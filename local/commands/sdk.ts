/** `npm run sdk`: writes sdk/ anew from the schema; the lint fails when it is stale. */
import { join } from 'node:path';
import { generateSdks } from '../sdk/generate';

const root = join(__dirname, '..', '..');
void generateSdks(root, join(root, 'sdk')).then(() => console.log('sdk/ is written'));
