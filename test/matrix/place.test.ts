import { expect, test } from 'vitest';
import { Kernel, stagingLength } from '../../src/kernel/kernel.ts';
import { placed, placeRows } from '../../src/matrix/place.ts';

function residues(data: ArrayLike<number | bigint>, prime: number): number[] {
  const kernel = Kernel.create(prime);
  const at = placed(kernel, { rows: 1, cols: data.length, data }, 'a');
  return Array.from(kernel.read(at, data.length));
}

test('entries are reduced, whatever array they come in', () => {
  expect(residues([-1, 7, 0, -0, 6, 13, -14], 7)).toEqual([6, 0, 0, 0, 6, 6, 0]);
  expect(residues([-1n, 10n ** 40n, 5], 4093)).toEqual([4092, Number(10n ** 40n % 4093n), 5]);
  const largest = Number.MAX_SAFE_INTEGER;
  for (const prime of [2, 4093, 8209, 2147483647])
    for (const data of [
      [largest, -largest],
      [BigInt(largest), BigInt(-largest)],
      Float64Array.of(largest, -largest),
    ])
      expect(residues(data, prime)).toEqual([
        Number(BigInt(largest) % BigInt(prime)),
        Number(BigInt(prime) - (BigInt(largest) % BigInt(prime))),
      ]);
  expect(residues(Int8Array.of(-128, 127), 5)).toEqual([2, 2]);
  expect(residues(Uint32Array.of(4294967295, 5), 2147483647)).toEqual([1, 5]);
  expect(residues(BigInt64Array.of(-1n), 5)).toEqual([4]);
  expect(residues([], 5)).toEqual([]);
});

test('arrays of 64-bit integers from another realm', () => {
  // An array that is no instance of this realm's class, as those of frames and of test environments are.
  const foreign = Object.setPrototypeOf(
    BigInt64Array.of(-1n, 8n),
    Object.create(BigInt64Array.prototype),
  ) as BigInt64Array;
  Object.defineProperty(BigInt64Array, Symbol.hasInstance, { value: () => false, configurable: true });
  try {
    expect(residues(foreign, 7)).toEqual([6, 1]);
  } finally {
    Reflect.deleteProperty(BigInt64Array, Symbol.hasInstance);
  }
});

test('rows longer than the staging', () => {
  const long = Float64Array.from({ length: 2 * stagingLength + 7 }, (_, i) => i * 1e9 - 4e12);
  const expected = Array.from(long, (x) => Number(((BigInt(x) % 8209n) + 8209n) % 8209n));
  expect(residues(long, 8209)).toEqual(expected);
  expect(residues(Array.from(long), 8209)).toEqual(expected);
});

test('doubles of any size, wherever they stand among others', () => {
  const sizes = [0, 1, 2 ** 31, 2 ** 52 - 1, 2 ** 52, 2 ** 52 + 1, 2 ** 53 - 1];
  const edges = sizes.flatMap((size) => [size, -size]);
  for (const prime of [2, 3, 5, 4093, 8191, 8209, 2147483647]) {
    const multiples = sizes.map((size) => size - (size % prime));
    for (let start = 0; start < 9; start++) {
      const data = Float64Array.from([...Array(start).keys(), ...edges, ...multiples, 12345, 678]);
      const expected = Array.from(data, (x) =>
        Number(((BigInt(x) % BigInt(prime)) + BigInt(prime)) % BigInt(prime)),
      );
      expect(residues(data, prime)).toEqual(expected);
    }
    for (let i = 0; i < 11; i++) {
      const data = new Float64Array(11).fill(7);
      data[i] = 2 ** 40 + 0.5;
      expect(() => residues(data, prime)).toThrow(`a.data[${i}]`);
    }
  }
});

test('rows go where the stride says, and nothing lies between', () => {
  const kernel = Kernel.create(7);
  const at = kernel.allocate(10);
  placeRows(kernel, { rows: 2, cols: 3, data: [1, 2, 3, 4, 5, 6] }, 'a', at, 5);
  expect(Array.from(kernel.read(at, 10))).toEqual([1, 2, 3, 0, 0, 4, 5, 6, 0, 0]);
});

test('an entry that is no integer is named by its index', () => {
  const place = (data: unknown): (() => void) => {
    return () => placed(Kernel.create(7), { rows: 2, cols: 2, data: data as number[] }, 'a');
  };
  for (const bad of [0.5, NaN, Infinity, -Infinity, 2 ** 53, -(2 ** 53)])
    for (const data of [[0, 0, 1, bad], Float64Array.of(0, 0, 1, bad)])
      expect(place(data)).toThrow(
        new RangeError(`a.data[3]: expected a safe integer or a bigint, got ${bad}`),
      );
  for (const bad of ['1', null, undefined, true]) expect(place([0, 0, bad, 1])).toThrow(TypeError);
  expect(place([0, 0, '1', 1])).toThrow('a.data[2]: expected a safe integer or a bigint, got "1"');
});
