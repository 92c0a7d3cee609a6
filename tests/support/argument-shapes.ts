/** Whether the shapes that validation knows are those that the argument types declare, read from the TypeScript source. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import type { Shape } from '../../provider/cluster/validation/shape';

/** Paths of all arguments that a shape knows. */
function shaped(shape: Shape): string[] {
  if (shape.kind === 'list' && shape.item.kind === 'object')
    return shaped(shape.item).map((rest) => `[].${rest}`);
  if (shape.kind !== 'object') return [''];
  return Object.entries(shape.fields).flatMap(([key, inner]) =>
    shaped(inner).map((rest) => (rest === '' ? key : rest.startsWith('[') ? key + rest : `${key}.${rest}`)),
  );
}

/** The tests of one argument type, declared in `files`, whose shape is `shape`. */
export function itHasTheShapeOf(name: string, files: readonly string[], shape: Shape): void {
  const statements = files.flatMap((file) => [
    ...ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true).statements,
  ]);
  const interfaces = new Map(
    statements.filter(ts.isInterfaceDeclaration).map((found) => [found.name.text, found]),
  );
  /** Its own, and those of what it extends. */
  const members = (of: string): ts.PropertySignature[] => {
    const found = interfaces.get(of)!;
    const inherited = (found.heritageClauses ?? []).flatMap(({ types }) => types.map((one) => one.getText()));
    return [...found.members.filter(ts.isPropertySignature), ...inherited.flatMap(members)];
  };

  /** Paths of all arguments below an interface: `users[].name`. */
  function declared(of: string): string[] {
    return members(of).flatMap((member) => {
      const key = member.name.getText();
      const type = member.type!.getText();
      const inner = [...interfaces.keys()].find((candidate) => new RegExp(`\\b${candidate}\\b`).test(type));
      if (inner === undefined) return [key];
      const list = type.includes('[]') ? '[]' : '';
      return declared(inner).map((rest) => `${key}${list}.${rest}`);
    });
  }

  it(`has the keys of ${name}`, () => {
    assert.deepEqual(shaped(shape).sort(), declared(name).sort());
  });

  it('asks in a preview for what args.ts declares plain', () => {
    const declaredPlain = members(name)
      .filter((member) => !member.type!.getText().startsWith('Input<'))
      .map((member) => member.name.getText());
    assert.ok(shape.kind === 'object');
    const plain = Object.entries(shape.fields)
      .filter(([, inner]) => inner.plain === true)
      .map(([key]) => key);
    assert.deepEqual(plain.sort(), declaredPlain.sort());
  });
}
