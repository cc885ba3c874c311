import { assertInteger, rangeFault, typeFault } from '../assert.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { assertMatrix, expectedEntry, type Matrix } from '../matrix/matrix.ts';
import { placeRows } from '../matrix/place.ts';
import { returnKernel, takeKernel } from '../matrix/pool.ts';

/** Bits of a limb: a limb is a safe integer, 13 hexadecimal digits. */
export const limbBits = 52;

/**
 * A matrix of integers of any size, cut into planes of limbs: entry e is Σ_k planes[k][e]·2^(52k), the limbs below 2⁵² in absolute value
 * and of the sign of the entry. At least one plane, and as many as the longest entry takes: all entries cost as much memory as that one.
 */
export class Integers {
  readonly rows: number;
  readonly cols: number;
  readonly planes: readonly Float64Array[];

  constructor(rows: number, cols: number, planes: readonly Float64Array[]) {
    this.rows = rows;
    this.cols = cols;
    this.planes = planes;
  }

  /** Copies a matrix; throws for a bad shape or entry, and names it. */
  static of(matrix: Matrix, title = 'matrix'): Integers {
    assertMatrix(matrix, title);
    const { rows, cols, data } = matrix;
    const planes = [new Float64Array(rows * cols)];
    for (let i = 0; i < data.length; i++) {
      const entry: unknown = data[i];
      if (typeof entry === 'bigint') putLimbs(planes, i, entry);
      else if (typeof entry !== 'number') throw typeFault(`${title}.data[${i}]`, expectedEntry, entry);
      else if (!Number.isSafeInteger(entry)) throw rangeFault(`${title}.data[${i}]`, expectedEntry, entry);
      else if (Math.abs(entry) < 2 ** limbBits) planes[0]![i] = entry;
      else putLimbs(planes, i, BigInt(entry));
    }
    return new Integers(rows, cols, planes);
  }

  /** The entry at an index of the row-major order. */
  at(index: number): bigint {
    let entry = 0n;
    for (let k = this.planes.length - 1; k >= 0; k--)
      entry = (entry << BigInt(limbBits)) + BigInt(this.planes[k]![index]!);
    return entry;
  }

  /** All entries, row-major. */
  entries(): bigint[] {
    return Array.from({ length: this.rows * this.cols }, (_, i) => this.at(i));
  }

  /** The submatrix of these rows and columns, in their order; all of them without a list. */
  select(rows: readonly number[] | null, columns: readonly number[] | null): Integers {
    const chosenRows = rows ?? Array.from({ length: this.rows }, (_, i) => i);
    const chosenColumns = columns ?? Array.from({ length: this.cols }, (_, j) => j);
    const planes = this.planes.map((plane) => {
      const chosen = new Float64Array(chosenRows.length * chosenColumns.length);
      let to = 0;
      for (const i of chosenRows) for (const j of chosenColumns) chosen[to++] = plane[i * this.cols + j]!;
      return chosen;
    });
    return new Integers(chosenRows.length, chosenColumns.length, planes);
  }

  transpose(): Integers {
    const { rows, cols } = this;
    const planes = this.planes.map((plane) => {
      const turned = new Float64Array(plane.length);
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < cols; j++) turned[j * rows + i] = plane[i * cols + j]!;
      return turned;
    });
    return new Integers(cols, rows, planes);
  }

  /** The negated matrix. */
  negate(): Integers {
    return new Integers(
      this.rows,
      this.cols,
      this.planes.map((plane) => plane.map((limb) => (limb === 0 ? 0 : -limb))),
    );
  }

  /** The largest absolute value; 0 of an empty matrix. */
  largest(): bigint {
    const top = this.planes[this.planes.length - 1]!;
    let largest = 0n;
    let largestTop = 0;
    for (let i = 0; i < top.length; i++) {
      const limb = Math.abs(top[i]!);
      if (limb < largestTop || (limb === largestTop && this.planes.length === 1)) continue;
      largestTop = limb;
      const entry = this.at(i);
      const magnitude = entry < 0n ? -entry : entry;
      if (magnitude > largest) largest = magnitude;
    }
    return largest;
  }

  /** Stores the residues, rows `stride` elements apart, a multiple of 8 not below the columns, in a place of zeros of a word prime's kernel. */
  place(kernel: Kernel, at: number, stride: number): void {
    const { rows, cols, planes } = this;
    if (planes.length === 1) {
      placeRows(kernel, { rows, cols, data: planes[0]! }, 'limbs', at, stride);
      return;
    }
    const mark = kernel.mark();
    const weights = kernel.allocate(planes.length + 1);
    const modulus = BigInt(kernel.prime);
    const negatives = planes.map((_, k) => Number(modulus - ((1n << BigInt(limbBits * k)) % modulus)));
    kernel.write(weights, negatives);
    const limbs = kernel.allocate((planes.length + 1) * stride);
    const rowBytes = stride * kernel.elementBytes;
    for (let i = 0; i < rows; i++) {
      for (const [k, plane] of planes.entries()) {
        const row = { rows: 1, cols, data: plane.subarray(i * cols, (i + 1) * cols) };
        placeRows(kernel, row, 'limbs', limbs + k * rowBytes, stride);
      }
      kernel.exports.subtractCombination(at + i * rowBytes, cols, planes.length, weights, limbs, stride);
    }
    kernel.release(mark);
  }

  /** The residues 0 … p − 1 modulo a word prime, row-major. */
  residues(prime: number): Uint32Array {
    const { rows, cols } = this;
    const kernel = takeKernel(prime);
    const stride = paddedLength(cols);
    const at = kernel.allocate(rows * stride);
    this.place(kernel, at, stride);
    const residues = new Uint32Array(rows * cols);
    for (let i = 0; i < rows; i++)
      residues.set(kernel.read(at + i * stride * kernel.elementBytes, cols), i * cols);
    returnKernel(kernel);
    return residues;
  }
}

/** The elements of a row, rounded up to the block of the kernel's combinations. */
export function paddedLength(columns: number): number {
  assertInteger('columns', columns, 0);
  return Math.ceil(columns / 8) * 8;
}

/** Stores the limbs of an entry, with as many planes as it takes. Linear: V8's hexadecimal conversions are. */
function putLimbs(planes: Float64Array[], index: number, entry: bigint): void {
  const sign = entry < 0n ? -1 : 1;
  const digits = (entry < 0n ? -entry : entry).toString(16);
  for (let [k, end] = [0, digits.length]; end > 0; k++, end -= limbBits / 4) {
    const limb = Number.parseInt(digits.slice(Math.max(0, end - limbBits / 4), end), 16);
    if (k === planes.length) planes.push(new Float64Array(planes[0]!.length));
    if (limb !== 0) planes[k]![index] = sign * limb;
  }
}
