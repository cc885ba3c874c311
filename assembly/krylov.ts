import { exchange } from "./elimination/batch";
import { scale, subtractCombination } from "./elimination/combination";
import { inverse } from "./field";

/*
 * Cyclic subspaces of a square matrix A of order n: a vector v, v·A, v·A², … until one depends on those before it; then the next one, modulo all
 * before. Each vector is eliminated by those before it as soon as it is there (Hessenberg's process: Wilkinson, The Algebraic Eigenvalue Problem,
 * 1965, chapter 6), and carries along the polynomial that it is of v.
 *
 *     basis      (n + 1) × 2·width + 32 elements, zeros where nothing is drawn:
 *
 *                     0 … k − 1   k    k + 1 … n − 1      width …
 *         row k    |  0  …  0   | 1 |  v_k             |  q_k[0] q_k[1] … q_k[k]  |        in the first cycle v_k = v·q_k(A)
 *
 *     work       a row that is not in the basis yet; previous: another one
 *     matrix     (n + 1) × n, the last row 0. To have each pivot on the diagonal, coordinates are exchanged, in A, too: it stays similar.
 *
 * `width` is n or more, a multiple of 32. Rows are eliminated 32 at a time: their effect on the 32 elements of their pivots first, vector by
 * vector; then on everything right of them at once. They are 0 from `width` + the last pivot + 1 on, so that is always `width` elements.
 */
const blockRows: i32 = 32;

let order: i32 = 0;
let width: usize = 0;
let matrix: usize = 0;
let matrixStride: usize = 0;
let basis: usize = 0;
let basisStride: usize = 0;
let work: usize = 0;
let previous: usize = 0;
/** The multipliers of a block of rows, and a 0. */
let multipliers: usize = 0;

/** The bytes of `work`, `previous` and `multipliers`. */
export function krylovBytes<T>(rowStride: i32): usize {
  return <usize>(2 * rowStride + 2 * blockRows) * sizeof<T>();
}

/** `width` and strides in elements; the basis and the scratch are zeros. */
export function openKrylov<T>(
  n: i32, rowWidth: i32, matrixAt: usize, matrixRow: i32, basisAt: usize, basisRow: i32, scratch: usize,
): void {
  order = n;
  width = <usize>rowWidth * sizeof<T>();
  matrix = matrixAt;
  matrixStride = <usize>matrixRow * sizeof<T>();
  basis = basisAt;
  basisStride = <usize>basisRow * sizeof<T>();
  work = scratch;
  previous = work + basisStride;
  multipliers = previous + basisStride;
}

/**
 * Takes row `first` of the basis as the next vector: not reduced to pivot 1 yet, 0 left of `first`, its polynomial monic of degree `first`. Returns the
 * index k of the first row that is missing when a vector depends on those before it. Row k is then 0, but for the polynomial of that dependence, monic
 * of degree k. Rows `first` … k − 1 lose their polynomials: they count no more when a row is next reduced.
 *
 * With polynomial 1 in row 0 the polynomial of row k is the minimal polynomial of v; in any case it is the one of row `first` times the characteristic
 * polynomial of A on the cycle, modulo the rows before it. O(n² · (k − `first`)).
 */
export function krylovCycle<T>(first: i32): i32 {
  let k = first;
  memory.copy(work, basisRow(k), basisStride);
  while (settle<T>(k)) {
    advance<T>(k);
    k++;
  }
  const polynomialBytes = <usize>(k + 1) * sizeof<T>();
  const row = basisRow(k);
  memory.fill(row, 0, basisStride);
  memory.copy(row + width, work + width, polynomialBytes);
  makeMonic<T>(row + width, k);
  for (let i = first; i < k; i++) memory.fill(basisRow(i) + width, 0, polynomialBytes);
  return k;
}

