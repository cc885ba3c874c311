/*
 * What the kernel exports. Elements are i16 for p < 2¹³ and i32 above: every function that depends on it is generic and is chosen here, once a call.
 * Offsets are in bytes, strides in elements.
 */
import * as elementwise from "./elementwise";
import * as combination from "./elimination/combination";
import { setBatch } from "./elimination/batch";
import * as panel from "./elimination/panel";
import * as strip from "./elimination/strip";
import * as triangular from "./elimination/triangular";
import { configureField } from "./field";
import { clear } from "./heap";
import * as products from "./product/product";
import * as staging from "./staging";

export { allocate, mark, release, reserve } from "./heap";
export { tileSmall, finishSmall } from "./product/tile-small";
export { tileWord, finishWord } from "./product/tile-word";

export { stagingAt } from "./staging";

let small: bool = false;

/** Sets the prime and empties the heap: before anything else, and again for another prime. */
export function configure(prime: i32, elementBytes: i32, depth: i32, foldTerms: i32): void {
  clear();
  small = elementBytes == 2;
  configureField(prime, depth, foldTerms);
  staging.configureStaging();
  if (small) {
    products.configureProduct<i16>();
    triangular.configureTriangular<i16>();
  } else {
    products.configureProduct<i32>();
    triangular.configureTriangular<i32>();
  }
}

export function product(
  keep: i32, flip: i32, m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32,
): void {
  if (small) products.product<i16>(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
  else products.product<i32>(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
}

export function storeStaged(count: i32, to: usize): i32 {
  return small ? staging.storeStaged<i16>(count, to) : staging.storeStaged<i32>(count, to);
}

export function pullbackWeights(rows: i32, columns: i32, g: usize, w: usize): void {
  if (small) elementwise.pullbackWeights<i16>(rows, columns, g, w);
  else elementwise.pullbackWeights<i32>(rows, columns, g, w);
}

export function gatherColumns(rows: i32, count: i32, columns: usize, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  if (small) elementwise.gatherColumns<i16>(rows, count, columns, from, fromRow, to, toRow);
  else elementwise.gatherColumns<i32>(rows, count, columns, from, fromRow, to, toRow);
}

export function openElimination(
  matrix: usize, stride: i32, rows: i32, lower: usize, lowerStride: i32, stripAt: usize,
  origins: usize, pivotColumns: usize, pivotValues: usize, pivotInverses: usize,
): void {
  if (small) setBatch<i16>(matrix, stride, rows, lower, lowerStride, stripAt, origins, pivotColumns, pivotValues, pivotInverses);
  else setBatch<i32>(matrix, stride, rows, lower, lowerStride, stripAt, origins, pivotColumns, pivotValues, pivotInverses);
}

export function stripBytes(rows: i32): usize {
  return small ? strip.stripBytes<i16>(rows) : strip.stripBytes<i32>(rows);
}

export function factorPanel(c: i32, width: i32, rank: i32): i32 {
  triangular.forgetInverses();
  return small ? panel.factorPanel<i16>(c, width, rank, 0) : panel.factorPanel<i32>(c, width, rank, 0);
}

export function updateColumns(rank: i32, found: i32, left: i32, right: i32): void {
  if (small) panel.updateColumns<i16>(rank, 0, found, left, right);
  else panel.updateColumns<i32>(rank, 0, found, left, right);
}

export function clearLeft(matrix: usize, stride: i32, rank: i32, pivotColumns: usize): void {
  if (small) elementwise.clearLeft<i16>(matrix, stride, rank, pivotColumns);
  else elementwise.clearLeft<i32>(matrix, stride, rank, pivotColumns);
}

export function subtractCombination(
  target: usize, length: i32, count: i32, coefficients: usize, vectors: usize, stride: i32,
): void {
  if (small) combination.subtractCombination<i16>(target, length, count, coefficients, vectors, <usize>stride << 1);
  else combination.subtractCombination<i32>(target, length, count, coefficients, vectors, <usize>stride << 2);
}

export function scale(target: usize, length: i32, factor: i32): void {
  if (small) combination.scale<i16>(target, length, factor);
  else combination.scale<i32>(target, length, factor);
}

export function solveUpperFromRight(m: i32, s: i32, g: usize, gRow: i32, t: usize, row: i32): void {
  if (small) triangular.solveUpperFromRight<i16>(m, s, g, gRow, t, row);
  else triangular.solveUpperFromRight<i32>(m, s, g, gRow, t, row);
}
