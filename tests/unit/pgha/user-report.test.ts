import assert from 'node:assert/strict';
import { userText } from '../../../provider/cmd/pgha/render';
import { userLines } from '../../../provider/cmd/pgha/user-report';

const encoded = (text: string): string => Buffer.from(text).toString('base64');
const secret = (user: string, password: string) => ({
  metadata: { name: `hippo-user-${user}` },
  data: { user: encoded(user), password: encoded(password) },
});
const role = (name: string, validUntil = '', expired = false) => ({ name, validUntil, expired });

describe('pgha show user', () => {
  it('prints the table of pgo', () => {
    const secrets = [secret('shop', 'securerandomlygenerated'), secret('app', 'x')];
    const lines = userLines('hippo', secrets, [role('app', '2027-01-01 00:00:00+00'), role('shop')]);
    assert.equal(
      userText(lines),
      `
CLUSTER USERNAME PASSWORD                EXPIRES                STATUS ERROR
------- -------- ----------------------- ---------------------- ------ -----
hippo   app      x                       2027-01-01 00:00:00+00 ok
hippo   shop     securerandomlygenerated never                  ok
`,
    );
  });

  it('shows what is wrong with a user', () => {
    const [missing] = userLines('hippo', [secret('app', 'x')], []);
    assert.equal(missing?.error, 'there is no such role in the database');
    const [unreachable] = userLines('hippo', [secret('app', 'x')], { error: 'there is no primary' });
    assert.equal(unreachable?.error, 'the primary does not answer: there is no primary');
    const [expired] = userLines('hippo', [secret('app', 'x')], [role('app', '2020-01-01 00:00:00+00', true)]);
    assert.equal(expired?.expires, 'expired');
  });

  it('keeps a password with a line break on its line', () => {
    const lines = userLines('hippo', [secret('app', 'a\nb')], [role('app')]);
    assert.match(userText(lines), /"a\\nb"/);
  });

  it('says so when there is none', () => {
    assert.equal(userText([]), 'No users found.\n');
  });
});
