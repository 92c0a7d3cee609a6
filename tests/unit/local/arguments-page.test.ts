import assert from 'node:assert/strict';
import ts from 'typescript';
import { argumentsText, split } from '../../../local/docs/arguments';
import { declarationsOf } from '../../../local/docs/declarations';

describe('docs/arguments.md', () => {
  const docs: [string, string, string][] = [
    ['Replicas. Default: 1.', 'Replicas.', '1'],
    ['Host. Default: sts.amazonaws.com, which EKS uses.', 'Host.', 'sts.amazonaws.com, which EKS uses'],
    ['Class. Default: none. It stays.', 'Class. It stays.', 'none'],
    ['Default: s3.', '', 's3'],
    ['A target; default: to the end.', 'A target; default: to the end.', ''],
    ['The key. Default, with kms: made.', 'The key. Default, with kms: made.', ''],
  ];
  for (const [doc, described, defaults] of docs)
    it(`"${doc}" has the default "${defaults}"`, () => {
      assert.deepEqual(split(doc), { described, defaults });
    });

  it('has a chapter for each resource and function, with what its arguments lead to, once, and what it gives', () => {
    const source = `
      /** Letters. */
      export const Letter = {
        /** The first. */ a: 'A' } as const;
      /** What all have. */
      interface Base {
        /** Where. Default: here. */ place?: Input<string>; }
      /** A part. */
      interface PartArgs {
        /** Its letter. */ letter: Letter; }
      /** Arguments. */
      interface ThingArgs extends Base {
        /** Parts | pieces. */ parts?: PartArgs[];
        /** By name. */ names?: Input<{ [member: string]: Input<Input<string>[]> }>;
        /** Itself. */ thing: Thing | Input<string>;
      }
      /** A thing. */
      export class Thing extends ComponentResource {
        /** Its host. */ readonly host: pulumi.Output<string>;
        private hidden = 1;
        constructor(name: string, args: ThingArgs) {}
      }
      /** Which. */
      interface FindArgs {
        /** Its name. */ name: string; }
      /** Found. */
      interface Found {
        /** Its notes. */ readonly notes: Record<string, readonly string[]>; }
      /** Finds things. */
      export async function find(args: FindArgs): Promise<Found[]> {}`;
    const text = argumentsText(
      declarationsOf([ts.createSourceFile('a.ts', source, ts.ScriptTarget.ES2023, true)]),
    );
    assert.equal(
      text.slice(text.indexOf('## Thing')),
      `## Thing

A thing.

### ThingArgs

Arguments.

| Argument | Type | Default | |
| --- | --- | --- | --- |
| \`place\` | string | here | Where. |
| \`parts\` | list of [PartArgs](#partargs), the list itself plain | | Parts \\| pieces. |
| \`names\` | map of member to list of string | | By name. |
| \`thing\` | Thing or string, plain | (required) | Itself. |

### PartArgs

A part.

| Argument | Type | Default | |
| --- | --- | --- | --- |
| \`letter\` | [Letter](#letter), plain | (required) | Its letter. |

### Letter

Letters.

| Value | |
| --- | --- |
| \`A\` | The first. |

### Outputs of Thing

| Output | Type | |
| --- | --- | --- |
| \`host\` | string | Its host. |

## find

Finds things.

Gives: list of [Found](#found).

### FindArgs

Which.

| Argument | Type | Default | |
| --- | --- | --- | --- |
| \`name\` | string | (required) | Its name. |

### Found

Found.

| Property | Type | |
| --- | --- | --- |
| \`notes\` | map of string to list of string | Its notes. |
`,
    );
  });
});
