// npm run build: provider/ compiled to dist/, as it is published.
import { compile } from '../package/build';

compile((line) => process.stdout.write(line));
