/**
 * YAML that is the same for the same content, and that PyYAML, by which Patroni and the agent read
 * it, takes for the same content. PyYAML is YAML 1.1: there a bare `off`, `no`, `1_000` or `12:30`
 * is no text, and some characters end a line or are refused even in quotes.
 */
import { Document, Scalar, visit } from 'yaml';

/** Under a first line that says what it is. */
export function yamlText(content: unknown, title: string): string {
  // Without `aliasDuplicateObjects: false` an object that occurs twice becomes an anchor and an alias.
  const document = new Document(content, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      // A bare `=` has a meaning of its own in 1.1.
      if (typeof node.value === 'string' && /[^\x20-\x7e]|^=$/.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  const text = document.toString({ lineWidth: 0, doubleQuotedMinMultiLineLength: Infinity });
  return `# ${title}\n${withEscapes(quotedMerges(text))}`;
}

/** These occur only in double quotes (above), where an escape means the same. */
function withEscapes(text: string): string {
  return text.replace(
    /[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]/gu,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A bare `<<` is 1.1's merge, which the library writes so whatever is asked. */
function quotedMerges(text: string): string {
  return text.replace(/^(\s*(?:- )*(?:\w+: )?)<<$/gm, '$1"<<"');
}
