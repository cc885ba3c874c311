export { charpoly } from './charpoly.ts';
export { det } from './det.ts';
export { EchelonForm } from './echelon-form.ts';
export type { Matrix, ResidueMatrix } from './matrix.ts';
export { minpoly } from './minpoly.ts';
export { multiply } from './multiply.ts';
export { nullspace } from './nullspace.ts';
export { pluq, type Pluq } from './pluq.ts';
export {
  rank,
  rankAsync,
  rankProfiles,
  type RankOptions,
  type RankProfiles,
  type ThreadedOperation,
} from './rank.ts';
export { rref, type ReducedEchelonForm } from './rref.ts';
export { inverse, solve } from './solve.ts';
export { transpose } from './transpose.ts';
