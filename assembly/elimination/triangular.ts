import { multiplyResidues, reduce } from "../field";
import { allocateWorkspace } from "../heap";
import { scale, subtractCombination } from "./combination";
import { product } from "../product/product";
import { lower, lowerStride, matrix, pivotInverses, stride } from "./batch";

/** Order of the diagonal blocks that are inverted; larger ones are split. */
const blockOrder: i32 = 32;

/** Most columns of L: the width of the widest panel. */
const panelColumns: i32 = 256;

/*
 * The inverses of the diagonal blocks of L, kept while the panel is factored: the same block is needed at every level of the recursion.
 *
 *     inverses + i · 32 elements    row i − t of the inverse of the block that starts at column t of L, where t = owners[i]
 *     owners                        panelColumns × i32, −1: nothing
 *
 * The leading rows of the inverse of a triangle are the inverse of its leading triangle: a block that grows keeps its rows.
 */
let inverses: usize = 0;
let owners: usize = 0;

/** The inverse of a diagonal block of the pivot rows of a finished batch, 32 × 32. */
let block: usize = 0;

export function configureTriangular<T>(): void {
  const rowBytes: usize = blockOrder * sizeof<T>();
  inverses = allocateWorkspace(<usize>(panelColumns + blockOrder) * rowBytes);
  owners = allocateWorkspace((panelColumns + blockOrder) << 2);
  block = allocateWorkspace(<usize>blockOrder * rowBytes);
}

/** A new panel begins. */
export function forgetInverses(): void {
  memory.fill(owners, 0xff, panelColumns << 2);
}

/**
 * B := L⁻¹·B in place, where L is the s × s triangle of `lower` at row `rank`, column t (the pivots are its diagonal), and B the columns
 * left … right − 1 of the rows rank … rank + s − 1. Recursive: almost all work is products.
 */
export function solveLower<T>(rank: i32, t: i32, s: i32, left: i32, right: i32): void {
  const size: usize = sizeof<T>();
  const row = <i32>(stride / size);
  const lowerRow = <i32>(lowerStride / size);
  const b = matrix + <usize>rank * stride + <usize>left * size;
  const n = right - left;
  if (s <= blockOrder) {
    product<T>(0, -1, s, n, s, inverseOfLower<T>(rank, t, s), blockOrder, 1, b, row, 1, b, row);
    return;
  }
  const half = ((s >> 1) + blockOrder - 1) & -blockOrder;
  solveLower<T>(rank, t, half, left, right);
  const below = lower + <usize>(rank + half) * lowerStride + <usize>t * size;
  product<T>(-1, 0, s - half, n, half, below, lowerRow, 1, b, row, 1, b + <usize>half * stride, row);
  solveLower<T>(rank + half, t + half, s - half, left, right);
}

/** The inverse of the s × s triangle at row `rank`, column t, row by row: X_ij = −X_ii Σ_{j ≤ x < i} L_ix X_xj. Rows of 32 elements. */
function inverseOfLower<T>(rank: i32, t: i32, s: i32): usize {
  const size: usize = sizeof<T>();
  const blockRow = <usize>blockOrder * size;
  const first = inverses + <usize>t * blockRow;
  let known: usize = 0;
  while (known < <usize>s && load<i32>(owners + ((<usize>t + known) << 2)) == t) known++;
  for (let i = known; i < <usize>s; i++) {
    const l = lower + (<usize>rank + i) * lowerStride + <usize>t * size;
    const pivotInverse = load<T>(pivotInverses + (<usize>rank + i) * size);
    const out = first + i * blockRow;
    memory.fill(out, 0, blockRow);
    subtractCombination<T>(out, <i32>i, <i32>i, l, first, blockRow);
    scale<T>(out, <i32>i, pivotInverse);
    // What whole vectors changed behind the diagonal was 0 and is.
    store<T>(out + i * size, pivotInverse);
    store<i32>(owners + ((<usize>t + i) << 2), t);
  }
  return first;
}

/**
 * G := G·T⁻¹ in place, where T is s × s upper triangular with diagonal 1 (row stride `row` elements) and G is m × s (row stride `gRow`).
 */
export function solveUpperFromRight<T>(m: i32, s: i32, g: usize, gRow: i32, t: usize, row: i32): void {
  const size: usize = sizeof<T>();
  if (s <= blockOrder) {
    invertUpper<T>(s, t, row);
    // In place: a slice of rows is packed before its product is written, and there is one slice of columns.
    product<T>(0, -1, m, s, s, g, gRow, 1, block, blockOrder, 1, g, gRow);
    return;
  }
  const half = ((s >> 1) + blockOrder - 1) & -blockOrder;
  solveUpperFromRight<T>(m, half, g, gRow, t, row);
  const h = <usize>half * size;
  product<T>(-1, 0, m, s - half, half, g, gRow, 1, t + h, row, 1, g + h, gRow);
  solveUpperFromRight<T>(m, s - half, g + h, gRow, t + <usize>half * <usize>row * size + h, row);
}

/** block := the inverse of a unit upper triangle: X_ij = −Σ_{i < x ≤ j} T_ix X_xj. */
function invertUpper<T>(s: i32, t: usize, row: i32): void {
  const size: usize = sizeof<T>();
  const blockRow = <usize>blockOrder * size;
  for (let j = 0; j < s; j++) {
    for (let i = s - 1; i >= 0; i--) {
      let sum: i64 = 0;
      if (i < j)
        for (let x = i + 1; x <= j; x++)
          sum = reduce(
            sum - <i64>multiplyResidues<T>(
              load<T>(t + (<usize>i * <usize>row + <usize>x) * size),
              load<T>(block + <usize>x * blockRow + <usize>j * size),
            ),
          );
      store<T>(block + <usize>i * blockRow + <usize>j * size, <T>(i == j ? 1 : sum));
    }
  }
}
