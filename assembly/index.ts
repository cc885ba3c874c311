/*
 * What the kernel exports. Elements are i16 for p < 2¹³, i32 for p < 2³¹ and i64 above: every function that depends on it is generic and is chosen
 * here, once a call.
 * Offsets are in bytes, strides in elements.
 */
import * as columns from "./columns";
import * as elementwise from "./elementwise";
import * as combination from "./elimination/combination";
import { setBatch } from "./elimination/batch";
import * as panel from "./elimination/panel";
import * as strip from "./elimination/strip";
import * as triangular from "./elimination/triangular";
import { configureField } from "./field";
import { clear } from "./heap";
import { configureMontgomery } from "./montgomery";
import { configureLimbs } from "./product/limbs";
import * as tiled from "./product/product";
import { configureResidues } from "./product/residue-number-system";
import * as krylov from "./krylov";
import * as staging from "./staging";

export { allocate, mark, release, reserve } from "./heap";
export { tileSmall, finishSmall } from "./product/tile-small";
export { tileWord, finishWord } from "./product/tile-word";

export { stagingAt } from "./staging";
export { residueTables } from "./product/residue-number-system";

// For eliminations that are shared among instances: a panel that was factored elsewhere is applied here.
export { exchangeRows } from "./elimination/exchanges";
export { forgetInverses } from "./elimination/triangular";

/** Of an element: 2, 4 or 8. */
let bytes: i32 = 0;

/**
 * Sets the prime and empties the heap: before anything else, and again for another prime. `products`: products of i16 for a product of residues
 * (1, the limbs of limbs.ts, or the moduli of residue-number-system.ts).
 */
export function configure(prime: i64, elementBytes: i32, depth: i32, foldTerms: i32, products: i32): void {
  clear();
  bytes = elementBytes;
  configureField(prime, depth, foldTerms);
  staging.configureStaging();
  if (bytes == 2) {
    tiled.configureProduct<i16>();
    triangular.configureTriangular<i16>();
  } else if (bytes == 4) {
    configureLimbs(products);
    tiled.configureProduct<i32>();
    triangular.configureTriangular<i32>();
  } else {
    configureMontgomery(prime);
    configureResidues(products);
    tiled.configureProduct<i64>();
    triangular.configureTriangular<i64>();
  }
}

