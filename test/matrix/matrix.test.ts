import { expect, test } from 'vitest';
import { PrimeField } from '../../src/field/prime-field.ts';
import { assertMatrix, residueOfEntry, type Matrix } from '../../src/matrix/matrix.ts';

const faulty = (matrix: unknown): (() => void) => {
  return () => assertMatrix(matrix as Matrix);
};

test('a bad shape is named', () => {
  expect(faulty(null)).toThrow(new TypeError('matrix: expected a matrix { rows, cols, data }, got null'));
  expect(faulty(7)).toThrow(TypeError);
  expect(faulty({ rows: -1, cols: 2, data: [] })).toThrow(
    new RangeError('matrix.rows: expected an integer ≥ 0, got -1'),
  );
  expect(faulty({ rows: 1, cols: 1.5, data: [] })).toThrow(RangeError);
  expect(faulty({ rows: '1', cols: 1, data: [1] })).toThrow(TypeError);
  expect(faulty({ rows: 1, cols: 1, data: 'x' })).toThrow(TypeError);
  expect(faulty({ rows: 1, cols: 1, data: {} })).toThrow(TypeError);
  expect(faulty({ rows: 2, cols: 2, data: [1, 2, 3] })).toThrow(
    new RangeError('matrix.data: expected 2 × 2 entries, got 3'),
  );
  expect(faulty({ rows: 0, cols: 5, data: [] })).not.toThrow();
});

test('entries are reduced, whatever array they come in', () => {
  const row = (data: ArrayLike<number | bigint>, prime: number): number[] => {
    const matrix = { rows: 1, cols: data.length, data };
    return Array.from(data, (_, i) => residueOfEntry(matrix, i, new PrimeField(prime)) as number);
  };
  expect(row([-1, 7, 0, -0, 6, 13, -14], 7)).toEqual([6, 0, 0, 0, 6, 6, 0]);
  expect(row([-1n, 10n ** 40n, 5n], 4093)).toEqual([4092, Number(10n ** 40n % 4093n), 5]);
  expect(row([Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER], 2147483647)).toEqual(
    [Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER].map((x) =>
      Number(((BigInt(x) % 2147483647n) + 2147483647n) % 2147483647n),
    ),
  );
  expect(row(Int8Array.of(-128, 127), 5)).toEqual([2, 2]);
  expect(row(Float64Array.of(4, -3), 5)).toEqual([4, 2]);
  expect(row(BigInt64Array.of(-1n), 5)).toEqual([4]);
});

test('an entry that is no integer is named by its index', () => {
  const read = (data: unknown[]): (() => void) => {
    const matrix = { rows: 2, cols: 2, data: data as number[] };
    return () => [2, 3].map((index) => residueOfEntry(matrix, index, new PrimeField(7), 'a'));
  };
  for (const bad of [0.5, NaN, Infinity, -Infinity, 2 ** 53])
    expect(read([0, 0, 1, bad])).toThrow(
      new RangeError(`a.data[3]: expected a safe integer or a bigint, got ${bad}`),
    );
  for (const bad of ['1', null, undefined, true]) expect(read([0, 0, bad, 1])).toThrow(TypeError);
  expect(read([0, 0, '1', 1])).toThrow('a.data[2]');
});