/** Whether v·f(A) = 0 for the vector v of row 0 and the polynomial f of row k, by Horner's rule. O(n² · k). */
export function krylovCloses<T>(k: i32): bool {
  const polynomial = basisRow(k) + width;
  memory.fill(work, 0, basisStride);
  memory.fill(multipliers, 0, (blockRows + 2) * sizeof<T>());
  for (let i = k; i >= 0; i--) {
    memory.copy(previous, work, width);
    multiplyVector<T>(0, previous);
    store<T>(multipliers, <T>-load<T>(polynomial + <usize>i * sizeof<T>()));
    subtractCombination<T>(work, order, 1, multipliers, basis, 0);
  }
  return firstNonzero<T>(0) == order;
}

// @ts-ignore: decorator
@inline
function basisRow(k: i32): usize {
  return basis + <usize>k * basisStride;
}

function makeMonic<T>(polynomial: usize, degree: i32): void {
  const leading = polynomial + <usize>degree * sizeof<T>();
  scale<T>(polynomial, degree + 1, <T>inverse(<i64>load<T>(leading)));
  store<T>(leading, <T>1);
}

/** The first coordinate from k on that is not 0 in `work`, or n. */
function firstNonzero<T>(k: i32): i32 {
  while (k < order && load<T>(work + <usize>k * sizeof<T>()) == 0) k++;
  return k;
}

/** Makes the vector in `work`, which is 0 left of k, row k of the basis; false if it is 0. */
function settle<T>(k: i32): bool {
  const pivot = firstNonzero<T>(k);
  if (pivot == order) return false;
  if (pivot != k) exchangeCoordinates<T>(pivot, k, k);
  const row = basisRow(k);
  const at = <usize>k * sizeof<T>();
  memory.copy(row, work, basisStride);
  scale<T>(row, <i32>(width / sizeof<T>()) + k + 1, <T>inverse(<i64>load<T>(work + at)));
  store<T>(row + at, <T>1);
  return true;
}

/** Exchanges coordinates in the first `rows` rows of the basis, in `work` and in A. */
function exchangeCoordinates<T>(x: i32, y: i32, rows: i32): void {
  const atX = <usize>x * sizeof<T>();
  const atY = <usize>y * sizeof<T>();
  exchange(work + atX, work + atY, sizeof<T>());
  for (let i = 0; i < rows; i++) exchange(basisRow(i) + atX, basisRow(i) + atY, sizeof<T>());
  exchange(matrix + <usize>x * matrixStride, matrix + <usize>y * matrixStride, <usize>order * sizeof<T>());
  let row = matrix;
  for (let i = 0; i < order; i++) {
    exchange(row + atX, row + atY, sizeof<T>());
    row += matrixStride;
  }
}

/** work := v·A, where v is 0 left of coordinate k. */
function multiplyVector<T>(k: i32, v: usize): void {
  memory.fill(work, 0, basisStride);
  for (; k < order; k += blockRows)
    // Behind an odd count is row n, zeros.
    subtractCombination<T>(
      work, order, min(blockRows, order - k), v + <usize>k * sizeof<T>(), matrix + <usize>k * matrixStride, matrixStride,
    );
  scale<T>(work, order, <T>-1);
}

/** work := row k times A, its polynomial times x, minus a combination of the rows 0 … k that makes it 0 at their pivots. */
function advance<T>(k: i32): void {
  const row = basisRow(k);
  multiplyVector<T>(k, row);
  memory.copy(work + width + sizeof<T>(), row + width, <usize>(k + 1) * sizeof<T>());
  for (let i = 0; i <= k; i += blockRows) eliminate<T>(i, min(blockRows, k + 1 - i));
}

/** Subtracts a combination of the rows first … first + count − 1 from `work`. */
function eliminate<T>(first: i32, count: i32): void {
  const left = <usize>first * sizeof<T>();
  const right = left + blockRows * sizeof<T>();
  const rows = basisRow(first);
  memory.fill(multipliers, 0, (blockRows + 2) * sizeof<T>());
  for (let i: usize = 0; i < <usize>count; i++) {
    const multiplier = multipliers + i * sizeof<T>();
    store<T>(multiplier, load<T>(work + left + i * sizeof<T>()));
    subtractCombination<T>(work + left, blockRows, 1, multiplier, rows + i * basisStride + left, basisStride);
  }
  subtractCombination<T>(work + right, <i32>(width / sizeof<T>()), count, multipliers, rows + right, basisStride);
}
