import { multiplyResidues, reduce } from "./field";

/** to_rc := from_rc·factors_c, or to_rc + from_rc·factors_c if `accumulate`; rows of `columns` elements, contiguous. `to` may be `from` if not. */
export function scaleColumns<T>(rows: i32, columns: i32, from: usize, factors: usize, to: usize, accumulate: i32): void {
  const bytes = <usize>columns * sizeof<T>();
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
      const scaled = multiplyResidues<T>(load<T>(from + j), load<T>(factors + j));
      store<T>(to + j, accumulate ? <T>reduce(<i64>load<T>(to + j) + <i64>scaled) : scaled);
    }
    from += bytes;
    to += bytes;
  }
}

/** to_i := to_i + from_i, `count` elements. */
export function addElements<T>(count: i32, from: usize, to: usize): void {
  const bytes = <usize>count * sizeof<T>();
  for (let j: usize = 0; j < bytes; j += sizeof<T>())
    store<T>(to + j, <T>reduce(<i64>load<T>(to + j) + <i64>load<T>(from + j)));
}

/** g_j := ρ·(g_j − c·y_j) with c = Σ_j g_j·z_j, in each of `rows` rows of g: the pullback of x ↦ y = ρx over its own root; z = y/columns. */
export function pullbackRoots<T>(rows: i32, columns: i32, g: usize, y: usize, z: usize, rho: i64): void {
  const bytes = <usize>columns * sizeof<T>();
  const factor = <T>rho;
  for (let i = 0; i < rows; i++) {
    let sum: i64 = 0;
    for (let j: usize = 0; j < bytes; j += sizeof<T>()) sum = reduce(sum + <i64>multiplyResidues<T>(load<T>(g + j), load<T>(z + j)));
    const c = <T>sum;
    for (let j: usize = 0; j < bytes; j += sizeof<T>()) {
      const rest = <T>reduce(<i64>load<T>(g + j) - <i64>multiplyResidues<T>(c, load<T>(y + j)));
      store<T>(g + j, multiplyResidues<T>(factor, rest));
    }
    g += bytes;
  }
}