export function product(
  keep: i32, flip: i32, m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32,
): void {
  if (bytes == 2) tiled.product<i16>(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
  else if (bytes == 4) tiled.product<i32>(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
  else tiled.product<i64>(keep, flip, m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
}

export function storeStaged(count: i32, to: usize): i32 {
  if (bytes == 2) return staging.storeStaged<i16>(count, to);
  return bytes == 4 ? staging.storeStaged<i32>(count, to) : staging.storeStaged<i64>(count, to);
}

export function storeStagedIntegers(count: i32, to: usize, unsigned: bool): void {
  if (bytes == 2) staging.storeStagedIntegers<i16>(count, to, unsigned);
  else if (bytes == 4) staging.storeStagedIntegers<i32>(count, to, unsigned);
  else staging.storeStagedIntegers<i64>(count, to, unsigned);
}

export function stage(count: i32, from: usize): void {
  if (bytes == 2) staging.stage<i16>(count, from);
  else if (bytes == 4) staging.stage<i32>(count, from);
  else staging.stage<i64>(count, from);
}

export function pullbackWeights(rows: i32, columns: i32, g: usize, w: usize): void {
  if (bytes == 2) elementwise.pullbackWeights<i16>(rows, columns, g, w);
  else if (bytes == 4) elementwise.pullbackWeights<i32>(rows, columns, g, w);
  else elementwise.pullbackWeights<i64>(rows, columns, g, w);
}

export function scaleColumns(rows: i32, width: i32, from: usize, factors: usize, to: usize, accumulate: i32): void {
  if (bytes == 2) columns.scaleColumns<i16>(rows, width, from, factors, to, accumulate);
  else if (bytes == 4) columns.scaleColumns<i32>(rows, width, from, factors, to, accumulate);
  else columns.scaleColumns<i64>(rows, width, from, factors, to, accumulate);
}

export function addElements(count: i32, from: usize, to: usize): void {
  if (bytes == 2) columns.addElements<i16>(count, from, to);
  else if (bytes == 4) columns.addElements<i32>(count, from, to);
  else columns.addElements<i64>(count, from, to);
}

export function pullbackRoots(rows: i32, width: i32, g: usize, y: usize, z: usize, rho: i64): void {
  if (bytes == 2) columns.pullbackRoots<i16>(rows, width, g, y, z, rho);
  else if (bytes == 4) columns.pullbackRoots<i32>(rows, width, g, y, z, rho);
  else columns.pullbackRoots<i64>(rows, width, g, y, z, rho);
}

export function gatherColumns(rows: i32, count: i32, columns: usize, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  if (bytes == 2) elementwise.gatherColumns<i16>(rows, count, columns, from, fromRow, to, toRow);
  else if (bytes == 4) elementwise.gatherColumns<i32>(rows, count, columns, from, fromRow, to, toRow);
  else elementwise.gatherColumns<i64>(rows, count, columns, from, fromRow, to, toRow);
}

export function openElimination(
  matrix: usize, stride: i32, rows: i32, lower: usize, lowerStride: i32, stripAt: usize,
  origins: usize, pivotColumns: usize, pivotValues: usize, pivotInverses: usize,
): void {
  if (bytes == 2) setBatch<i16>(matrix, stride, rows, lower, lowerStride, stripAt, origins, pivotColumns, pivotValues, pivotInverses);
  else if (bytes == 4) setBatch<i32>(matrix, stride, rows, lower, lowerStride, stripAt, origins, pivotColumns, pivotValues, pivotInverses);
  else setBatch<i64>(matrix, stride, rows, lower, lowerStride, stripAt, origins, pivotColumns, pivotValues, pivotInverses);
}

export function stripBytes(rows: i32): usize {
  if (bytes == 2) return strip.stripBytes<i16>(rows);
  return bytes == 4 ? strip.stripBytes<i32>(rows) : strip.stripBytes<i64>(rows);
}

export function factorPanel(c: i32, width: i32, rank: i32): i32 {
  triangular.forgetInverses();
  if (bytes == 2) return panel.factorPanel<i16>(c, width, rank, 0);
  return bytes == 4 ? panel.factorPanel<i32>(c, width, rank, 0) : panel.factorPanel<i64>(c, width, rank, 0);
}

export function solveLower(rank: i32, found: i32, left: i32, right: i32): void {
  if (bytes == 2) triangular.solveLower<i16>(rank, 0, found, left, right);
  else if (bytes == 4) triangular.solveLower<i32>(rank, 0, found, left, right);
  else triangular.solveLower<i64>(rank, 0, found, left, right);
}

export function updateColumns(rank: i32, found: i32, left: i32, right: i32): void {
  if (bytes == 2) panel.updateColumns<i16>(rank, 0, found, left, right);
  else if (bytes == 4) panel.updateColumns<i32>(rank, 0, found, left, right);
  else panel.updateColumns<i64>(rank, 0, found, left, right);
}

export function clearLeft(matrix: usize, stride: i32, rank: i32, pivotColumns: usize): void {
  if (bytes == 2) elementwise.clearLeft<i16>(matrix, stride, rank, pivotColumns);
  else if (bytes == 4) elementwise.clearLeft<i32>(matrix, stride, rank, pivotColumns);
  else elementwise.clearLeft<i64>(matrix, stride, rank, pivotColumns);
}

export function subtractCombination(
  target: usize, length: i32, count: i32, coefficients: usize, vectors: usize, stride: i32,
): void {
  if (bytes == 2) combination.subtractCombination<i16>(target, length, count, coefficients, vectors, <usize>stride << 1);
  else if (bytes == 4) combination.subtractCombination<i32>(target, length, count, coefficients, vectors, <usize>stride << 2);
  else combination.subtractCombination<i64>(target, length, count, coefficients, vectors, <usize>stride << 3);
}

export function scale(target: usize, length: i32, factor: i64): void {
  if (bytes == 2) combination.scale<i16>(target, length, <i16>factor);
  else if (bytes == 4) combination.scale<i32>(target, length, <i32>factor);
  else combination.scale<i64>(target, length, <i64>factor);
}

export function solveUpperFromRight(m: i32, s: i32, g: usize, gRow: i32, t: usize, row: i32): void {
  if (bytes == 2) triangular.solveUpperFromRight<i16>(m, s, g, gRow, t, row);
  else if (bytes == 4) triangular.solveUpperFromRight<i32>(m, s, g, gRow, t, row);
  else triangular.solveUpperFromRight<i64>(m, s, g, gRow, t, row);
}

export function krylovBytes(rowStride: i32): usize {
  if (bytes == 2) return krylov.krylovBytes<i16>(rowStride);
  return bytes == 4 ? krylov.krylovBytes<i32>(rowStride) : krylov.krylovBytes<i64>(rowStride);
}

export function openKrylov(
  n: i32, width: i32, matrix: usize, matrixRow: i32, basis: usize, basisRow: i32, scratch: usize,
): void {
  if (bytes == 2) krylov.openKrylov<i16>(n, width, matrix, matrixRow, basis, basisRow, scratch);
  else if (bytes == 4) krylov.openKrylov<i32>(n, width, matrix, matrixRow, basis, basisRow, scratch);
  else krylov.openKrylov<i64>(n, width, matrix, matrixRow, basis, basisRow, scratch);
}

export function krylovCycle(first: i32): i32 {
  if (bytes == 2) return krylov.krylovCycle<i16>(first);
  return bytes == 4 ? krylov.krylovCycle<i32>(first) : krylov.krylovCycle<i64>(first);
}

export function krylovCloses(k: i32): bool {
  if (bytes == 2) return krylov.krylovCloses<i16>(k);
  return bytes == 4 ? krylov.krylovCloses<i32>(k) : krylov.krylovCloses<i64>(k);
}
