import { depth } from "../field";
import { allocateWorkspace } from "../heap";
import { columnPanelBytes, packColumns, packRows, rowPanelBytes, stepsOf } from "./pack";
import { mostPlanes, residueSums } from "./residue-number-system";
import { finishLarge, tileLarge } from "./tile-large";
import { finishSmall, tileRows, tileSmall, tileSums } from "./tile-small";
import { finishWord, mostLimbProducts, tileWord } from "./tile-word";

/*
 * C := [C] ± A·B by tiles of 5 × 8. The terms are taken in bands of `termBand`, the rows in bands of `rowBand`, the columns in bands of
 * `columnBand`. A band of B stays in the second-level cache while the panels of A stream by. Within a band the terms are taken in slices
 * of `depth`, as many as fit before a reduction; a tile takes all its slices while its part of C is in the first-level cache.
 *
 *     for each band of terms:  for each band of rows: pack A
 *                                for each band of columns: pack B
 *                                  for each panel of A, for each panel of B:
 *                                    for each slice of terms: tile, finish
 */

/** Most terms of a slice. */
const maxDepth: i32 = 256;

// @ts-ignore: decorator
@inline
function termBand<T>(): i32 {
  return sizeof<T>() == 2 ? 512 : 256;
}

/** A packed band of A: 2 MiB of i16, 3 MiB of six limbs, 2.8 MiB of residues modulo eleven moduli. */
// @ts-ignore: decorator
@inline
function rowBand<T>(): i32 {
  return sizeof<T>() == 2 ? 2000 : sizeof<T>() == 4 ? 1000 : 500;
}

/** A packed band of B: 512 KiB of i16, 384 KiB of six limbs, 352 KiB of residues. */
// @ts-ignore: decorator
@inline
function columnBand<T>(): i32 {
  return sizeof<T>() == 2 ? 512 : sizeof<T>() == 4 ? 128 : 64;
}

let packedRows: usize = 0;
let packedColumns: usize = 0;
/** A panel of A or a step of B in planes. */
let planes: usize = 0;
/** The sums of one tile. */
let sums: usize = 0;
/** A whole tile of C for tiles that reach beyond the matrix. */
let edge: usize = 0;

/** Reserves the workspace: at the bottom of the heap, before anything else. */
export function configureProduct<T>(): void {
  const steps = stepsOf<T>(termBand<T>());
  packedRows = allocateWorkspace(<usize>(rowBand<T>() / tileRows) * rowPanelBytes<T>(steps));
  packedColumns = allocateWorkspace(<usize>(columnBand<T>() / 8) * columnPanelBytes<T>(steps));
  // `planes` takes whole rows with 16 bytes behind each (pack.ts).
  planes = allocateWorkspace(<usize>mostPlanes * max(tileRows * ((maxDepth << 1) + 16), 2 * ((columnBand<T>() << 1) + 16)));
  sums = allocateWorkspace(max(<usize>mostLimbProducts * tileSums, residueSums));
  edge = allocateWorkspace(tileRows * 8 * sizeof<T>());
}

/**
 * C := (C & keep) ± A·B with A m × k, B k × n, C m × n. Strides of A and B in elements, any; C has unit column stride. `keep`: −1 or 0;
 * `flip`: 0 to subtract, −1 to add. In place, with k ≤ depth: C may be B if m ≤ rowBand, and A if n ≤ columnBand, because a band is packed
 * before C is written there.
 */
export function product<T>(
  keep: i32, flip: i32, m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
): void {
  if (k <= 0) {
    if (keep == 0) for (let i = 0; i < m; i++) memory.fill(c + <usize>i * cRow * sizeof<T>(), 0, <usize>n * sizeof<T>());
    return;
  }
  const size: usize = sizeof<T>();
  const aRowBytes = <usize>aRow * size;
  const aColumnBytes = <usize>aColumn * size;
  const bRowBytes = <usize>bRow * size;
  const bColumnBytes = <usize>bColumn * size;
  const cRowBytes = <usize>cRow * size;
  for (let term = 0; term < k; term += termBand<T>()) {
    const terms = min(termBand<T>(), k - term);
    for (let top = 0; top < m; top += rowBand<T>()) {
      const rows = min(rowBand<T>(), m - top);
      packRowBand<T>(rows, terms, a + <usize>top * aRowBytes + <usize>term * aColumnBytes, aRowBytes, aColumnBytes, flip);
      for (let left = 0; left < n; left += columnBand<T>()) {
        const columns = min(columnBand<T>(), n - left);
        packColumnBand<T>(terms, columns, b + <usize>term * bRowBytes + <usize>left * bColumnBytes, bRowBytes, bColumnBytes);
        tiles<T>(rows, columns, terms, c + <usize>top * cRowBytes + <usize>left * size, cRowBytes, keep);
      }
    }
    keep = -1;
  }
}

