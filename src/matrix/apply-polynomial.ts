import type { Residue } from '../field/residue.ts';
import type { Kernel } from '../kernel/kernel.ts';

/**
 * V·f(A) for m row vectors V (m × n, rows contiguous) and an n × n matrix A in the kernel; returns its place on top of the heap.
 *
 *     V_i = V·A^i for i < b        side by side by doubling, with A, A², A⁴, …
 *     W_j = Σ_i f_(b·j + i)·V_i     one product for all j
 *     W_0 + (W_1 + …·A^b)·A^b      Horner's rule
 *
 * With d = deg f, O(n²·m·(b + d/b) + n³·log b) for the best b, a power of 2 (Paterson, Stockmeyer, SIAM J. Comput. 2, 1973; doubling: Keller-Gehrig,
 * Theor. Comput. Sci. 36, 1985).
 */
export function applyPolynomial(
  kernel: Kernel<Residue>,
  f: ArrayLike<Residue>,
  n: number,
  matrix: number,
  matrixStride: number,
  m: number,
  vectors: number,
): number {
  const steps = bestSteps(n, m, f.length);
  const blocks = Math.ceil(f.length / steps);
  const length = m * n;
  const size = kernel.elementBytes;
  const result = kernel.allocate(blocks * length);
  const mark = kernel.mark();
  kernel.reserve((steps * length + 2 * n * n + blocks * steps) * size + 256);

  const multiples = kernel.allocate(steps * length);
  kernel.copy(m, n, vectors, n, multiples, n);
  const squares = [kernel.allocate(n * n), kernel.allocate(n * n)] as const;
  let [power, powerStride] = [matrix, matrixStride];
  for (let known = 1; known < steps; known *= 2) {
    const more = multiples + known * length * size;
    kernel.multiply('set', known * m, n, n, multiples, n, 1, power, powerStride, 1, more, n);
    const square = squares[power === squares[0] ? 1 : 0];
    kernel.multiply('set', n, n, n, power, powerStride, 1, power, powerStride, 1, square, n);
    [power, powerStride] = [square, n];
  }

  const coefficients = kernel.allocate(blocks * steps);
  kernel.write(coefficients, f);
  kernel.multiply('set', blocks, length, steps, coefficients, steps, 1, multiples, length, 1, result, length);
  for (let j = blocks - 1; j > 0; j--) {
    const [from, to] = [result + j * length * size, result + (j - 1) * length * size];
    kernel.multiply('add', m, n, n, from, n, 1, power, powerStride, 1, to, n);
  }
  kernel.release(mark);
  return result;
}

/** The power of 2 with the least work, in rows that are multiplied. To pack A takes as long as about 20 rows (measured, at n = 500 and 1000). */
function bestSteps(n: number, m: number, terms: number): number {
  const work = (steps: number): number =>
    (n + 40) * Math.log2(steps) + m * steps + ((m + 20) * terms) / steps;
  let steps = 1;
  while (2 * steps <= terms && work(2 * steps) < work(steps)) steps *= 2;
  return steps;
}
