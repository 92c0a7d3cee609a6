// The shape that validates programs without a compiler must know each argument that args.ts has, and no other.
import * as assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { argumentsShape } from '../../../provider/cluster/validation/arguments-shape';
import type { Shape } from '../../../provider/cluster/validation/shape';

const statements = ['args.ts', 'args-backups.ts'].flatMap((name) => {
  const path = join(__dirname, '../../../provider/cluster', name);
  return [...ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.ES2022, true).statements];
});
const interfaces = new Map(
  statements.filter(ts.isInterfaceDeclaration).map((found) => [found.name.text, found]),
);

/** Paths of all arguments below an interface: `users[].name`. */
function declared(name: string): string[] {
  return interfaces
    .get(name)!
    .members.filter(ts.isPropertySignature)
    .flatMap((member) => {
      const key = member.name.getText();
      const type = member.type!.getText();
      const inner = [...interfaces.keys()].find((candidate) => new RegExp(`\\b${candidate}\\b`).test(type));
      if (inner === undefined) return [key];
      const list = type.includes('[]') ? '[]' : '';
      return declared(inner).map((rest) => `${key}${list}.${rest}`);
    });
}

function shaped(shape: Shape): string[] {
  if (shape.kind === 'list' && shape.item.kind === 'object')
    return shaped(shape.item).map((rest) => `[].${rest}`);
  if (shape.kind !== 'object') return [''];
  return Object.entries(shape.fields).flatMap(([key, inner]) =>
    shaped(inner).map((rest) => (rest === '' ? key : rest.startsWith('[') ? key + rest : `${key}.${rest}`)),
  );
}

describe('the shape of the arguments', () => {
  it('has the keys of PostgresClusterArgs', () => {
    assert.deepEqual(shaped(argumentsShape).sort(), declared('PostgresClusterArgs').sort());
  });

  it('asks in a preview for what args.ts declares plain', () => {
    const declaredPlain = interfaces
      .get('PostgresClusterArgs')!
      .members.filter(ts.isPropertySignature)
      .filter((member) => !member.type!.getText().startsWith('Input<'))
      .map((member) => member.name.getText());
    assert.ok(argumentsShape.kind === 'object');
    const plain = Object.entries(argumentsShape.fields)
      .filter(([, shape]) => shape.plain === true)
      .map(([key]) => key);
    assert.deepEqual(plain.sort(), declaredPlain.sort());
  });
});
