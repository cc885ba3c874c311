import { expect, test } from 'vitest';
import { sha256Hex } from '../../src/verify/sha256.ts';
import { sha256Bytes } from './reference.ts';

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// FIPS 180-4 examples and the vectors of NIST's CAVP and NESSIE.
test.each([
  ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq',
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
  [
    'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    'cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1',
  ],
  ['a'.repeat(1_000_000), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
])('the vectors of the standard: %#', (text, digest) => {
  expect(sha256Hex(text)).toBe(digest);
});

test('every length across three blocks agrees with Web Crypto', async () => {
  for (let length = 0; length <= 192; length++) {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(33 + ((i * 7 + length) % 90))).join('');
    expect(sha256Hex(text)).toBe(hex(await sha256Bytes(text)));
  }
});

test('texts beyond ASCII are hashed as UTF-8', async () => {
  for (const text of ['ε·ds', '∈ R^{d′×v}', '🂡', '\ud800'])
    expect(sha256Hex(text)).toBe(hex(await sha256Bytes(text)));
});
