// Writes provider/config/parameters-data.json from the servers in the image; with --check it only compares.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { built } from '../build/cache';
import { parametersFile, parametersText, recordedParameters } from '../image/parameters';
import { contentRecipe } from '../image/recipe';

async function main(): Promise<void> {
  const text = parametersText(path.join(await built(contentRecipe), 'root'));
  const name = path.relative(process.cwd(), parametersFile);
  if (!process.argv.includes('--check')) {
    fs.writeFileSync(parametersFile, text);
    console.log(`${name} is written from the servers in the image`);
  } else if (text === recordedParameters()) {
    console.log(`${name} is what the servers in the image say`);
  } else {
    console.error(
      `${name} is not what the servers in the image say: write it again with "node local/bootstrap.cjs image-parameters" and look at the difference`,
    );
    process.exitCode = 1;
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
