import { describe, expect, test } from 'vitest';
import { Kernel } from '../../src/kernel/kernel.ts';
import { Krylov } from '../../src/kernel/krylov.ts';
import { conjugated, prescribed, randomFactors, referenceCharpoly } from '../matrix/polynomials.ts';
import { generator, primes, type Rows } from './matrices.ts';

function filled(kernel: Kernel, rows: Rows): Krylov {
  const krylov = new Krylov(kernel, rows.length);
  for (const [i, row] of rows.entries())
    kernel.write(krylov.matrix + i * krylov.matrixStride * kernel.elementBytes, row);
  return krylov;
}

/** Cycles that begin with unit vectors; where they end. */
function cycles(krylov: Krylov): number[] {
  const ends: number[] = [];
  for (let k = 0; k < krylov.order;) {
    krylov.kernel.write(krylov.vector(k) + k * krylov.kernel.elementBytes, [1]);
    k = krylov.cycle(k);
    ends.push(k);
  }
  return ends;
}

describe.each(['simd', 'scalar'] as const)('%s kernel', (build) => {
  test('the polynomials of cycles: of the first, the minimal one of its vector; of all, the characteristic one', () => {
    for (const prime of primes) {
      const random = generator(prime);
      for (const n of [1, 2, 16, 31, 32, 33, 65]) {
        const { rows, charpoly } = prescribed(randomFactors(n, prime, random), prime, random);
        const krylov = filled(Kernel.create(prime, build), rows);
        const [first] = cycles(krylov);
        expect(Array.from(krylov.polynomial(n))).toEqual(charpoly);

        for (const [i, row] of rows.entries())
          krylov.kernel.write(krylov.matrix + i * krylov.matrixStride * krylov.kernel.elementBytes, row);
        krylov.kernel.write(krylov.vector(0), [1, ...Array<number>(n - 1).fill(0)]);
        expect(krylov.cycle(0)).toBe(first);
        const polynomial = krylov.polynomial(first!);
        expect([polynomial.length, polynomial[first!]]).toEqual([first! + 1, 1]);
        expect(krylov.closes(first!)).toBe(true);
      }
    }
  });

  test('a vector of zeros has the minimal polynomial 1, an eigenvector x − its eigenvalue', () => {
    const krylov = filled(Kernel.create(7, build), [
      [3, 0],
      [0, 4],
    ]);
    expect(krylov.cycle(0)).toBe(0);
    expect(Array.from(krylov.polynomial(0))).toEqual([1]);
    krylov.kernel.write(krylov.vector(0), [0, 5]);
    expect(krylov.cycle(0)).toBe(1);
    expect(Array.from(krylov.polynomial(1))).toEqual([3, 1]);
    expect(krylov.closes(1)).toBe(true);
    krylov.kernel.write(krylov.vector(0), [1, 1]);
    expect(krylov.closes(1)).toBe(false);
  });

  test('what the memory held before does not matter', () => {
    const kernel = Kernel.create(4093, build);
    const dirt = kernel.allocate(100_000);
    kernel.write(dirt, new Uint32Array(100_000).fill(4092));
    kernel.release(dirt);
    const rows = [
      [0, 2, 0],
      [0, 0, 3],
      [5, 1, 1],
    ];
    const krylov = filled(kernel, rows);
    cycles(krylov);
    expect(Array.from(krylov.polynomial(3))).toEqual(referenceCharpoly(rows, 4093));
  });

  test('the basis is made of rows and the matrix stays similar: coordinates are exchanged in both', () => {
    for (const prime of [2, 4093, 2147483647]) {
      const random = generator(5);
      // Zeros where the first pivots would be.
      const rows = conjugated(
        Array.from({ length: 40 }, (_, i) =>
          Array.from({ length: 40 }, (_, j) => Number(j === (i + 7) % 40)),
        ),
        prime,
        (bound) => random(bound) & 1,
      );
      const krylov = filled(Kernel.create(prime, build), rows);
      cycles(krylov);
      const after = filled(
        Kernel.create(prime, build),
        rows.map((_, i) =>
          Array.from(
            krylov.kernel.read(krylov.matrix + i * krylov.matrixStride * krylov.kernel.elementBytes, 40),
          ),
        ),
      );
      cycles(after);
      expect(after.polynomial(40)).toEqual(krylov.polynomial(40));
    }
  });
});

test('both builds compute the same, from any entries', () => {
  for (const prime of primes) {
    const random = generator(prime + 2);
    const half = prime >>> 1;
    const rows = Array.from({ length: 70 }, () =>
      Array.from({ length: 70 }, () => (half + random(2) + prime - random(2)) % prime),
    );
    const [simd, scalar] = (['simd', 'scalar'] as const).map((build) => {
      const krylov = filled(Kernel.create(prime, build), rows);
      return [cycles(krylov), krylov.polynomial(70)];
    });
    expect(simd).toEqual(scalar);
  }
});

test('a matrix that does not fit is refused before any room is taken', () => {
  const kernel = Kernel.create(8209);
  const mark = kernel.mark();
  expect(() => new Krylov(kernel, 30_000)).toThrow(
    /memory: expected at most 4096 MiB in all, got 10\d\d\d MiB/,
  );
  expect(kernel.mark()).toBe(mark);
});
