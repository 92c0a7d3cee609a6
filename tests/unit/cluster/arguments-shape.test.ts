// The shape that validates programs without a compiler must know each argument that args.ts has, and no other.
import { join } from 'node:path';
import { argumentsShape } from '../../../provider/cluster/validation/arguments-shape';
import { itHasTheShapeOf } from '../../support/argument-shapes';

const files = ['args.ts', 'args-backups.ts', 'args-metrics.ts', 'args-pooler.ts'].map((name) =>
  join(__dirname, '../../../provider/cluster', name),
);

describe('the shape of the arguments', () => {
  itHasTheShapeOf('PostgresClusterArgs', files, argumentsShape);
});
