import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CountedHash, sha256Hex, sha256Words } from '../src/sha256.ts';

test('SHA-256 agrees with the platform on messages of every length around the block size', () => {
  for (let length = 0; length <= 200; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255);
    const hex = Array.from(sha256Words(message), (word) => word.toString(16).padStart(8, '0')).join('');
    expect(hex).toBe(createHash('sha256').update(message).digest('hex'));
  }
});

test('SHA-256 of text is that of its UTF-8 bytes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
    }),
  );
});

test('the hash of a prefix and a counter is that of their concatenation, in one block or more', () => {
  for (let length = 0; length <= 70; length++) {
    const prefix = 'dimcert/1/'.repeat(7).slice(0, length);
    const hash = new CountedHash(prefix);
    for (const counter of [0, 9, 10, 7, 123456, 99, Number.MAX_SAFE_INTEGER, 1]) {
      const hex = Array.from(hash.words(counter), (word) => word.toString(16).padStart(8, '0')).join('');
      expect(hex).toBe(createHash('sha256').update(`${prefix}${counter}`).digest('hex'));
    }
  }
});
