export { eliminateInThreads, type BlockSource, type Pivots, type ThreadedElimination } from './eliminate.ts';
export type { Entries } from './messages.ts';