/** Packs the slices of a band of A one after the other. */
function packRowBand<T>(m: i32, k: i32, a: usize, row: usize, column: usize, flip: i32): void {
  let to = packedRows;
  for (let term = 0; term < k; term += depth) {
    const terms = min(depth, k - term);
    packRows<T>(m, terms, a + <usize>term * column, row, column, flip, to, planes);
    to += <usize>panelsOf(m, tileRows) * rowPanelBytes<T>(stepsOf<T>(terms));
  }
}

/** Packs the slices of a band of B one after the other. */
function packColumnBand<T>(k: i32, n: i32, b: usize, row: usize, column: usize): void {
  let to = packedColumns;
  for (let term = 0; term < k; term += depth) {
    const terms = min(depth, k - term);
    packColumns<T>(terms, n, b + <usize>term * row, row, column, to, planes);
    to += <usize>panelsOf(n, 8) * columnPanelBytes<T>(stepsOf<T>(terms));
  }
}

// @ts-ignore: decorator
@inline
function panelsOf(count: i32, size: i32): i32 {
  return (count + size - 1) / size;
}

/** All tiles of a packed band. */
function tiles<T>(m: i32, n: i32, k: i32, c: usize, row: usize, keep: i32): void {
  const rowPanels = <usize>panelsOf(m, tileRows);
  const columnPanels = <usize>panelsOf(n, 8);
  for (let i: usize = 0; i < rowPanels; i++) {
    const rows = min(tileRows, m - <i32>i * tileRows);
    let at = c + i * tileRows * row;
    for (let j: usize = 0; j < columnPanels; j++) {
      const columns = min(8, n - (<i32>j << 3));
      let a = packedRows;
      let b = packedColumns;
      let kept = keep;
      for (let term = 0; term < k; term += depth) {
        const steps = stepsOf<T>(min(depth, k - term));
        const rowPanel = rowPanelBytes<T>(steps);
        const columnPanel = columnPanelBytes<T>(steps);
        if (sizeof<T>() == 2) tileSmall(steps, a + i * rowPanel, b + j * columnPanel, sums);
        else if (sizeof<T>() == 4) tileWord(steps, a + i * rowPanel, b + j * columnPanel, sums);
        else tileLarge(steps, a + i * rowPanel, b + j * columnPanel, sums);
        if (rows == tileRows && columns == 8) finish<T>(at, row, kept);
        else finishEdge<T>(rows, columns, at, row, kept);
        a += rowPanels * rowPanel;
        b += columnPanels * columnPanel;
        kept = -1;
      }
      at += 8 * sizeof<T>();
    }
  }
}

// @ts-ignore: decorator
@inline
function finish<T>(c: usize, row: usize, keep: i32): void {
  if (sizeof<T>() == 2) finishSmall(sums, c, row, keep);
  else if (sizeof<T>() == 4) finishWord(sums, c, row, keep);
  else finishLarge(sums, c, row, keep);
}

/** A tile of which only the first `rows` × `columns` are in the matrix. */
function finishEdge<T>(rows: i32, columns: i32, c: usize, row: usize, keep: i32): void {
  const edgeRow: usize = 8 * sizeof<T>();
  const bytes = <usize>columns * sizeof<T>();
  for (let i: usize = 0; i < <usize>rows; i++) memory.copy(edge + i * edgeRow, c + i * row, bytes);
  finish<T>(edge, edgeRow, keep);
  for (let i: usize = 0; i < <usize>rows; i++) memory.copy(c + i * row, edge + i * edgeRow, bytes);
}
