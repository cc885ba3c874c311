import { multiplyResidues, reduce } from "./field";

/** In each of `rows` rows of g: c = Σ_j w_j·g_j, then g_j := w_j·(g_j − c). Rows of `columns` elements, contiguous. */
export function pullbackWeights<T>(rows: i32, columns: i32, g: usize, w: usize): void {
  const bytes = <usize>columns * sizeof<T>();
  for (let i = 0; i < rows; i++) {
    let sum: i64 = 0;
    for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
      if (sizeof<T>() == 2) sum += <i64>load<T>(w + j) * <i64>load<T>(g + j);
      else sum = reduce(sum + <i64>multiplyResidues<T>(load<T>(w + j), load<T>(g + j)));
    }
    const c = reduce(sum);
    for (let j: usize = 0; j < bytes; j += sizeof<T>())
      store<T>(g + j, multiplyResidues<T>(load<T>(w + j), <T>reduce(<i64>load<T>(g + j) - c)));
    g += bytes;
  }
}

/** Zeroes each of `rank` rows left of its pivot column (i32, at `pivotColumns`). */
export function clearLeft<T>(matrix: usize, stride: i32, rank: i32, pivotColumns: usize): void {
  for (let i: usize = 0; i < <usize>rank; i++) {
    memory.fill(matrix, 0, <usize>load<i32>(pivotColumns + (i << 2)) * sizeof<T>());
    matrix += <usize>stride * sizeof<T>();
  }
}

/** Copies the columns listed at `columns` (i32, count of them) of a matrix into a matrix with `count` columns. Strides in elements. */
export function gatherColumns<T>(rows: i32, count: i32, columns: usize, from: usize, fromRow: i32, to: usize, toRow: i32): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>count; j++)
      store<T>(to + j * sizeof<T>(), load<T>(from + <usize>load<i32>(columns + (j << 2)) * sizeof<T>()));
    from += <usize>fromRow * sizeof<T>();
    to += <usize>toRow * sizeof<T>();
  }
}
