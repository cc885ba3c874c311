export { det } from './det.ts';
export type { Matrix, ResidueMatrix } from './matrix.ts';
export { multiply } from './multiply.ts';
export { nullspace } from './nullspace.ts';
export { pluq, type Pluq } from './pluq.ts';
export { rank, rankAsync, rankProfiles, type RankProfiles } from './rank.ts';
export { rref, type ReducedEchelonForm } from './rref.ts';
export { inverse, solve } from './solve.ts';
export { transpose } from './transpose.ts';
