/** `npm run sbom [-- FILE]`: writes the bill of materials of the package; FILE is sbom.cdx.json unless given. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { billOfMaterials } from '../package/bill-of-materials';

const file = resolve(process.argv[2] ?? 'sbom.cdx.json');
writeFileSync(file, billOfMaterials(join(__dirname, '..', '..')));
console.log(`${file} is written`);
