export { detOverQ, detOverQAsync } from './det-over-q.ts';
export { nullspaceOverQ, nullspaceOverQAsync, type IntegerMatrix } from './nullspace-over-q.ts';
export { rankOverQ, rankOverQAsync } from './rank-over-q.ts';
export { solveOverQ, solveOverQAsync, type RationalMatrix } from './solve-over-q.ts';
