/** `npm run schema`: writes the schema of the Pulumi package anew from the types; the lint fails when it is stale. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageSchema, schemaFile, schemaText } from '../schema/schema';

const root = join(__dirname, '..', '..');
writeFileSync(join(root, schemaFile), schemaText(packageSchema(root)));
console.log(`${schemaFile} is written`);
